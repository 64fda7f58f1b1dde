import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore, toDisposable } from '../base/disposable';
import { type ErrorDetails, SlipwayError, cancelled } from '../base/errors';
import type { Log } from '../base/log';
import { BlockMessages, answerOf } from './block1-messages';
import { initialState, resumedState, step } from './block1-state';
import { AnswerTimes, type Block1Timing } from './block1-timing';
import {
  DEFAULT_LIMITS,
  type Fate,
  type Part,
  type TransferAction,
  type TransferEvent,
  type TransferLimits,
  type TransferState,
} from './block1-transfer';
import { openingWindow } from './block1-window';
import type { BlockUpload, BlockUploadOptions, BlockUploadResult } from './endpoint';
import { peerName } from '../link/link';
import type { Exchange } from './exchange';
import type { CoapMessage } from './message';
import { BERT_SZX, MAX_SZX, blockSize } from './options';
import type { TransferProfile } from './transfer-profile';

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

/** How many separate responses are remembered to know their duplicates by. */
const REMEMBERED_RESPONSES = 16;

/** Drives the pure transfer state with messages and timers. */
class Block1Sender {
  private readonly limits: TransferLimits;
  private readonly times: AnswerTimes;
  private readonly messages: BlockMessages;
  private readonly begin: number;
  /** Block size to begin with, exponent. */
  private readonly begunWith: number;
  private readonly owned = new DisposableStore();
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
    const { profile, resume } = options;
    this.limits = { ...DEFAULT_LIMITS, ...deps.limits };
    this.times = new AnswerTimes(deps.timing);
    this.messages = new BlockMessages(exchange, upload, deps.clock, resume);
    this.begin = deps.clock.now();
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
    this.messages.keep(state.inFlight);
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
    const { message, wasSent } = this.messages.of(part);
    // A copy that still waits for the line will do; another would only make the queue longer.
    if (!this.queued.has(part.id)) {
      if (wasSent) {
        this.retransmissions++;
        this.report();
      }
      this.transmit(part, message);
    }
    if (part.id !== this.state.inFlight[0]?.id) return;
    if (wasSent) this.times.repeated(part);
    this.await(part);
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
    const ms = this.times.timeoutMs(part);
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
    const part = this.messages.partOf(message.messageId);
    if (part === undefined) return;
    if (message.type === 'RST') return this.apply({ type: 'reset', part });
    this.measure(part);
    if (message.code === '0.00') return this.apply({ type: 'acknowledged', part });
    this.takeAnswer(message, part);
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

  private measure(id: number): void {
    const part = this.state.inFlight.find((candidate) => candidate.id === id);
    const ms = this.messages.ageMs(id);
    if (part && ms !== undefined) this.times.acknowledged(part, ms);
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
    this.options.onBrokeOff?.(this.messages.standing(this.state));
    this.reject(error);
  }

  private end(): void {
    this.isOver = true;
    this.owned.dispose();
  }
}
