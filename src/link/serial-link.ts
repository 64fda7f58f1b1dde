import { access } from 'node:fs/promises';
import type { SerialPort } from 'serialport';
import { type Disposable, toDisposable } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { type LinkDeps, reasonOf } from './link-lifecycle';
import { type PortInfo, findPort, listPorts, portAt, portKey } from './ports';
import { serialOpenError } from './serial-errors';
import { loadSerialPort } from './serial-module';
import {
  type ByteStream,
  type ByteStreamEvents,
  type StreamDevice,
  StreamLink,
  type StreamLinkDeps,
} from './stream-link';

export const DEFAULT_BAUD_RATE = 115_200;

export interface SerialOptions {
  /** `/dev/ttyUSB0`, `COM3` */
  readonly path: string;
  /** bit/s; default 115,200 */
  readonly baudRate?: number;
  /** `portKey` of the port: it is opened where it is now, `path` or not. Learned at the first opening if missing. */
  readonly portKey?: string;
  /** Modem lines while open. Left as the operating system sets them (asserted, as a rule) if missing. */
  readonly dtr?: boolean;
  readonly rts?: boolean;
}

/** A link to the board on a serial port; begins to open at once. */
export function createSerialLink(
  options: SerialOptions,
  deps: StreamLinkDeps,
  list: () => Promise<PortInfo[]> = listPorts,
): StreamLink {
  return new StreamLink(new SerialDevice(options, deps, list), deps);
}

/** How often to look whether the port is still there: an unplugged one may look to the driver like a silent one. */
const PRESENCE_MS = 1_000;

class SerialDevice implements StreamDevice {
  readonly id: string;
  readonly kind = 'serial';
  readonly lineRate: number;
  private key: string | undefined;

  constructor(
    private readonly options: SerialOptions,
    private readonly deps: LinkDeps,
    private readonly list: () => Promise<PortInfo[]>,
  ) {
    this.id = `serial:${options.path}`;
    this.lineRate = options.baudRate ?? DEFAULT_BAUD_RATE;
    this.key = options.portKey;
  }

  async open(events: ByteStreamEvents, signal: AbortSignal): Promise<ByteStream> {
    const { SerialPort } = await loadSerialPort(this.id);
    const path = await this.locate();
    if (signal.aborted) throw new SlipwayError('link.closed', { link: this.id });
    const port = new SerialPort({ path, baudRate: this.lineRate, autoOpen: false });
    await new Promise<void>((resolve, reject) => {
      port.open((error) => (error ? reject(error) : resolve()));
    }).catch(async (cause: unknown) => {
      throw await serialOpenError(this.id, path, cause);
    });
    const stream = new SerialStream(this.id, path, port, events, this.deps);
    await this.setLines(port);
    return stream;
  }

  /** Where the port is now. */
  private async locate(): Promise<string> {
    const { path } = this.options;
    let ports: PortInfo[];
    try {
      ports = await this.list();
    } catch (error) {
      this.deps.log.debug(`${this.id}: ports can't be listed: ${reasonOf(error)}`);
      return path;
    }
    const here = await portAt(ports, path);
    this.key ??= here && portKey(here);
    if (this.key === undefined) return path;
    const found = findPort(ports, this.key, here?.path);
    if (found && found !== here) {
      this.deps.log.info(`${this.id}: the port is at ${found.path} now`);
      return found.path;
    }
    // Another adapter got the path of ours.
    if (!found && here) throw new SlipwayError('link.not-found', { link: this.id });
    return path;
  }

  /**
   * Low latency, where the driver has it: else an FTDI adapter holds back short answers for 16 ms. `set` asserts
   * DTR and RTS unless told otherwise, which is what the operating system did when it opened the port.
   */
  private async setLines(port: SerialPort): Promise<void> {
    const { dtr = true, rts = true } = this.options;
    const isAsked = this.options.dtr !== undefined || this.options.rts !== undefined;
    if (process.platform !== 'linux' && !isAsked) return;
    const options = process.platform === 'linux' ? { dtr, rts, lowLatency: true } : { dtr, rts };
    await new Promise<void>((resolve) => {
      port.set(options, (error) => {
        // Pseudo terminals have no lines, some drivers no low latency; the port works without.
        if (error) this.deps.log.debug(`${this.id}: ${error.message}`);
        resolve();
      });
    });
  }
}

class SerialStream implements ByteStream {
  private presence: Disposable = toDisposable(() => undefined);
  private isLost = false;

  constructor(
    private readonly id: string,
    private readonly path: string,
    private readonly port: SerialPort,
    private readonly events: ByteStreamEvents,
    private readonly deps: LinkDeps,
  ) {
    port.on('data', (bytes: Buffer) => events.onData(bytes));
    port.on('error', (error) => deps.log.debug(`${id}: ${error.message}`));
    port.on('close', (cause: unknown) => this.lose(cause));
    // Windows tells of a port that vanished by itself, and has no file to look for.
    if (process.platform !== 'win32') this.watch();
  }

  async write(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.port.write(bytes, (error) => (error ? reject(this.writeError(error)) : resolve()));
    });
    await new Promise<void>((resolve, reject) => {
      this.port.drain((error) => (error ? reject(this.writeError(error)) : resolve()));
    });
  }

  async close(): Promise<void> {
    this.isLost = true;
    this.presence.dispose();
    if (!this.port.isOpen && !this.port.closing) return;
    await new Promise<void>((resolve) => {
      this.port.once('close', () => resolve());
      if (!this.port.closing) this.port.close((error) => error && resolve());
    });
  }

  private writeError(cause: Error): SlipwayError {
    return new SlipwayError('link.closed', { link: this.id }, { cause });
  }

  private watch(): void {
    this.presence = this.deps.clock.schedule(PRESENCE_MS, () => {
      access(this.path).then(
        () => !this.isLost && this.watch(),
        (cause: unknown) => this.lose(cause),
      );
    });
  }

  private lose(cause: unknown): void {
    if (this.isLost) return;
    this.isLost = true;
    this.presence.dispose();
    this.events.onLost(new SlipwayError('link.not-found', { link: this.id }, { cause }));
  }
}
