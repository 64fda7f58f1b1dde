import { SlipwayError } from '../../../src/base/errors';
import { Emitter } from '../../../src/base/event';
import { nullLog } from '../../../src/base/log';
import { type Block1Deps, sendBlocks } from '../../../src/coap/block1-sender';
import type {
  BlockUpload,
  BlockUploadOptions,
  BlockUploadProgress,
  BlockUploadResult,
} from '../../../src/coap/endpoint';
import type { Exchange } from '../../../src/coap/exchange';
import { type CoapMessage, optionOf } from '../../../src/coap/message';
import { blockSize, decodeBlock, decodeUint, encodeBlock, encodeUint } from '../../../src/coap/options';
import { FakeClock } from '../support/fake-clock';

/** An exchange whose far end is a function of the test's. */
export class ScriptedExchange implements Exchange {
  readonly peer = { address: 'memory:board', port: 0 };
  readonly token = Uint8Array.of(0x5a);
  readonly sent: CoapMessage[] = [];
  isDown = false;
  /** While set, a send does not resolve before it does. */
  line: Promise<void> | undefined;
  /** Takes messages to the far end instead, and resolves when the line is through with them. */
  transmit: ((message: CoapMessage) => Promise<void>) | undefined;
  private readonly emitter = new Emitter<CoapMessage>();
  readonly onMessage = this.emitter.event;
  private messageId: number;

  constructor(
    private readonly respond: (message: CoapMessage, exchange: ScriptedExchange) => void,
    firstMessageId = 100,
  ) {
    this.messageId = firstMessageId;
  }

  get hasListeners(): boolean {
    return this.emitter.hasListeners;
  }

  nextToken(): Uint8Array {
    return this.token;
  }

  nextMessageId(): number {
    return this.messageId++ & 0xffff;
  }

  async send(message: CoapMessage): Promise<void> {
    if (this.isDown) throw new SlipwayError('link.closed', { link: 'memory:board' });
    this.sent.push(message);
    if (this.transmit) {
      await this.transmit(message);
      return;
    }
    queueMicrotask(() => this.respond(message, this));
    await this.line;
  }

  receive(message: CoapMessage): void {
    this.emitter.fire(message);
  }

  dispose(): void {
    this.emitter.dispose();
  }
}

/** `offset/size` or `offset/size+` of a block that was sent, its message id behind when asked for. */
export function shownBlock(message: CoapMessage): string {
  const { num, more, szx } = blockOf(message);
  return `${num}/${blockSize(szx)}${more ? '+' : ''}`;
}

export function blockOf(message: CoapMessage): { num: number; more: boolean; szx: number } {
  return decodeBlock(optionOf(message, 'Block1')!)!;
}

export interface AnswerOptions {
  readonly block?: { num: number; more: boolean; szx: number } | undefined;
  readonly size1?: number;
  readonly maxAge?: number;
  readonly payload?: string;
}

/** An acknowledgement with the response in it; Block1 as in the request unless given. */
export function acknowledge(request: CoapMessage, code: string, options: AnswerOptions = {}): CoapMessage {
  const block = 'block' in options ? options.block : { ...blockOf(request), more: code === '2.31' };
  return {
    type: 'ACK',
    code,
    messageId: request.messageId,
    token: request.token,
    options: [
      ...(block ? [{ name: 'Block1', value: encodeBlock(block) }] : []),
      ...(options.maxAge !== undefined ? [{ name: 'Max-Age', value: encodeUint(options.maxAge) }] : []),
      ...(options.size1 !== undefined ? [{ name: 'Size1', value: encodeUint(options.size1) }] : []),
    ],
    payload: Buffer.from(options.payload ?? ''),
  };
}

/** 2.31 to a block with more to come, 2.04 to the last. */
export function accept(request: CoapMessage): CoapMessage {
  return acknowledge(request, blockOf(request).more ? '2.31' : '2.04');
}

export function payloadOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
}

export interface Run {
  readonly clock: FakeClock;
  readonly exchange: ScriptedExchange;
  readonly progress: BlockUploadProgress[];
  /** What came out, once settled. */
  readonly outcome: { result?: BlockUploadResult; error?: unknown };
  readonly abort: AbortController;
}

/** Starts a push of `length` bytes to /5/0/0; `prepare` comes before. */
export function start(
  length: number,
  respond: (message: CoapMessage, exchange: ScriptedExchange) => void,
  upload: Partial<BlockUpload> = {},
  deps: Partial<Block1Deps> = {},
  prepare: (exchange: ScriptedExchange, clock: FakeClock) => void = () => undefined,
  more: Partial<BlockUploadOptions> = {},
): Run {
  const clock = new FakeClock();
  const exchange = new ScriptedExchange(respond);
  prepare(exchange, clock);
  const progress: BlockUploadProgress[] = [];
  const outcome: Run['outcome'] = {};
  const abort = new AbortController();
  const options: BlockUploadOptions = {
    signal: abort.signal,
    onProgress: (value) => progress.push(value),
    ...more,
  };
  sendBlocks(
    exchange,
    { method: 'PUT', path: '/5/0/0', contentFormat: 42, payload: payloadOf(length), ...upload },
    { clock, log: nullLog, ...deps },
    options,
  ).then(
    (result) => (outcome.result = result),
    (error: unknown) => (outcome.error = error),
  );
  return { clock, exchange, progress, outcome, abort };
}

/** Moves time on, timer by timer, until the push has settled; at most `limitMs`. */
export async function finish(run: Run, limitMs = 3_600_000): Promise<Run> {
  const isOver = (): boolean => run.outcome.result !== undefined || run.outcome.error !== undefined;
  if (!(await run.clock.runUntil(isOver, limitMs))) throw new Error('the push hangs');
  return run;
}

/** Puts the blocks of a push together as a careful board does; keeps what it was sent. */
export class AssemblingBoard {
  readonly received: number[] = [];
  isComplete = false;
  /** Size1 of the first block. */
  announced: number | undefined;

  take(request: CoapMessage): '2.31' | '2.04' | '4.08' {
    const { num, more, szx } = blockOf(request);
    const offset = num * blockSize(szx);
    if (offset === 0) {
      this.received.length = 0;
      this.isComplete = false;
      const size1 = optionOf(request, 'Size1');
      this.announced = size1 && decodeUint(size1);
    }
    if (offset !== this.received.length || this.isComplete) return '4.08';
    this.received.push(...request.payload);
    this.isComplete = !more;
    return more ? '2.31' : '2.04';
  }
}
