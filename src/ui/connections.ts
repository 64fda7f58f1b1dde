import { type Disposable, DisposableStore } from '../base/disposable';
import { Emitter } from '../base/event';
import type { Link } from '../link/link';
import type { Lwm2mServer } from '../lwm2m/server';

/** Opens the link of an address; `portKey` finds a serial port again that got another path. */
export type OpenLink = (address: string, portKey?: string) => Link;

/** The links that are open for boards, each served by the LwM2M server until it is disconnected. */
export class Connections implements Disposable {
  private readonly entries = new Map<string, { readonly link: Link; readonly owned: DisposableStore }>();
  private readonly changed = new Emitter<void>();
  /** A link came, went or changed its state. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly server: Pick<Lwm2mServer, 'attach'>,
    private readonly open: OpenLink,
  ) {}

  get links(): readonly Link[] {
    return [...this.entries.values()].map(({ link }) => link);
  }

  get(id: string): Link | undefined {
    return this.entries.get(id)?.link;
  }

  /** Opens `address` and serves it; gives the link that is there already for the same one. Throws `link.invalid-address`. */
  connect(address: string, portKey?: string): Link {
    const link = this.open(address, portKey);
    const existing = this.entries.get(link.id);
    if (!existing) return this.serve(link);
    link.dispose();
    return existing.link;
  }

  /** Serves a link that was made elsewhere; it is disposed with its disconnection. */
  serve(link: Link): Link {
    const owned = new DisposableStore();
    owned.add(link);
    owned.add(this.server.attach(link));
    owned.add(link.onDidChangeState(() => this.changed.fire()));
    this.entries.set(link.id, { link, owned });
    this.changed.fire();
    return link;
  }

  /** Closes a link; its boards go offline. Nothing happens for one that is not there. */
  disconnect(id: string): void {
    const entry = this.entries.get(id);
    if (!entry) return;
    this.entries.delete(id);
    entry.owned.dispose();
    this.changed.fire();
  }

  disconnectAll(): void {
    for (const id of [...this.entries.keys()]) this.disconnect(id);
  }

  dispose(): void {
    this.disconnectAll();
    this.changed.dispose();
  }
}
