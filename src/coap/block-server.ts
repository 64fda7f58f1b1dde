import type { Clock } from '../base/clock';
import { type Disposable, toDisposable } from '../base/disposable';
import { type Peer, peerName } from '../link/link';
import type { IncomingBlock, IncomingRequest } from './endpoint';
import type { Exchange } from './exchange';
import type { Exchanges } from './exchanges';
import { ExpiringMap } from '../base/expiring-map';
import { hasUnknownCritical, toIncomingRequest } from './incoming';
import { type CoapMessage, type CoapOption, emptyMessage, optionOf } from './message';
import { blockSize, decodeBlock, encodeBlock } from './options';
import type { Observers } from './observers';
import { replyOptions } from './reply-options';
import { RequestAssembler } from './request-assembler';
import type { Responder } from './responder';
import type { ResponseSlicer, Slice } from './response-slicer';
import { uintOf } from './responses';
import { deliver, exchangeLifetimeMs } from './retransmit';

/** How long an answer may take to go with the acknowledgement (RFC 7252 §5.2.2), ms. */
const piggybackMs = 50;
/** How many requests are remembered to know their duplicates by. */
const rememberedRequests = 512;

const nothing = new Uint8Array(0);

/** What was answered to a request, for its duplicates. */
interface Remembered {
  reply?: CoapMessage;
}

type Transmit = (message: CoapMessage, peer: Peer) => Promise<void>;

/**
 * Serves what node-coap does not: requests with Block1, Block2 or Observe, non-confirmable ones and unknown methods
 * (RFC 7252 §5, RFC 7959, RFC 7641). Transfers are known by peer and resource, never by token.
 */
export class BlockServer implements Disposable {
  private readonly seen: ExpiringMap<Remembered>;
  private readonly assembler: RequestAssembler;
  private readonly separate = new Set<Disposable>();

  constructor(
    private readonly responder: Responder,
    private readonly slicer: ResponseSlicer,
    private readonly observers: Observers,
    private readonly exchanges: Exchanges,
    private readonly transmit: Transmit,
    private readonly clock: Clock,
    /** Largest block size exponent: 7 over a reliable transport. */
    private readonly maxSzx: number,
  ) {
    this.seen = new ExpiringMap(clock, exchangeLifetimeMs, rememberedRequests);
    this.assembler = new RequestAssembler(clock);
  }

  /** Takes a request; a duplicate gets the answer that the first one got. */
  receive(message: CoapMessage, peer: Peer): void {
    const key = `${peerName(peer)} ${message.messageId}`;
    const before = this.seen.get(key);
    if (before) {
      if (before.reply && message.type === 'CON') this.send(before.reply, peer);
      return;
    }
    const remembered: Remembered = {};
    this.seen.set(key, remembered);
    void this.answer(message, peer, remembered);
  }

  dispose(): void {
    for (const item of this.separate) item.dispose();
    this.seen.clear();
  }

  private async answer(message: CoapMessage, peer: Peer, remembered: Remembered): Promise<void> {
    const { type, messageId, token } = message;
    const acknowledge = (reply: CoapMessage): void => {
      remembered.reply = reply;
      this.send(reply, peer);
    };
    const early =
      type === 'CON'
        ? this.clock.schedule(piggybackMs, () => acknowledge(emptyMessage('ACK', messageId)))
        : toDisposable(() => undefined);
    this.separate.add(early);
    const { reply, options, payload } = await this.sliceFor(message, peer);
    early.dispose();
    this.separate.delete(early);
    const response = { token, code: reply.code, options: [...replyOptions(reply), ...options], payload };
    if (type === 'NON') {
      this.send({ ...response, type, messageId: this.exchanges.nextMessageId() }, peer);
    } else if (remembered.reply) {
      this.sendSeparately(this.exchanges.openExchange(peer), response);
    } else {
      acknowledge({ ...response, type: 'ACK', messageId });
    }
  }

  private sendSeparately(exchange: Exchange, response: Omit<CoapMessage, 'type' | 'messageId'>): void {
    const message: CoapMessage = { ...response, type: 'CON', messageId: exchange.nextMessageId() };
    const delivery = deliver(exchange, message, this.clock, () => {
      exchange.dispose();
      this.separate.delete(delivery);
    });
    this.separate.add(delivery);
  }

  private async sliceFor(message: CoapMessage, peer: Peer): Promise<Slice> {
    const request = toIncomingRequest(message, peer);
    if (!request) return bare('4.05');
    if (hasUnknownCritical(message)) return bare('4.02');
    const block1 = optionOf(message, 'Block1');
    if (block1) return await this.takePart(request, message, block1);
    const value = optionOf(message, 'Block2');
    const block2 = value && decodeBlock(value, this.maxSzx);
    // The reserved size 7 (RFC 7959 §2.2).
    if (value && !block2) return bare('4.00');
    if (block2 && block2.num > 0) {
      const later = this.slicer.later(request, block2);
      if (later) return later;
    }
    // FETCH is observed, too (RFC 8132 §2.4).
    const isObservable = request.method === 'GET' || request.method === 'FETCH';
    const observe = isObservable ? uintOf(message, 'Observe') : undefined;
    if (observe === 0) {
      const observer = this.observers.create(request, message.token);
      const reply = await this.responder.answer({ ...request, observer });
      const slice = this.slicer.first(request, reply, block2);
      if (!reply.code.startsWith('2.')) {
        observer.end();
        return slice;
      }
      return { ...slice, options: [this.observers.accept(observer), ...slice.options] };
    }
    if (observe === 1) this.observers.end(peer, message.token);
    const reply = await this.responder.answer({
      ...request,
      ...(block2 && { block2 }),
      ...(observe === 1 && { cancelsObservation: true }),
    });
    return this.slicer.first(request, reply, block2);
  }

  private async takePart(request: IncomingRequest, message: CoapMessage, value: Uint8Array): Promise<Slice> {
    const part = decodeBlock(value, this.maxSzx);
    if (!part) return bare('4.00');
    const size1 = uintOf(message, 'Size1');
    const block: IncomingBlock = {
      ...request,
      ...part,
      offset: part.num * blockSize(part.szx),
      ...(size1 !== undefined && { size1 }),
    };
    let reply = await this.responder.answerBlock(block);
    if (!reply) {
      const taken = this.assembler.take(block);
      reply =
        taken instanceof Uint8Array ? await this.responder.answer({ ...request, payload: taken }) : taken;
    }
    const slice = this.slicer.first(request, reply, undefined);
    // In an error the option is a hint at another size (RFC 7959 §2.9.3).
    if (!reply.code.startsWith('2.') && reply.szx === undefined) return slice;
    const echo: CoapOption = {
      name: 'Block1',
      value: encodeBlock({ num: part.num, more: part.more, szx: reply.szx ?? part.szx }),
    };
    return { ...slice, options: [...slice.options, echo] };
  }

  private send(message: CoapMessage, peer: Peer): void {
    // Lost with the link; the peer asks again.
    this.transmit(message, peer).catch(() => undefined);
  }
}

function bare(code: string): Slice {
  return { reply: { code }, options: [], payload: nothing };
}
