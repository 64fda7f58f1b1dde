import { randomBytes, randomInt } from 'node:crypto';
import { toHex } from '../base/hex';
import { type Event, Emitter } from '../base/event';
import { type Peer, peerName } from '../link/link';
import type { Exchange } from './exchange';
import type { CoapMessage } from './message';

/** Message ids and tokens of an exchange that are remembered, so that late answers are still known as its own. */
const remembered = 64;

/** How far our message ids stay away from node-coap's, more than either sends within EXCHANGE_LIFETIME. */
const foreignMargin = 1024;

/** The exchanges that go past node-coap, and which message belongs to which. */
export class Exchanges {
  private readonly byToken = new Map<string, OpenExchange>();
  private readonly byMessageId = new Map<string, OpenExchange>();
  private lastMessageId = randomInt(0x10000);
  private foreignMessageId = -0x8000;

  constructor(
    private readonly transmit: (message: CoapMessage, peer: Peer) => Promise<void>,
    /** False on a stream (RFC 8323 §3.1). */
    readonly hasMessageIds = true,
  ) {}

  /** Opens an exchange with a fresh token, or the one given. */
  openExchange(peer: Peer, token: Uint8Array = randomBytes(4)): Exchange {
    const exchange = new OpenExchange(peer, token, this);
    this.addToken(exchange, token);
    return exchange;
  }

  /** Answers with that token are this exchange's, too. */
  addToken(exchange: OpenExchange, token: Uint8Array): void {
    const key = tokenKey(exchange.peer, token);
    this.byToken.set(key, exchange);
    exchange.tokens.push(key);
    if (exchange.tokens.length > remembered) this.forgetToken(exchange, exchange.tokens.shift());
  }

  /** A message id that neither an exchange nor node-coap has used for long. */
  nextMessageId(): number {
    const next = (this.lastMessageId + 1) & 0xffff;
    const distance = (next - this.foreignMessageId + foreignMargin) & 0xffff;
    this.lastMessageId = distance < 2 * foreignMargin ? (next + 2 * foreignMargin) & 0xffff : next;
    return this.lastMessageId;
  }

  /** node-coap counts its message ids by itself; this is the last one it used. */
  keepAwayFrom(messageId: number): void {
    this.foreignMessageId = messageId;
  }

  /** Gives the message to the exchange it belongs to; false where it belongs to none. */
  take(message: CoapMessage, peer: Peer): boolean {
    const answersId = message.type === 'ACK' || message.type === 'RST';
    const exchange =
      (message.code === '0.00' ? undefined : this.byToken.get(tokenKey(peer, message.token))) ??
      (answersId ? this.byMessageId.get(idKey(peer, message.messageId)) : undefined);
    if (!exchange) return false;
    exchange.received.fire(message);
    return true;
  }

  send(exchange: OpenExchange, message: CoapMessage): Promise<void> {
    const key = idKey(exchange.peer, message.messageId);
    if (this.byMessageId.get(key) !== exchange) {
      this.byMessageId.set(key, exchange);
      exchange.ids.push(key);
      if (exchange.ids.length > remembered) this.forgetId(exchange, exchange.ids.shift());
    }
    return this.transmit(message, exchange.peer);
  }

  close(exchange: OpenExchange): void {
    for (const id of exchange.ids) this.forgetId(exchange, id);
    for (const key of exchange.tokens) this.forgetToken(exchange, key);
  }

  private forgetToken(exchange: OpenExchange, key: string | undefined): void {
    if (key !== undefined && this.byToken.get(key) === exchange) this.byToken.delete(key);
  }

  private forgetId(exchange: OpenExchange, id: string | undefined): void {
    if (id !== undefined && this.byMessageId.get(id) === exchange) this.byMessageId.delete(id);
  }
}

class OpenExchange implements Exchange {
  readonly received = new Emitter<CoapMessage>();
  readonly onMessage: Event<CoapMessage> = this.received.event;
  readonly ids: string[] = [];
  readonly tokens: string[] = [];

  constructor(
    readonly peer: Peer,
    readonly token: Uint8Array,
    private readonly table: Exchanges,
  ) {}

  nextMessageId(): number {
    return this.table.nextMessageId();
  }

  nextToken(): Uint8Array {
    if (this.table.hasMessageIds) return this.token;
    const token = randomBytes(4);
    this.table.addToken(this, token);
    return token;
  }

  send(message: CoapMessage): Promise<void> {
    return this.table.send(this, message);
  }

  dispose(): void {
    this.table.close(this);
    this.received.dispose();
  }
}

function tokenKey(peer: Peer, token: Uint8Array): string {
  return `${peerName(peer)} ${toHex(token)}`;
}

function idKey(peer: Peer, messageId: number): string {
  return `${peerName(peer)} ${messageId}`;
}
