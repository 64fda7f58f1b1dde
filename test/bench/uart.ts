import type { Clock } from '../../src/base/clock';
import { toDisposable } from '../../src/base/disposable';
import { Emitter } from '../../src/base/event';
import type { Datagram, Link, LinkState, Peer } from '../../src/link/link';
import { SlipmuxDecoder, encodeCoapFrame } from '../../src/link/slipmux';

export interface UartOptions {
  readonly clock: Clock;
  /** bit/s, 8N1: ten bits a byte. */
  readonly baudRate: number;
  /** Latency timer of the USB adapter, ms: the longest that it holds back what the board sent. */
  readonly latencyMs: number;
}

/** Payload of a USB bulk packet of the common adapters: a full one goes to the host at once. */
const packetBytes = 62;

/**
 * A serial line of slipmux frames between host and board, with the adapter's latency on the way to the host. Returns
 * the ends of host and board.
 */
export function createUart({ clock, baudRate, latencyMs }: UartOptions): [Link, Link] {
  const host = new UartEnd('host');
  const board = new UartEnd('board');
  const byteMs = (10 * 1000) / baudRate;
  host.transmit = wire(clock, byteMs, (bytes) => board.receive(bytes));
  const adapter = new Adapter(clock, latencyMs, (bytes) => host.receive(bytes));
  board.transmit = wire(clock, byteMs, (bytes) => adapter.take(bytes), packetBytes);
  return [host, board];
}

/** Hands bytes over when the line is through with them, `chunk` at a time; resolves when all are on the line. */
function wire(
  clock: Clock,
  byteMs: number,
  arrive: (bytes: Uint8Array) => void,
  chunk = Infinity,
): (bytes: Uint8Array) => Promise<void> {
  let free = 0;
  return (bytes) =>
    new Promise((resolve) => {
      const begin = Math.max(clock.now(), free);
      free = begin + bytes.length * byteMs;
      for (let start = 0; start < bytes.length; start += chunk) {
        const end = Math.min(bytes.length, start + chunk);
        clock.schedule(begin + end * byteMs - clock.now(), () => {
          arrive(bytes.subarray(start, end));
          if (end === bytes.length) resolve();
        });
      }
    });
}

/**
 * The receiving half of a USB adapter: gives what it has when a packet is full, or when its latency timer fires. The
 * timer runs all the time, since each firing sends a packet, with or without bytes of the line.
 */
class Adapter {
  private held: Uint8Array = new Uint8Array(0);
  private timer = toDisposable(() => undefined);
  private lastPacket = 0;

  constructor(
    private readonly clock: Clock,
    private readonly latencyMs: number,
    private readonly give: (bytes: Uint8Array) => void,
  ) {}

  take(bytes: Uint8Array): void {
    const wasEmpty = this.held.length === 0;
    this.held = Buffer.concat([this.held, bytes]);
    if (this.held.length >= packetBytes) this.flush();
    else if (wasEmpty) {
      const wait = this.latencyMs - ((this.clock.now() - this.lastPacket) % this.latencyMs);
      this.timer = this.clock.schedule(wait, () => this.flush());
    }
  }

  private flush(): void {
    this.timer.dispose();
    this.lastPacket = this.clock.now();
    const bytes = this.held;
    this.held = new Uint8Array(0);
    this.give(bytes);
  }
}

class UartEnd implements Link {
  readonly kind = 'serial';
  readonly state: LinkState = 'open';
  readonly error = undefined;
  readonly lineRate = undefined;
  readonly peer: Peer;
  transmit: (bytes: Uint8Array) => Promise<void> = () => Promise.resolve();
  private readonly states = new Emitter<LinkState>();
  private readonly datagrams = new Emitter<Datagram>();
  private readonly console = new Emitter<Uint8Array>();
  readonly onDidChangeState = this.states.event;
  readonly onDatagram = this.datagrams.event;
  readonly onConsole = this.console.event;
  private readonly decoder = new SlipmuxDecoder();

  constructor(readonly id: string) {
    this.peer = { address: id, port: 0 };
  }

  receive(bytes: Uint8Array): void {
    for (const { kind, data } of this.decoder.push(bytes)) {
      if (kind === 'coap') this.datagrams.fire({ data, peer: this.peer });
    }
  }

  async send(data: Uint8Array, _peer: Peer): Promise<void> {
    await this.transmit(encodeCoapFrame(data));
  }

  writeConsole(): Promise<void> {
    return Promise.resolve();
  }

  release(): Promise<void> {
    return Promise.resolve();
  }

  retake(): void {
    // It was never given away.
  }

  dispose(): void {
    for (const emitter of [this.states, this.datagrams, this.console]) emitter.dispose();
  }
}
