import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { Emitter } from '../base/event';
import type { Log } from '../base/log';
import type { BoardPolicy } from '../board/bootloader';
import { VirtualBoard } from '../board/virtual-board';
import type { CoapEndpoint } from '../coap/endpoint';
import type { Link } from '../link/link';
import { createMemoryLinkPair } from '../link/memory-link';
import type { Connections } from './connections';
import type { VirtualBoardRequest } from './virtual-board-request';

export interface VirtualBoardsOptions {
  readonly connections: Connections;
  readonly createEndpoint: (link: Link) => CoapEndpoint;
  readonly clock: Clock;
  readonly log: Log;
  /** What the boards judge packages by; asked at each package, so that a key made later counts too. */
  readonly policy: BoardPolicy;
  /** Rate of the boards' lines, bit/s; 0 for as fast as it goes. */
  readonly lineRate: () => number;
}

const firstName = 'virtual-board';

/** The virtual boards of this window, each on a wire of its own. */
export class VirtualBoards implements Disposable {
  private readonly running = new Map<string, { readonly board: VirtualBoard; readonly link: string }>();
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;

  constructor(private readonly options: VirtualBoardsOptions) {}

  get names(): readonly string[] {
    return [...this.running.keys()];
  }

  /** Whether that link is the wire of a virtual board, running or stopped. */
  isVirtual(link: string): boolean {
    return link.startsWith('memory:');
  }

  /** Powers a board on; resolves with its endpoint name when it has booted. One that runs already is left alone. */
  async start(request: VirtualBoardRequest = {}): Promise<string> {
    const { connections, createEndpoint, clock, log, policy } = this.options;
    const name = request.name ?? this.freeName();
    if (this.running.has(name)) return name;
    const lineRate = request.lineRate ?? this.options.lineRate();
    const [host, far] = createMemoryLinkPair(name, { clock, ...(lineRate > 0 && { lineRate }) });
    const board = new VirtualBoard({
      link: far,
      createEndpoint,
      clock,
      log,
      endpoint: name,
      policy,
      tellsPolicy: request.tellsPolicy ?? true,
      ...(request.bootstrap && { bootstrap: true }),
      ...(request.components && { components: true }),
      ...(request.awakeMs !== undefined && { awakeMs: request.awakeMs }),
      ...(request.faults && { faults: request.faults }),
      ...(request.rebootMs !== undefined && { rebootMs: request.rebootMs }),
    });
    connections.disconnect(host.id);
    connections.serve(host);
    this.running.set(name, { board, link: host.id });
    this.changed.fire();
    try {
      await board.start();
    } catch (error) {
      this.remove(name);
      throw error;
    }
    return name;
  }

  /** De-registers a board, powers it off and takes its wire away. */
  async stop(name: string): Promise<void> {
    const entry = this.running.get(name);
    if (!entry) return;
    try {
      await entry.board.stop();
    } finally {
      this.remove(name);
    }
  }

  /** Cuts the power of all of them. */
  stopAll(): void {
    for (const name of this.names) this.remove(name);
  }

  dispose(): void {
    this.stopAll();
    this.changed.dispose();
  }

  private remove(name: string): void {
    const entry = this.running.get(name);
    if (!entry) return;
    this.running.delete(name);
    entry.board.dispose();
    this.options.connections.disconnect(entry.link);
    this.changed.fire();
  }

  private freeName(): string {
    if (!this.running.has(firstName)) return firstName;
    let number = 2;
    while (this.running.has(`${firstName}-${number}`)) number++;
    return `${firstName}-${number}`;
  }
}
