import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore, toDisposable } from '../base/disposable';
import { type ErrorDetails, SlipwayError, cancelled } from '../base/errors';
import type { Log } from '../base/log';
import { RttEstimator } from './block1-rtt';
import { initialState, resumedState, step } from './block1-state';
import {
  type Answer,
  DEFAULT_LIMITS,
  type Fate,
  type Part,
  type TransferAction,
  type TransferEvent,
  type TransferLimits,
  type TransferState,
} from './block1-transfer';
import { openingWindow } from './block1-window';
import type { BlockUpload, BlockUploadOptions, BlockUploadResult, ResumePoint } from './endpoint';
import { peerName } from '../link/link';
import { methodCodes } from './confirmable';
import type { Exchange } from './exchange';
import { type CoapMessage, optionOf } from './message';
import {
  BERT_SZX,
  MAX_SZX,
  blockSize,
  decodeBlock,
  decodeUint,
  encodeBlock,
  encodeUint,
  pathOptions,
  queryOptions,
} from './options';
import type { TransferProfile } from './transfer-profile';

/** Waiting times of a push, ms. */
export interface Block1Timing {
  /** For the answer to block 0: some boards erase their flash before they give it. */
  readonly firstMs: number;
  /** For the answers to later blocks: until one was timed, at least, at most. */
  readonly initialMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** For the response after an empty acknowledgement. */
  readonly separateMs: number;
}

export const DEFAULT_TIMING: Block1Timing = {
  firstMs: 10_000,
  initialMs: 3_000,
  minMs: 500,
  maxMs: 10_000,
  separateMs: 30_000,
};

export interface Block1Deps {
  readonly clock: Clock;
  readonly log: Log;
  readonly timing?: Partial<Block1Timing>;
  readonly limits?: Partial<TransferLimits>;
  /** Bytes of BERT blocks to this peer (RFC 8323 §6); undefined where it takes none. */
  readonly bertBytes?: number | undefined;
}

/**
 * Pushes `upload` over `exchange` by Block1 (RFC 7959 §2.5), retransmitting, negotiating the size and starting
 * over as the board asks. Does not dispose `exchange`.
 * Rejects `block.refused`, `block.timeout`, `coap.reset`, `cancelled`; `link.closed` when the link was down to the
 * last try.
 */
export function sendBlocks(
  exchange: Exchange,
  upload: BlockUpload,
  deps: Block1Deps,
  options: BlockUploadOptions = {},
): Promise<BlockUploadResult> {
  return new Block1Sender(exchange, upload, deps, options).run();
}

/** How long a board may know a message again by its id (EXCHANGE_LIFETIME, RFC 7252 §4.8.2), ms. */
const EXCHANGE_LIFETIME_MS = 247_000;

/** How many separate responses are remembered to know their duplicates by. */
const REMEMBERED_RESPONSES = 16;

/** Drives the pure transfer state with messages and timers. */
class Block1Sender {
  private readonly timing: Block1Timing;
  private readonly limits: TransferLimits;
  private readonly rtt: RttEstimator;
  private readonly begin: number;
  /** Block size to begin with, exponent. */
  private readonly begunWith: number;
  private readonly owned = new DisposableStore();
  /** The parts in flight as messages, and when each was first sent. */
  private readonly sent = new Map<number, { readonly message: CoapMessage; readonly at: number }>();
  /** Parts that still wait in the link's queue. */
  private readonly queued = new Set<number>();
  private readonly responses: number[] = [];
  private state: TransferState;
  /** The part that `timer` is for. */
  private timedPart: number | undefined;
  private timer: Disposable = toDisposable(() => undefined);
  private retransmissions = 0;
  private linkError: SlipwayError | undefined;
  private diagnostic: string | undefined;
  private isOver = false;
  private resolve: (result: BlockUploadResult) => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;

  constructor(
    private readonly exchange: Exchange,
    private readonly upload: BlockUpload,
    private readonly deps: Block1Deps,
    private readonly options: BlockUploadOptions,
  ) {
    this.timing = { ...DEFAULT_TIMING, ...deps.timing };
    this.limits = { ...DEFAULT_LIMITS, ...deps.limits };
    this.rtt = new RttEstimator(this.timing);
    this.begin = deps.clock.now();
    const { profile, resume } = options;
    const { bertBytes } = deps;
    const largest = bertBytes === undefined ? MAX_SZX : BERT_SZX;
    // A board is known by what it wanted smaller.
    const known = profile && profile.szx < MAX_SZX ? profile.szx : undefined;
    this.begunWith = Math.min(resume?.szx ?? upload.szx ?? known ?? largest, largest);
    const window = openingWindow(profile?.window);
    const state = initialState(upload.payload.length, this.begunWith, window, bertBytes);
    this.state = resume ? resumedState(state, resume) : state;
  }

