import type { Clock } from '../../src/base/clock';
import { toDisposable } from '../../src/base/disposable';
import { nullLog } from '../../src/base/log';
import { type Random, seededRandom } from '../../src/base/random';
import { type ByteStream, StreamLink } from '../../src/link/stream-link';

/** A serial line and the adapter at its end. */
export interface LineOptions {
  /** bit/s, 8N1: ten bits a byte. */
  readonly baudRate: number;
  /** Latency timer of the USB adapter, ms: the longest that it holds back what the board sent. */
  readonly latencyMs: number;
  /** Bytes in a million that arrive changed, both ways. */
  readonly corruption?: number;
}

export interface UartOptions extends LineOptions {
  readonly clock: Clock;
  /** Of what is corrupted. */
  readonly seed?: number;
}

/** Ends of a line, as bytes. */
export interface Uart {
  readonly host: UartEnd;
  readonly board: UartEnd;
}

/** Payload of a USB bulk packet of the common adapters: a full one goes to the host at once. */
const packetBytes = 62;

/** A serial line between host and board, with the adapter's latency on the way to the host. */
export function createUart({ clock, baudRate, latencyMs, corruption = 0, seed = 1 }: UartOptions): Uart {
  const byteMs = (10 * 1000) / baudRate;
  const random = seededRandom(seed);
  const toBoard = new Wire(clock, byteMs, corruption / 1e6, random, Infinity, (bytes) =>
    board.receive(bytes),
  );
  const adapter = new Adapter(clock, latencyMs, (bytes) => host.receive(bytes));
  const toHost = new Wire(clock, byteMs, corruption / 1e6, random, packetBytes, (bytes) =>
    adapter.take(bytes),
  );
  const host = new UartEnd(toBoard);
  const board = new UartEnd(toHost);
  return { host, board };
}

/** The product's own link, on one end of the line. */
export function openLink(end: UartEnd, name: string, clock: Clock, lineRate: number): StreamLink {
  const device = {
    ...({ id: `serial:${name}`, kind: 'serial', lineRate } as const),
    open: ({ onData }: { onData: (bytes: Uint8Array) => void }): Promise<ByteStream> => {
      end.onData = onData;
      return Promise.resolve({ write: (bytes) => end.write(bytes), close: () => Promise.resolve() });
    },
  };
  return new StreamLink(device, { clock, log: nullLog });
}

/** One end of the line. */
export class UartEnd {
  onData: (bytes: Uint8Array) => void = () => undefined;

  constructor(private readonly wire: Wire) {}

  /** Resolves when all bytes are on the line. */
  write(bytes: Uint8Array): Promise<void> {
    return this.wire.transmit(bytes);
  }

  receive(bytes: Uint8Array): void {
    this.onData(bytes);
  }
}

/** One direction: hands bytes over when the line is through with them, `chunk` at a time. */
class Wire {
  private free = 0;

  constructor(
    private readonly clock: Clock,
    private readonly byteMs: number,
    private readonly corruption: number,
    private readonly random: Random,
    private readonly chunk: number,
    private readonly arrive: (bytes: Uint8Array) => void,
  ) {}

  transmit(bytes: Uint8Array): Promise<void> {
    const { clock, byteMs, chunk } = this;
    const arriving = this.corrupt(bytes);
    const begin = Math.max(clock.now(), this.free);
    this.free = begin + bytes.length * byteMs;
    return new Promise((resolve) => {
      for (let start = 0; start < bytes.length; start += chunk) {
        const end = Math.min(bytes.length, start + chunk);
        clock.schedule(begin + end * byteMs - clock.now(), () => {
          this.arrive(arriving.subarray(start, end));
          if (end === bytes.length) resolve();
        });
      }
    });
  }

  private corrupt(bytes: Uint8Array): Uint8Array {
    if (this.corruption === 0) return bytes;
    return bytes.map((byte) =>
      this.random() < this.corruption ? byte ^ (1 << Math.floor(this.random() * 8)) : byte,
    );
  }
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
