import type { CoapMessage } from '../../../src/coap/message';
import { blockSize } from '../../../src/coap/options';
import { type AnswerOptions, acknowledge, blockOf } from './block1-peer';

/** How long a board holds on to a transfer that was given up (EXCHANGE_LIFETIME, RFC 7252 §4.8.2), ms. */
const lifetimeMs = 247_000;

/** A part of a push as a board sees it. */
interface Incoming {
  readonly offset: number;
  readonly payload: Uint8Array;
  readonly more: boolean;
  readonly szx: number;
}

/**
 * What real boards do with a block that is not the next one:
 * - `keeps`: 4.08, and waits for the right one
 * - `forgets`: 4.08, and forgets what it had
 * - `unavailable`: 5.03, also to a repeat under another message id, and to block 0 until it gave up the transfer
 * - `drops`: 2.31, but the block is lost
 * - `skips`: 2.31, goes on behind the gap, and takes what comes late for a repeat
 * - `appends`: 2.31, and puts the block where the lost one should be
 */
export const strictness = ['keeps', 'forgets', 'unavailable', 'drops', 'skips', 'appends'] as const;
export type Strictness = (typeof strictness)[number];

export interface BoardTraits {
  readonly strictness: Strictness;
  /** Largest block that it takes, exponent; and what it says to larger ones. */
  readonly szx: number;
  readonly oversize: 'negotiate' | '4.13' | 'hint' | 'drop';
  /** From this offset on it asks for blocks of 64 bytes, by 2.31. */
  readonly reducesAt?: number;
  /** Replies that it remembers for repeated message ids. */
  readonly remembers: number;
}

/** A board that puts a push together in its own strict way. */
export class StrictBoard {
  /** What it holds, in the order of its addresses. */
  readonly held: number[] = [];
  isComplete = false;
  private isUnderWay = false;
  private lastAt = 0;
  private readonly replies = new Map<number, CoapMessage | undefined>();

  constructor(
    private readonly traits: BoardTraits,
    private readonly now: () => number,
  ) {}

  /** The reply to a request; undefined where it says nothing. */
  receive(request: CoapMessage): CoapMessage | undefined {
    const { messageId } = request;
    if (this.replies.has(messageId)) return this.replies.get(messageId);
    const reply = this.answer(request);
    this.replies.set(messageId, reply);
    const [oldest] = this.replies.keys();
    if (this.replies.size > this.traits.remembers && oldest !== undefined) this.replies.delete(oldest);
    return reply;
  }

  private answer(request: CoapMessage): CoapMessage | undefined {
    const block = blockOf(request);
    const { szx, oversize, reducesAt = Infinity } = this.traits;
    const offset = block.num * blockSize(block.szx);
    const most = Math.min(szx, offset >= reducesAt ? 2 : 6);
    if (block.szx > szx) {
      if (oversize === 'drop' && request.payload.length > blockSize(szx)) return undefined;
      if (oversize === '4.13') return acknowledge(request, '4.13', { block: undefined });
      if (oversize === 'hint') return acknowledge(request, '4.13', { block: { ...block, szx } });
    }
    const code = this.take({ ...block, offset, payload: request.payload });
    const options: AnswerOptions = code.startsWith('2.')
      ? { block: { ...block, more: code === '2.31', szx: Math.min(block.szx, most) } }
      : { block: undefined };
    return acknowledge(request, code, options);
  }

  private take(part: Incoming): string {
    const holdsOn = this.traits.strictness === 'unavailable' && this.now() - this.lastAt <= lifetimeMs;
    if (part.offset === 0 && !(this.isUnderWay && holdsOn)) this.begin();
    if (!this.isUnderWay) return '4.08';
    if (part.offset === this.held.length) return this.store(part);
    return part.offset < this.held.length ? this.takeRepeat(part) : this.takeGap(part);
  }

  private begin(): void {
    this.held.length = 0;
    this.isComplete = false;
    this.isUnderWay = true;
  }

  private store({ payload, more }: Incoming): string {
    this.held.push(...payload);
    this.lastAt = this.now();
    this.isComplete = !more;
    this.isUnderWay = more;
    return more ? '2.31' : '2.04';
  }

  private takeRepeat({ offset, payload }: Incoming): string {
    switch (this.traits.strictness) {
      case 'keeps':
        // Only what it stored last.
        return offset + payload.length === this.held.length ? '2.31' : '4.08';
      case 'forgets':
        this.isUnderWay = false;
        return '4.08';
      case 'unavailable':
        return '5.03';
      default:
        return '2.31';
    }
  }

  private takeGap(part: Incoming): string {
    switch (this.traits.strictness) {
      case 'keeps':
        return '4.08';
      case 'forgets':
        this.isUnderWay = false;
        return '4.08';
      case 'unavailable':
        return '5.03';
      case 'drops':
        return '2.31';
      case 'skips':
        while (this.held.length < part.offset) this.held.push(0xff);
        return this.store(part);
      case 'appends':
        return this.store(part);
    }
  }
}
