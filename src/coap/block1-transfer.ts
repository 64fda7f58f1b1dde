import { DEFAULT_WINDOW_LIMITS, type Window, type WindowLimits } from './block1-window';
import type { BlockOption } from './options';

/** What the state of a Block1 push consists of: its limits, parts, events and actions. */

export interface TransferLimits {
  readonly window: WindowLimits;
  /** Messages arrive in the order they were sent, or not at all: serial and TCP, not UDP. */
  readonly isOrdered: boolean;
  /** Times a block is sent before the board counts as silent. */
  readonly tries: number;
  /** The same for block 0, which waits longer each time. */
  readonly firstTries: number;
  /** Times block 0 is sent before a smaller one is tried: some boards drop a frame too large without a word. */
  readonly firstTriesPerSize: number;
  /** Times that an answer is waited for in vain after the board acknowledged the block with an empty message. */
  readonly separateWaits: number;
  /** Times 4.08, or 5.03 to a block that the board may have, is answered by starting over. */
  readonly incompletes: number;
  /**
   * Times in a row that 5.03 is answered by trying again: a board may hold on to a push that was given up for
   * EXCHANGE_LIFETIME, 247 s.
   */
  readonly busies: number;
}

export const DEFAULT_LIMITS: TransferLimits = {
  window: DEFAULT_WINDOW_LIMITS,
  isOrdered: false,
  tries: 6,
  firstTries: 3,
  firstTriesPerSize: 2,
  separateWaits: 2,
  incompletes: 3,
  busies: 13,
};

/** A block on its way. `id` tells sendings with different message ids apart. */
export interface Part {
  readonly id: number;
  readonly num: number;
  readonly szx: number;
  readonly offset: number;
  readonly length: number;
  readonly more: boolean;
  /** Times sent. */
  readonly tries: number;
  /** The board sent an empty acknowledgement; its answer is to follow. */
  readonly isAcknowledged: boolean;
  readonly separateWaits: number;
  /** An older block was sent again while this one was in flight: it may have met a gap. */
  readonly isDoubtful: boolean;
}

export interface TransferState {
  readonly total: number;
  readonly szx: number;
  /** Bytes of a block of size 7 (BERT, RFC 8323 §6), a multiple of 1024. */
  readonly bertBytes: number;
  /** Bytes acknowledged from the start on. */
  readonly acknowledged: number;
  /** Up to here blocks were sent before an interruption: the board may have them, or have forgotten everything. */
  readonly sentBefore: number;
  /** Oldest first. */
  readonly inFlight: readonly Part[];
  readonly nextId: number;
  /** Times the oldest block was sent since the last answer. */
  readonly attempts: number;
  readonly restarts: number;
  readonly incompletes: number;
  readonly busies: number;
  readonly window: Window;
}

export interface Answer {
  readonly type: 'answer';
  /** The part whose message id the answer acknowledges; undefined for a separate response. */
  readonly part: number | undefined;
  readonly code: string;
  readonly block?: BlockOption;
  /** In a 4.13: the largest body the board takes (RFC 7959 §4). */
  readonly size1?: number;
  readonly maxAgeMs?: number;
  /** Everything that was to be sent was on the line when the answer came. */
  readonly wasLineIdle: boolean;
}

/**
 * Where a message was when its answer was waited for in vain: gone out, still waiting for the line, or lost because
 * the link was down.
 */
export type Fate = 'sent' | 'queued' | 'failed';

export type TransferEvent =
  | { readonly type: 'start' }
  | Answer
  /** The part was acknowledged with an empty message. */
  | { readonly type: 'acknowledged'; readonly part: number }
  | { readonly type: 'reset'; readonly part: number }
  /** Nothing came in time. */
  | { readonly type: 'silence'; readonly part: number; readonly fate: Fate }
  /** The pause that was asked for is over. */
  | { readonly type: 'resume' };

export type TransferAction =
  /** Send the part: with a new message id the first time, with the same one when `part.tries` is above 1. */
  | { readonly type: 'send'; readonly part: Part }
  /** Wait anew, for the separate response. */
  | { readonly type: 'wait'; readonly part: Part }
  | { readonly type: 'pause'; readonly ms: number }
  | { readonly type: 'progress' }
  | { readonly type: 'succeed'; readonly code: string }
  | { readonly type: 'refused'; readonly code: string }
  | { readonly type: 'reset' }
  | { readonly type: 'timeout' };

export interface Step {
  readonly state: TransferState;
  readonly actions: readonly TransferAction[];
}
