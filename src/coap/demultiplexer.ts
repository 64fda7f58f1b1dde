import type { Clock } from '../base/clock';
import { SlipwayError } from '../base/errors';
import { type Log, isTracing } from '../base/log';
import { type Peer, peerName } from '../link/link';
import type { BlockServer } from './block-server';
import type { Exchanges } from './exchanges';
import { ExpiringMap } from '../base/expiring-map';
import { isRequest, toIncomingRequest } from './incoming';
import type { LinkSocket } from './link-socket';
import { type CoapMessage, decodeMessage, emptyMessage, optionOf } from './message';
import type { NodeCoapClient } from './node-coap-client';
import type { NodeCoapServer } from './node-coap-server';
import { exchangeLifetimeMs } from './retransmit';

/** How many separate responses are remembered while they may come again. */
const rememberedResponses = 512;

/** Where datagrams may go. */
export interface Destinations {
  readonly exchanges: Exchanges;
  readonly client: NodeCoapClient;
  readonly server: NodeCoapServer;
  readonly blockServer: BlockServer;
  /** Where node-coap listens. */
  readonly socket: LinkSocket;
}

/**
 * Decides who gets a datagram. node-coap gets what it handles well: plain confirmable requests, answers to the
 * requests that it sent. Block transfers, observations, pings and everything wrong are handled before it.
 */
export class Demultiplexer {
  /** Confirmable responses that were acknowledged: they come again when the acknowledgement is lost. */
  private readonly acknowledged: ExpiringMap<true>;

  constructor(
    private readonly to: Destinations,
    private readonly transmit: (message: CoapMessage, peer: Peer) => Promise<void>,
    private readonly log: Log,
    clock: Clock,
  ) {
    this.acknowledged = new ExpiringMap(clock, exchangeLifetimeMs, rememberedResponses);
  }

  receive(data: Uint8Array, peer: Peer): void {
    // Other versions are ignored in silence (RFC 7252 §3).
    if (data.length < 4 || (data[0] ?? 0) >> 6 !== 1) return;
    let message: CoapMessage;
    try {
      message = decodeMessage(data);
    } catch (error) {
      if (!SlipwayError.is(error, 'coap.malformed')) throw error;
      this.log.warn(`${peerName(peer)}: malformed message dropped: ${error.details.reason}`);
      // Its type is in bits 4 and 5; confirmable ones are rejected (RFC 7252 §4.2).
      if (((data[0] ?? 0) & 0x30) === 0) this.reset(((data[2] ?? 0) << 8) | (data[3] ?? 0), peer);
      return;
    }
    if (isTracing(this.log)) this.log.trace(`${peerName(peer)} → ${describe(message)}`);
    if (message.code === '0.00') this.receiveEmpty(message, peer, data);
    else if (isRequest(message)) this.receiveRequest(message, peer, data);
    else this.receiveResponse(message, peer);
  }

  private receiveEmpty(message: CoapMessage, peer: Peer, data: Uint8Array): void {
    // An Empty confirmable message is a ping (RFC 7252 §4.3).
    if (message.type === 'CON') return this.reset(message.messageId, peer);
    if (message.type === 'NON') return;
    if (this.to.exchanges.take(message, peer) || this.to.client.take(message, peer)) return;
    this.to.socket.receive(data, peer);
  }

  private receiveRequest(message: CoapMessage, peer: Peer, data: Uint8Array): void {
    // A request is confirmable or not, never an acknowledgement (RFC 7252 §4.2, table 1).
    if (message.type === 'ACK' || message.type === 'RST') return;
    const isPlain =
      message.type === 'CON' &&
      toIncomingRequest(message, peer) !== undefined &&
      !optionOf(message, 'Block1') &&
      !optionOf(message, 'Block2') &&
      !optionOf(message, 'Observe');
    if (isPlain) this.to.server.receive(message, peer, data);
    else this.to.blockServer.receive(message, peer);
  }

  private receiveResponse(message: CoapMessage, peer: Peer): void {
    const { type, messageId } = message;
    const key = `${peerName(peer)} ${messageId}`;
    if (type === 'CON' && this.acknowledged.get(key)) return this.acknowledge(messageId, peer);
    const isTaken = this.to.exchanges.take(message, peer) || this.to.client.take(message, peer);
    if (type === 'CON' && isTaken) {
      this.acknowledged.set(key, true);
      this.acknowledge(messageId, peer);
    } else if (!isTaken && type !== 'ACK') {
      // Ends an observation that is not known here (RFC 7641 §3.6).
      this.reset(messageId, peer);
    }
  }

  private acknowledge(messageId: number, peer: Peer): void {
    this.transmit(emptyMessage('ACK', messageId), peer).catch(() => undefined);
  }

  private reset(messageId: number, peer: Peer): void {
    this.transmit(emptyMessage('RST', messageId), peer).catch(() => undefined);
  }
}

/** `CON 2.05 id 4711 token 0a1b, 12 bytes`, for the log. */
export function describe({ type, code, messageId, token, options, payload }: CoapMessage): string {
  const path = options
    .filter(({ name }) => name === 'Uri-Path')
    .map(({ value }) => `/${Buffer.from(value).toString('utf8')}`)
    .join('');
  return `${type} ${code} ${path}${path && ' '}id ${messageId} token ${Buffer.from(token).toString('hex')}, ${payload.length} bytes`;
}
