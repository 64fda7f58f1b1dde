import { SlipwayError } from '../base/errors';
import { peerName } from '../link/link';
import { type CoapMessage, decodeMessage } from './message';
import { exchangeLifetimeMs } from './retransmit';
import type { TraceEntry } from './trace-recorder';

/** What a message answers, or belongs to. */
export interface TracedRequest {
  readonly seq: number;
  readonly time: number;
  readonly code: string;
  readonly path: string;
}

/** An entry, taken apart and put beside what belongs to it. */
export interface TracedMessage {
  readonly entry: TraceEntry;
  /** Undefined for what is none. */
  readonly message?: CoapMessage;
  /** Why it is none. */
  readonly malformed?: string;
  /** Uri-Path of the request, also with its answers; undefined where the request is not in the trace. */
  readonly path?: string;
  /** The request that this answers, by message id and token. */
  readonly request?: TracedRequest;
  /** ms from the first sending of the request to its first answer. */
  readonly rttMs?: number;
  /** `seq` of the message that this is sent again of. */
  readonly repeats?: number;
}

interface Pending extends TracedRequest {
  answered: boolean;
}

interface Sent {
  readonly entry: TraceEntry;
  readonly context?: Pending;
}

const rememberedMessages = 4096;
const rememberedTokens = 1024;
/** Requests of one token that wait for answers: the blocks in flight of a push over TCP. */
const waitingOfToken = 64;

/** Pairs requests and answers, and finds what was sent again. Takes entries in their order. */
export class TraceExchanges {
  /** By link, peer, direction and message id. */
  private readonly sent = new Map<string, Sent>();
  /** By link, peer, direction and token; the last is the newest. */
  private readonly byToken = new Map<string, Pending[]>();

  take(entry: TraceEntry): TracedMessage {
    if (entry.damage !== undefined) return { entry, malformed: entry.damage };
    let message: CoapMessage;
    try {
      message = decodeMessage(entry.data);
    } catch (error) {
      if (!SlipwayError.is(error, 'coap.malformed')) throw error;
      return { entry, malformed: error.details.reason };
    }
    const place = `${entry.link} ${peerName(entry.peer)}`;
    const back = entry.direction === 'sent' ? 'received' : 'sent';
    const repeated = this.repeated(`${place} ${entry.direction}`, entry, message);
    const answered = isAnswer(message) ? this.answeredBy(`${place} ${back}`, message) : undefined;
    const context = answered ?? repeated?.context ?? this.opened(entry, message);
    if (!repeated) this.remember(`${place} ${entry.direction}`, entry, message, context);
    const isFirst = answered !== undefined && !answered.answered && !isEmptyAck(message);
    if (isFirst) answered.answered = true;
    return {
      entry,
      message,
      ...(context?.path !== undefined && { path: context.path }),
      ...(answered && { request: answered }),
      ...(isFirst && { rttMs: entry.time - answered.time }),
      ...(repeated && { repeats: repeated.entry.seq }),
    };
  }

  private repeated(place: string, entry: TraceEntry, message: CoapMessage): Sent | undefined {
    const before = this.sent.get(`${place} ${message.type} ${message.messageId}`);
    if (!before || entry.time - before.entry.time > exchangeLifetimeMs) return undefined;
    return Buffer.compare(before.entry.data, entry.data) === 0 ? before : undefined;
  }

  /** By message id where that is given back (RFC 7252 §4.2), else the oldest that waits under the token (§5.3.2). */
  private answeredBy(place: string, message: CoapMessage): Pending | undefined {
    if (message.type === 'ACK' || message.type === 'RST') {
      const sent =
        this.sent.get(`${place} CON ${message.messageId}`) ??
        this.sent.get(`${place} NON ${message.messageId}`);
      if (sent?.context || message.code === '0.00') return sent?.context;
    }
    const requests = this.byToken.get(`${place} ${tokenText(message)}`) ?? [];
    return requests.find(({ answered }) => !answered) ?? requests.at(-1);
  }

  private opened({ seq, time }: TraceEntry, message: CoapMessage): Pending | undefined {
    // A ping asks for a Reset (RFC 7252 §4.3).
    const asks = message.code.startsWith('0.') && (message.code !== '0.00' || message.type === 'CON');
    if (!asks) return undefined;
    return { seq, time, code: message.code, path: uriPath(message), answered: false };
  }

  private remember(place: string, entry: TraceEntry, message: CoapMessage, context?: Pending): void {
    const key = `${place} ${message.type} ${message.messageId}`;
    this.sent.delete(key);
    this.sent.set(key, { entry, ...(context && { context }) });
    forgetOldest(this.sent, rememberedMessages);
    if (context?.seq !== entry.seq || message.code === '0.00') return;
    const tokenKey = `${place} ${tokenText(message)}`;
    const requests = this.byToken.get(tokenKey) ?? [];
    this.byToken.delete(tokenKey);
    this.byToken.set(
      tokenKey,
      [...requests.filter(({ answered }) => !answered), context].slice(-waitingOfToken),
    );
    forgetOldest(this.byToken, rememberedTokens);
  }
}

/** All entries, in order. */
export function traceMessages(entries: readonly TraceEntry[]): TracedMessage[] {
  const exchanges = new TraceExchanges();
  return entries.map((entry) => exchanges.take(entry));
}

/** `/5/0/0`; `/` where there is no Uri-Path (RFC 7252 §5.10.1). */
export function uriPath({ options }: CoapMessage): string {
  const segments = options.filter(({ name }) => name === 'Uri-Path');
  return `/${segments.map(({ value }) => Buffer.from(value).toString('utf8')).join('/')}`;
}

function isAnswer({ type, code }: CoapMessage): boolean {
  return !code.startsWith('0.') || (code === '0.00' && type !== 'CON');
}

function isEmptyAck({ type, code }: CoapMessage): boolean {
  return type === 'ACK' && code === '0.00';
}

function tokenText({ token }: CoapMessage): string {
  return Buffer.from(token).toString('hex');
}

function forgetOldest(map: Map<string, unknown>, limit: number): void {
  for (const key of map.keys()) {
    if (map.size <= limit) return;
    map.delete(key);
  }
}
