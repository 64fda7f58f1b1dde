import { type Disposable, DisposableStore, toDisposable } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { Emitter } from '../base/event';
import { toHex } from '../base/hex';
import { type Log, isTracing, scopedLog } from '../base/log';
import { IpHost } from './ip/ip-host';
import {
  type DamagedFrame,
  type Datagram,
  type Link,
  type LinkKind,
  type LinkState,
  type Peer,
  peerName,
  samePeer,
} from './link';
import { type Connection, type LinkDeps, LinkLifecycle } from './link-lifecycle';
import { SendQueue } from './send-queue';
import {
  SlipmuxDecoder,
  type SlipmuxFrame,
  encodeCoapFrame,
  encodeDiagnosticFrame,
  encodeIpFrame,
} from './slipmux';

/** An open byte stream. */
export interface ByteStream extends Connection {
  /** Resolves when the bytes are with the operating system and drained. Rejects with a `link.…` error. */
  write(bytes: Uint8Array): Promise<void>;
}

export interface ByteStreamEvents {
  onData(bytes: Uint8Array): void;
  /** The stream ended by itself. At most once. */
  onLost(error: SlipwayError): void;
}

/** Something that a byte stream can be opened to: a serial port, a TCP address. */
export interface StreamDevice {
  readonly id: string;
  readonly kind: LinkKind;
  /** bit/s */
  readonly lineRate: number | undefined;
  /** Rejects with a `link.…` error. */
  open(events: ByteStreamEvents, signal: AbortSignal): Promise<ByteStream>;
}

/** A name for whom CoAP on a line goes to; no board resolves it. */
const lineAuthority = 'desk';

/** What a stream link needs from outside. */
export interface StreamLinkDeps extends LinkDeps {
  /** A board's end of an IP line: its own address, and its server's, which becomes the link's peer. */
  readonly ip?: { readonly own: Peer; readonly server: Peer };
}

/** A frame is sent in one go: after this silence within one, its end will not come. */
const MID_FRAME_SILENCE_MS = 1_000;

/** A write that was not taken after this time never will be. A 1 KiB frame at 1200 baud takes 9 s. */
const WRITE_STALL_MS = 30_000;

/** Console input goes in frames that a small board can take. */
const CONSOLE_PIECE_BYTES = 64;

/**
 * A link over a byte stream, with slipmux: CoAP in frames of its own to and from the peer that is the line's other
 * end, and UDP in IP packets to and from peers with addresses.
 */
export class StreamLink implements Link {
  readonly id: string;
  readonly kind: LinkKind;
  readonly peer: Peer;
  readonly lineRate: number | undefined;
  private readonly log: Log;
  private readonly datagramEmitter = new Emitter<Datagram>();
  private readonly damagedEmitter = new Emitter<DamagedFrame>();
  private readonly consoleEmitter = new Emitter<Uint8Array>();
  private readonly lifecycle: LinkLifecycle<StreamConnection>;
  private readonly owned = new DisposableStore();
  private readonly ip: IpHost;
  /** The other end, for CoAP that is in no IP packet. */
  private readonly otherEnd: Peer;

  readonly onDatagram = this.datagramEmitter.event;
  readonly onDamaged = this.damagedEmitter.event;
  readonly onConsole = this.consoleEmitter.event;

  /** Begins to open at once. */
  constructor(
    device: StreamDevice,
    private readonly deps: StreamLinkDeps,
  ) {
    this.id = device.id;
    this.kind = device.kind;
    this.lineRate = device.lineRate;
    this.otherEnd = { address: device.id, port: 0 };
    this.peer = deps.ip?.server ?? this.otherEnd;
    this.ip = new IpHost({ clock: deps.clock, ...(deps.ip && { own: deps.ip.own }) });
    this.log = scopedLog(deps.log, device.id);
    this.owned.add(this.datagramEmitter);
    this.owned.add(this.damagedEmitter);
    this.owned.add(this.consoleEmitter);
    this.lifecycle = this.owned.add(
      new LinkLifecycle(device.id, (lost, signal) => this.open(device, lost, signal), deps),
    );
  }

  get state(): LinkState {
    return this.lifecycle.state;
  }

  get error(): SlipwayError | undefined {
    return this.lifecycle.error;
  }

  get onDidChangeState(): Link['onDidChangeState'] {
    return this.lifecycle.onDidChangeState;
  }

  async send(data: Uint8Array, peer: Peer): Promise<void> {
    const connection = this.connection();
    if (samePeer(peer, this.otherEnd)) {
      if (isTracing(this.log)) this.log.trace(`→ ${toHex(data)}`);
      await connection.send(encodeCoapFrame(data));
      return;
    }
    const packet = this.ip.packetTo(peer, data);
    if (!packet) {
      throw new SlipwayError('link.failed', {
        link: this.id,
        reason: `nothing came from ${peerName(peer)} yet`,
      });
    }
    if (isTracing(this.log)) this.log.trace(`→ ${peerName(peer)} ${toHex(data)}`);
    await connection.send(encodeIpFrame(packet));
  }

