import { type Clock, sleep } from '../base/clock';
import { DisposableStore } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { Emitter } from '../base/event';
import { type Random, seededRandom } from '../base/random';
import type { Datagram, Link, LinkState, Peer } from './link';
import { type LinkEvent, nextLinkState } from './link-state';

/** What goes wrong on the way; each from 0 (never) to 1 (always). */
export interface Impairments {
  /** Probability that a datagram is lost. */
  readonly loss?: number;
  /** Probability that one bit of a datagram arrives changed. */
  readonly corruption?: number;
  /** ms from sending to arrival: one figure, or a range, in which case datagrams may overtake each other. */
  readonly delayMs?: number | { readonly min: number; readonly max: number };
}

export interface MemoryLinkOptions {
  readonly clock: Clock;
  /** For both directions. */
  readonly impairments?: Impairments;
  /** Sends no faster than a serial line of this rate, 8N1, would, bit/s; as fast as it can by default. */
  readonly lineRate?: number;
  /** Of the random numbers that the impairments draw; default 1. */
  readonly seed?: number;
}

/** Two links that are each other's far end: the host's side and the board's. Both are open at once. */
export function createMemoryLinkPair(name: string, options: MemoryLinkOptions): [MemoryLink, MemoryLink] {
  const random = seededRandom(options.seed ?? 1);
  const host = new MemoryLink(name, options, random);
  const board = new MemoryLink(name, options, random);
  host.far = board;
  board.far = host;
  return [host, board];
}

/** One end of a pair, see `createMemoryLinkPair`. What is sent while the far end is not open is lost. */
export class MemoryLink implements Link {
  readonly id: string;
  readonly kind = 'memory';
  readonly peer: Peer;
  readonly lineRate: number | undefined;
  readonly error = undefined;
  /** The other end. */
  far: MemoryLink | undefined;
  /** What goes wrong with datagrams that this end sends. */
  impairments: Impairments;
  private currentState: LinkState = 'open';
  /** When the line has sent what it was given. */
  private busyUntil = 0;
  private readonly clock: Clock;
  private readonly owned = new DisposableStore();
  private readonly stateEmitter = this.owned.add(new Emitter<LinkState>());
  private readonly datagramEmitter = this.owned.add(new Emitter<Datagram>());
  private readonly consoleEmitter = this.owned.add(new Emitter<Uint8Array>());

  readonly onDidChangeState = this.stateEmitter.event;
  readonly onDatagram = this.datagramEmitter.event;
  readonly onConsole = this.consoleEmitter.event;

  /** Use `createMemoryLinkPair`. */
  constructor(
    name: string,
    { clock, impairments = {}, lineRate }: MemoryLinkOptions,
    private readonly random: Random,
  ) {
    this.id = `memory:${name}`;
    this.peer = { address: this.id, port: 0 };
    this.clock = clock;
    this.lineRate = lineRate;
    this.impairments = impairments;
  }

  get state(): LinkState {
    return this.currentState;
  }

  async send(data: Uint8Array, _peer: Peer): Promise<void> {
    this.requireOpen();
    const { loss = 0, corruption = 0, delayMs = 0 } = this.impairments;
    // The same count of random numbers for each datagram, whatever is impaired.
    const [isLost, isCorrupt] = [this.random() < loss, this.random() < corruption];
    const [bit, delay] = [this.random(), this.random()];
    const lineMs = this.occupyLine(data.length);
    if (isLost) {
      await this.pass(lineMs);
      return;
    }
    const arriving = Uint8Array.from(data);
    if (isCorrupt && arriving.length > 0) {
      const at = Math.floor(bit * arriving.length * 8);
      arriving[at >> 3]! ^= 1 << (at & 7);
    }
    const ms = typeof delayMs === 'number' ? delayMs : delayMs.min + delay * (delayMs.max - delayMs.min);
    this.deliver(lineMs + ms, (far) => far.datagramEmitter.fire({ data: arriving, peer: far.peer }));
    await this.pass(lineMs);
  }

  async writeConsole(data: Uint8Array): Promise<void> {
    this.requireOpen();
    const arriving = Uint8Array.from(data);
    const lineMs = this.occupyLine(data.length);
    this.deliver(lineMs, (far) => far.consoleEmitter.fire(arriving));
    await this.pass(lineMs);
  }

  release(): Promise<void> {
    this.apply('release');
    return Promise.resolve();
  }

  retake(): void {
    this.apply('retake');
    this.apply('opened');
  }

  dispose(): void {
    this.apply('dispose');
    this.owned.dispose();
  }

  /** Takes the line for so many bytes; ms until they are through. */
  private occupyLine(bytes: number): number {
    if (this.lineRate === undefined) return 0;
    const now = this.clock.now();
    // A start bit, eight of data, a stop bit.
    this.busyUntil = Math.max(now, this.busyUntil) + (bytes * 10 * 1000) / this.lineRate;
    return this.busyUntil - now;
  }

  /** A sender waits until its bytes are on the line, as it does with a serial port. */
  private async pass(ms: number): Promise<void> {
    if (ms > 0) await sleep(this.clock, ms);
  }

  /** Never within the call of the sender: no real link does that. */
  private deliver(ms: number, arrive: (far: MemoryLink) => void): void {
    const handOver = (): void => {
      if (this.far?.currentState === 'open') arrive(this.far);
    };
    if (ms > 0) this.clock.schedule(ms, handOver);
    else queueMicrotask(handOver);
  }

  private requireOpen(): void {
    if (this.currentState !== 'open') throw new SlipwayError('link.closed', { link: this.id });
  }

  private apply(event: LinkEvent): void {
    const next = nextLinkState(this.currentState, event);
    if (next === this.currentState) return;
    this.currentState = next;
    this.stateEmitter.fire(next);
  }
}
