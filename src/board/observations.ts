import type { CoapReply, Observer } from '../coap/endpoint';
import { type Peer, peerName } from '../link/link';
import { isWithin } from '../lwm2m/path';

interface Observed {
  readonly path: string;
  readonly accept: number | undefined;
  readonly observer: Observer;
}

/** Who observes what. Changes made together go out as one notification. */
export class Observations {
  private readonly observed = new Map<string, Observed>();
  private readonly pending = new Set<string>();
  private flushing = false;

  constructor(
    private readonly read: (path: string, accept: number | undefined) => CoapReply,
    /** A fault: notifications never leave. */
    private readonly silent: boolean,
  ) {}

  /** Adds an observation; one of the same peer and path replaces the one before. */
  add(path: string, accept: number | undefined, observer: Observer, peer: Peer): void {
    const key = keyOf(peer, path);
    const entry = { path, accept, observer };
    this.observed.set(key, entry);
    observer.onDidEnd(() => {
      if (this.observed.get(key) === entry) this.observed.delete(key);
    });
  }

  cancel(peer: Peer, path: string): void {
    this.observed.delete(keyOf(peer, path));
  }

  /** Notifies whoever observes one of `paths`, or something above or below. */
  changed(paths: readonly string[]): void {
    if (this.silent) return;
    for (const [key, { path }] of this.observed) {
      if (paths.some((changed) => isWithin(changed, path) || isWithin(path, changed))) this.pending.add(key);
    }
    if (this.pending.size > 0 && !this.flushing) {
      this.flushing = true;
      queueMicrotask(() => this.flush());
    }
  }

  private flush(): void {
    this.flushing = false;
    const keys = [...this.pending];
    this.pending.clear();
    for (const key of keys) {
      const entry = this.observed.get(key);
      if (entry) entry.observer.notify(this.read(entry.path, entry.accept));
    }
  }
}

function keyOf(peer: Peer, path: string): string {
  return `${peerName(peer)} ${path}`;
}