  async writeConsole(data: Uint8Array): Promise<void> {
    for (let at = 0; at < data.length; at += CONSOLE_PIECE_BYTES) {
      await this.connection().send(encodeDiagnosticFrame(data.subarray(at, at + CONSOLE_PIECE_BYTES)));
    }
  }

  authorityFor(peer: Peer): Promise<string | undefined> {
    const address = samePeer(peer, this.otherEnd) ? lineAuthority : this.ip.addressFor(peer);
    return Promise.resolve(address?.includes(':') ? `[${address}]` : address);
  }

  release(): Promise<void> {
    return this.lifecycle.release();
  }

  retake(): void {
    this.lifecycle.retake();
  }

  dispose(): void {
    this.owned.dispose();
  }

  private connection(): StreamConnection {
    const { connection } = this.lifecycle;
    if (!connection) throw new SlipwayError('link.closed', { link: this.id });
    return connection;
  }

  private async open(
    device: StreamDevice,
    lost: (error: SlipwayError) => void,
    signal: AbortSignal,
  ): Promise<StreamConnection> {
    const receiver = new FrameReceiver(this.deps, (frame) => this.take(frame));
    try {
      const stream = await device.open(
        { onData: (bytes) => receiver.push(bytes), onLost: (error) => lost(error) },
        signal,
      );
      return new StreamConnection(this.id, stream, receiver, this.deps, lost);
    } catch (error) {
      receiver.dispose();
      throw error;
    }
  }

  private take({ kind, data }: SlipmuxFrame): void {
    switch (kind) {
      case 'coap':
        if (isTracing(this.log)) this.log.trace(`← ${toHex(data)}`);
        return this.datagramEmitter.fire({ data, peer: this.otherEnd });
      case 'diagnostic':
      case 'text':
        return this.consoleEmitter.fire(data);
      case 'ip':
        return this.takePacket(data);
      case 'invalid':
        this.log.debug(`damaged frame of ${data.length} bytes: ${toHex(data)}`);
        return this.damagedEmitter.fire({ data, reason: 'damaged frame' });
    }
  }

  private takePacket(packet: Uint8Array): void {
    const { datagram, answer, dropped } = this.ip.receive(packet);
    if (dropped !== undefined) {
      this.log.debug(`IP packet of ${packet.length} bytes dropped: ${dropped}`);
      this.damagedEmitter.fire({ data: packet, reason: `IP packet dropped: ${dropped}` });
    }
    // What an answer is lost to closes the link anyway.
    if (answer) this.lifecycle.connection?.send(encodeIpFrame(answer)).catch(() => undefined);
    if (!datagram) return;
    if (isTracing(this.log)) this.log.trace(`← ${peerName(datagram.peer)} ${toHex(datagram.data)}`);
    this.datagramEmitter.fire(datagram);
  }
}

/** Feeds the decoder and ends frames on a line that fell silent. */
class FrameReceiver implements Disposable {
  private readonly decoder = new SlipmuxDecoder();
  private silence: Disposable = toDisposable(() => undefined);

  constructor(
    private readonly deps: LinkDeps,
    private readonly onFrame: (frame: SlipmuxFrame) => void,
  ) {}

  push(bytes: Uint8Array): void {
    this.silence.dispose();
    this.decoder.push(bytes).forEach(this.onFrame);
    if (this.decoder.midFrame) {
      this.silence = this.deps.clock.schedule(MID_FRAME_SILENCE_MS, () => this.flush());
    }
  }

  dispose(): void {
    this.silence.dispose();
    this.flush();
  }

  private flush(): void {
    this.decoder.flush().forEach(this.onFrame);
  }
}

/** One opening of the stream: what waits to be sent ends with it. */
class StreamConnection implements Connection {
  private readonly queue: SendQueue;

  constructor(
    link: string,
    private readonly stream: ByteStream,
    private readonly receiver: FrameReceiver,
    { clock }: LinkDeps,
    lost: (error: SlipwayError) => void,
  ) {
    this.queue = new SendQueue({
      clock,
      write: (bytes) => stream.write(bytes),
      closedError: () => new SlipwayError('link.closed', { link }),
      stallMs: WRITE_STALL_MS,
      onStall: () => lost(new SlipwayError('link.failed', { link, reason: 'the device takes no data' })),
    });
  }

  send(frame: Uint8Array): Promise<void> {
    return this.queue.push(frame);
  }

  async close(): Promise<void> {
    this.queue.close();
    this.receiver.dispose();
    await this.stream.close();
  }
}