  run(): Promise<BlockUploadResult> {
    const { signal } = this.options;
    if (signal?.aborted) return Promise.reject(cancelled(signal));
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      const onAbort = (): void => this.fail(cancelled(signal));
      signal?.addEventListener('abort', onAbort, { once: true });
      this.owned.add(toDisposable(() => signal?.removeEventListener('abort', onAbort)));
      this.owned.add(toDisposable(() => this.timer.dispose()));
      this.owned.add(this.exchange.onMessage((message) => this.take(message)));
      this.apply({ type: 'start' });
    });
  }

  private apply(event: TransferEvent): void {
    if (this.isOver) return;
    const before = this.state;
    const { state, actions } = step(before, event, this.limits);
    this.state = state;
    for (const id of this.sent.keys()) {
      if (!state.inFlight.some((part) => part.id === id)) this.sent.delete(id);
    }
    if (state.window.isClosed !== before.window.isClosed) this.learn({ szx: before.szx, window: 0 });
    actions.forEach((action) => this.do(action));
    // With more than one in flight, the next oldest has been sent before.
    const [oldest] = this.state.inFlight;
    if (oldest && oldest.id !== this.timedPart) this.await(oldest);
  }

  private do(action: TransferAction): void {
    if (this.isOver) return;
    const { path } = this.upload;
    const offset = this.state.acknowledged;
    switch (action.type) {
      case 'send':
        return this.send(action.part);
      case 'wait':
        return this.await(action.part);
      case 'pause':
        this.deps.log.debug(`${path}: the board is busy, next try in ${action.ms} ms`);
        return this.schedule(action.ms, { type: 'resume' });
      case 'progress':
        this.timer.dispose();
        return this.report();
      case 'succeed':
        return this.succeed(action.code);
      case 'refused': {
        const { diagnostic } = this;
        return this.fail(
          new SlipwayError('block.refused', {
            path,
            code: action.code,
            offset,
            ...(diagnostic && { diagnostic }),
          }),
        );
      }
      case 'reset':
        return this.fail(new SlipwayError('coap.reset', this.requestDetails()));
      case 'timeout':
        return this.fail(
          this.linkError ??
            new SlipwayError('block.timeout', { path, offset, attempts: this.state.attempts }),
        );
    }
  }

  private send(part: Part): void {
    const first = this.sent.get(part.id);
    const message = first?.message ?? this.message(part, this.idBefore(part));
    if (!first) this.sent.set(part.id, { message, at: this.deps.clock.now() });
    // A copy that still waits for the line will do; another would only make the queue longer.
    if (!this.queued.has(part.id)) {
      if (first) {
        this.retransmissions++;
        this.report();
      }
      this.transmit(part, message);
    }
    if (part.id !== this.state.inFlight[0]?.id) return;
    if (first && part.offset > 0) this.rtt.backOff();
    this.await(part);
  }

  /** The id that a block had before an interruption, while a board may know it: its answer may be all that is missing. */
  private idBefore({ offset, szx, tries }: Part): number | undefined {
    const { resume } = this.options;
    if (!resume || tries === 1 || szx !== resume.szx) return undefined;
    if (this.deps.clock.now() - resume.at > EXCHANGE_LIFETIME_MS) return undefined;
    return resume.messageIds.get(offset);
  }

  private transmit(part: Part, message: CoapMessage): void {
    this.queued.add(part.id);
    this.exchange
      .send(message)
      .then(() => (this.linkError = undefined))
      .catch((error: unknown) => {
        // A link that is down loses messages; it may come back.
        if (SlipwayError.is(error) && error.code.startsWith('link.')) this.linkError = error;
        else this.fail(error);
      })
      .finally(() => this.queued.delete(part.id));
  }

  /** Only the oldest part has a timer: it decides for all in flight. */
  private await(part: Part): void {
    if (this.isOver) return;
    this.timedPart = part.id;
    const ms = part.isAcknowledged
      ? this.timing.separateMs
      : part.offset === 0
        ? this.timing.firstMs
        : this.rtt.timeoutMs;
    this.timer.dispose();
    this.timer = this.deps.clock.schedule(ms, () => {
      this.deps.log.debug(`${this.upload.path}: no answer to block ${part.num} within ${Math.round(ms)} ms`);
      this.apply({ type: 'silence', part: part.id, fate: this.fateOf(part) });
    });
  }

  private fateOf(part: Part): Fate {
    if (this.linkError) return 'failed';
    return this.queued.has(part.id) ? 'queued' : 'sent';
  }

  private schedule(ms: number, event: TransferEvent): void {
    this.timer.dispose();
    this.timer = this.deps.clock.schedule(ms, () => this.apply(event));
  }

  private take(message: CoapMessage): void {
    if (message.type === 'CON' || message.type === 'NON') return this.takeResponse(message);
    for (const [part, { message: request }] of this.sent) {
      if (request.messageId !== message.messageId) continue;
      if (message.type === 'RST') return this.apply({ type: 'reset', part });
      this.measure(part);
      if (message.code === '0.00') return this.apply({ type: 'acknowledged', part });
      return this.takeAnswer(message, part);
    }
  }

  /** A separate response (RFC 7252 §5.2.2). */
  private takeResponse(message: CoapMessage): void {
    if (this.responses.includes(message.messageId)) return;
    this.responses.push(message.messageId);
    if (this.responses.length > REMEMBERED_RESPONSES) this.responses.shift();
    this.takeAnswer(message, undefined);
  }

  private takeAnswer(message: CoapMessage, part: number | undefined): void {
    const isError = !message.code.startsWith('2.');
    this.diagnostic = isError ? Buffer.from(message.payload).toString() : undefined;
    if (isError) this.deps.log.debug(`${this.upload.path}: ${message.code} ${this.diagnostic ?? ''}`);
    this.apply(answerOf(message, part, this.queued.size === 0));
  }

  /** Block 0 tells how long flash takes to erase, not how fast the line is. */
  private measure(id: number): void {
    const part = this.state.inFlight.find((candidate) => candidate.id === id);
    const sent = this.sent.get(id);
    if (!part || !sent || part.offset === 0 || part.tries > 1 || part.isAcknowledged) return;
    this.rtt.sample(this.deps.clock.now() - sent.at);
  }

  private message(part: Part, messageId = this.exchange.nextMessageId()): CoapMessage {
    const { method, path, query, contentFormat, payload } = this.upload;
    return {
      type: 'CON',
      code: methodCodes[method],
      messageId,
      token: this.exchange.nextToken(),
      options: [
        ...pathOptions(path),
        { name: 'Content-Format', value: encodeUint(contentFormat) },
        ...queryOptions(query),
        { name: 'Block1', value: encodeBlock(part) },
        // How much is to come, for a board that wants to refuse or erase at once (RFC 7959 §4).
        ...(part.offset === 0 ? [{ name: 'Size1', value: encodeUint(payload.length) }] : []),
      ],
      payload: payload.subarray(part.offset, part.offset + part.length),
    };
  }

  private report(): void {
    this.options.onProgress?.({
      bytesAcknowledged: this.state.acknowledged,
      bytesTotal: this.state.total,
      retransmissions: this.retransmissions,
      szx: this.state.szx,
      window: this.state.window.size,
    });
  }

  /** Keeps what the push has shown. */
  private learn({ szx, window }: TransferProfile): void {
    // How long messages may be is agreed by each connection.
    const profile = { szx: Math.min(szx, MAX_SZX), window };
    this.deps.log.debug(
      `${this.upload.path}: blocks of ${blockSize(profile.szx)} bytes, ` +
        (profile.window === 0 ? 'one at a time for good' : `${profile.window} in flight`),
    );
    this.options.onLearned?.(profile);
  }

  /** A size is proven by a whole block of it, or by the board's wish. */
  private learnSuccess(): void {
    const { szx, total, window } = this.state;
    const isProven = total >= blockSize(szx) || szx < this.begunWith;
    const learned = {
      szx: isProven ? szx : this.begunWith,
      window: window.isClosed ? 0 : Math.max(window.size, window.proven),
    };
    const { profile } = this.options;
    const isNews = Math.min(learned.szx, MAX_SZX) !== profile?.szx || learned.window !== profile.window;
    if (isNews) this.learn(learned);
  }

  private requestDetails(): ErrorDetails['coap.reset'] {
    const { method, path } = this.upload;
    return { peer: peerName(this.exchange.peer), method, path };
  }

  private succeed(code: string): void {
    this.end();
    this.learnSuccess();
    this.resolve({
      code,
      bytes: this.state.total,
      durationMs: this.deps.clock.now() - this.begin,
      retransmissions: this.retransmissions,
      restarts: this.state.restarts,
      szx: this.state.szx,
    });
  }

  private fail(error: unknown): void {
    if (this.isOver) return;
    this.end();
    this.options.onBrokeOff?.(this.standing());
    this.reject(error);
  }

  private standing(): ResumePoint {
    const { acknowledged, sentBefore, inFlight, szx } = this.state;
    const last = inFlight.at(-1);
    const messageIds = new Map(acknowledged < sentBefore ? this.options.resume?.messageIds : []);
    for (const { id, offset } of inFlight) {
      const sent = this.sent.get(id);
      if (sent) messageIds.set(offset, sent.message.messageId);
    }
    return {
      token: this.exchange.token,
      // All in flight are of one size.
      szx: last?.szx ?? szx,
      offset: acknowledged,
      sentUpTo: Math.max(sentBefore, last ? last.offset + last.length : acknowledged),
      messageIds,
      at: this.deps.clock.now(),
    };
  }

  private end(): void {
    this.isOver = true;
    this.owned.dispose();
  }
}

function answerOf(message: CoapMessage, part: number | undefined, wasLineIdle: boolean): Answer {
  const block1 = optionOf(message, 'Block1');
  const block = block1 && decodeBlock(block1, BERT_SZX);
  const size = optionOf(message, 'Size1');
  const size1 = size && decodeUint(size);
  const age = optionOf(message, 'Max-Age');
  const maxAge = age && decodeUint(age);
  return {
    type: 'answer',
    part,
    code: message.code,
    wasLineIdle,
    ...(block && { block }),
    ...(size1 !== undefined && { size1 }),
    ...(maxAge !== undefined && { maxAgeMs: maxAge * 1000 }),
  };
}
