import type { Socket } from 'node:net';
import { SlipwayError } from '../../base/errors';
import { Emitter } from '../../base/event';
import type { Log } from '../../base/log';
import { type Peer, peerName } from '../link';
import { hostPort } from '../socket';
import { type TcpMessage, TcpMessageDecoder, encodeTcpMessage } from './frame';
import { MessageLayer } from './message-layer';
import {
  BadCsmOption,
  type Capabilities,
  baseCapabilities,
  decodeCapabilities,
  encodeAbort,
  encodeCapabilities,
  signals,
} from './signals';

/** What we take: a registration of any board in one message, and long blocks. */
export const ownCapabilities: Capabilities = { maxMessageBytes: 65_536, blockWise: true };

/** First code of signalling messages, class 7 (RFC 8323 §5). */
const firstSignal = 0xe0;

const nothing = new Uint8Array(0);

/** One TCP connection with CoAP on it (RFC 8323): datagrams above, messages of a stream below. */
export class CoapTcpConnection {
  readonly peer: Peer;
  private readonly layer = new MessageLayer();
  private readonly decoder = new TcpMessageDecoder(ownCapabilities.maxMessageBytes);
  private readonly datagramEmitter = new Emitter<Uint8Array>();
  private readonly closed = new Emitter<Error | undefined>();
  private isIntroduced = false;
  /** Message ids of pings that were not answered, oldest first: pongs come in that order on a stream. */
  private readonly pings: number[] = [];
  private cause: Error | undefined;

  readonly onDatagram = this.datagramEmitter.event;
  /** Once, with the error if there was one. */
  readonly onDidClose = this.closed.event;
  /** What the peer takes. */
  capabilities: Capabilities = baseCapabilities;

  /** The socket is connected. */
  constructor(
    private readonly socket: Socket,
    private readonly log: Log,
  ) {
    this.peer = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    socket.on('data', (bytes) => this.receive(bytes));
    socket.on('error', (error) => (this.cause = error));
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      this.closed.fire(this.cause);
      this.closed.dispose();
      this.datagramEmitter.dispose();
    });
    // Each side begins with its CSM and need not wait for the other's (§5.3).
    this.write(signals.csm, nothing, encodeCapabilities(ownCapabilities));
  }

  /** Our end's `HOST:PORT`. */
  get ownAuthority(): string | undefined {
    const { localAddress: host, localPort: port } = this.socket;
    return host === undefined || port === undefined ? undefined : hostPort({ host, port });
  }

  /** Rejects when the socket does not take it any more. */
  async send(datagram: Uint8Array): Promise<void> {
    const { message, ping, acknowledgement } = this.layer.outgoing(datagram);
    if (ping !== undefined) {
      this.pings.push(ping);
      this.write(signals.ping, nothing, nothing);
    }
    if (!message) return;
    await new Promise<void>((resolve, reject) => {
      this.socket.write(encodeTcpMessage(message), (error) => (error ? reject(error) : resolve()));
    });
    if (acknowledgement) this.datagramEmitter.fire(acknowledgement);
  }

  close(): void {
    if (!this.socket.destroyed) this.write(signals.release, nothing, nothing);
    this.socket.destroySoon();
  }

  private receive(bytes: Uint8Array): void {
    try {
      for (const message of this.decoder.push(bytes)) {
        this.take(message);
        if (this.socket.destroyed) return;
      }
    } catch (error) {
      if (!(error instanceof BadCsmOption) && !SlipwayError.is(error, 'coap.malformed')) throw error;
      const words = error instanceof BadCsmOption ? error.message : error.details.reason;
      this.log.warn(`${peerName(this.peer)}: ${words}`);
      this.write(
        signals.abort,
        nothing,
        encodeAbort(words, error instanceof BadCsmOption ? error.number : undefined),
      );
      this.socket.destroySoon();
    }
  }

  private take(message: TcpMessage): void {
    if (message.code >= firstSignal) return this.signal(message.code, message.token, message.body);
    if (!this.isIntroduced) throw new SlipwayError('coap.malformed', { reason: 'no CSM came first' });
    // An Empty message says nothing (§3.4).
    if (message.code !== 0) this.datagramEmitter.fire(this.layer.incoming(message));
  }

  private signal(code: number, token: Uint8Array, body: Uint8Array): void {
    switch (code) {
      case signals.csm:
        this.isIntroduced = true;
        this.capabilities = decodeCapabilities(body, this.capabilities);
        return;
      case signals.ping:
        return this.write(signals.pong, token, nothing);
      case signals.pong: {
        const messageId = this.pings.shift();
        if (messageId !== undefined) this.datagramEmitter.fire(this.layer.resetOf(messageId));
        return;
      }
      case signals.release:
        return void this.socket.end();
      case signals.abort:
        this.log.warn(`${peerName(this.peer)} aborts: ${wordsIn(body)}`);
        return void this.socket.destroy();
      default:
        // Others may come to be, and are to be ignored (§5.2).
        this.log.debug(`${peerName(this.peer)}: signal 7.${code & 0x1f} ignored`);
    }
  }

  private write(code: number, token: Uint8Array, body: Uint8Array): void {
    this.socket.write(encodeTcpMessage({ code, token, body }));
  }
}

/** The diagnostic payload of an Abort. */
function wordsIn(body: Uint8Array): string {
  const at = body.indexOf(0xff);
  return at < 0 ? 'without a word' : Buffer.from(body.subarray(at + 1)).toString('utf8');
}
