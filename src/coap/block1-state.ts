import { type BlockOption, MAX_BLOCKS, blockSize } from './options';

/**
 * What a Block1 push (RFC 7959 §2.5) does next, as a pure function of what happened. Blocks go strictly in order;
 * up to `window` may be in flight. Boards can't be trusted to notice a gap, so only the oldest block in flight
 * counts: answers to later ones are ignored while it is open, and when it is lost everything from it on is sent
 * again.
 */

export interface TransferLimits {
  /** Blocks in flight at once. Block 0 always goes alone: it decides the size, and the board may erase flash. */
  readonly window: number;
  /** Times a block is sent before the board counts as silent. */
  readonly tries: number;
  /** The same for block 0, which waits longer each time. */
  readonly firstTries: number;
  /** Times block 0 is sent before a smaller one is tried: some boards drop a frame too large without a word. */
  readonly firstTriesPerSize: number;
  /** Times that an answer is waited for in vain after the board acknowledged the block with an empty message. */
  readonly separateWaits: number;
  /** Times 4.08 is answered by starting over. */
  readonly incompletes: number;
  /** Times in a row that 5.03 is answered by trying again. */
  readonly busies: number;
}

export const DEFAULT_LIMITS: TransferLimits = {
  window: 1,
  tries: 6,
  firstTries: 3,
  firstTriesPerSize: 2,
  separateWaits: 2,
  incompletes: 3,
  busies: 8,
};

/** Sizes to try in turn when block 0 gets no answer: 256 and 64 bytes. */
const SMALLER_FIRST_SZX = [4, 2];

/** Pause after a 5.03 without Max-Age: doubled each time. */
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 30_000;
/** Bounds of what Max-Age may ask for. */
const MIN_MAX_AGE_MS = 500;
const MAX_MAX_AGE_MS = 60_000;

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
}

export interface TransferState {
  readonly total: number;
  readonly szx: number;
  /** Bytes acknowledged from the start on. */
  readonly acknowledged: number;
  /** Oldest first. */
  readonly inFlight: readonly Part[];
  readonly nextId: number;
  /** Times the oldest block was sent since the last answer. */
  readonly attempts: number;
  readonly restarts: number;
  readonly incompletes: number;
  readonly busies: number;
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
}

export type TransferEvent =
  | { readonly type: 'start' }
  | Answer
  /** The part was acknowledged with an empty message. */
  | { readonly type: 'acknowledged'; readonly part: number }
  | { readonly type: 'reset'; readonly part: number }
  /** Nothing came in time. `wasSent` is false when the message never left, as the link was down. */
  | { readonly type: 'silence'; readonly part: number; readonly wasSent: boolean }
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

/** State before `start`. */
export function initialState(total: number, szx: number): TransferState {
  return {
    total,
    szx,
    acknowledged: 0,
    inFlight: [],
    nextId: 0,
    attempts: 0,
    restarts: 0,
    incompletes: 0,
    busies: 0,
  };
}

/** The state after `event`, and what is to be done. */
export function step(state: TransferState, event: TransferEvent, limits = DEFAULT_LIMITS): Step {
  if (event.type === 'start' || event.type === 'resume') return sendNext(state, limits);
  const [oldest] = state.inFlight;
  if (!oldest || (event.part !== undefined && event.part !== oldest.id)) return { state, actions: [] };
  switch (event.type) {
    case 'answer':
      return takeAnswer(state, oldest, event, limits);
    case 'acknowledged': {
      const part = { ...oldest, isAcknowledged: true };
      return { state: replaceOldest(state, part), actions: [{ type: 'wait', part }] };
    }
    case 'reset':
      return { state, actions: [{ type: 'reset' }] };
    case 'silence':
      return takeSilence(state, oldest, event.wasSent, limits);
  }
}

function takeAnswer(state: TransferState, oldest: Part, answer: Answer, limits: TransferLimits): Step {
  if (answer.code.startsWith('2.')) {
    if (!answersPart(answer, oldest)) return { state, actions: [] };
    return takeSuccess(state, oldest, answer, limits);
  }
  switch (answer.code) {
    case '4.08':
      if (state.incompletes >= limits.incompletes) return refused(state, answer.code);
      return restart({ ...state, incompletes: state.incompletes + 1, attempts: 0 }, state.szx, limits);
    case '4.13': {
      if (answer.size1 !== undefined && answer.size1 < state.total) return refused(state, answer.code);
      const hint = answer.block?.szx;
      return restart(
        { ...state, attempts: 0 },
        hint !== undefined && hint < state.szx ? hint : state.szx - 1,
        limits,
      );
    }
    case '5.03': {
      if (state.busies >= limits.busies) return refused(state, answer.code);
      const ms = pauseMs(state.busies, answer.maxAgeMs);
      return {
        state: { ...state, inFlight: [], attempts: 0, busies: state.busies + 1 },
        actions: [{ type: 'pause', ms }],
      };
    }
    default:
      return refused(state, answer.code);
  }
}

/**
 * Whether a success is about `part`. An acknowledgement may leave out Block1, its message id says enough; in a
 * separate response only the final answer may. A board that asks for smaller blocks may give the number in them.
 */
function answersPart({ part: acknowledged, code, block }: Answer, part: Part): boolean {
  if (!block) return acknowledged !== undefined || (code !== '2.31' && !part.more);
  if (block.num === part.num) return true;
  return block.szx < part.szx && block.num * blockSize(block.szx) === part.offset;
}

function takeSuccess(state: TransferState, oldest: Part, answer: Answer, limits: TransferLimits): Step {
  const isFinal = answer.code !== '2.31';
  if (!oldest.more) {
    // 2.31 Continue to the last block: the board expects more than there is.
    if (!isFinal) return refused(state, answer.code);
    const done = { ...state, acknowledged: state.total, inFlight: [], attempts: 0 };
    return { state: done, actions: [{ type: 'progress' }, { type: 'succeed', code: answer.code }] };
  }
  // A final code amid the transfer is that of the one block if it has Block1 (RFC 7959 §2.3, M unset); without,
  // the board took the block for the whole.
  if (isFinal && !answer.block) return refused(state, answer.code);
  const szx = Math.min(state.szx, answer.block?.szx ?? state.szx);
  const advanced: TransferState = {
    ...state,
    szx,
    acknowledged: oldest.offset + oldest.length,
    // Later blocks in flight are of the old size.
    inFlight: szx === state.szx ? state.inFlight.slice(1) : [],
    attempts: 0,
    busies: 0,
  };
  const next = sendNext(advanced, limits);
  return { state: next.state, actions: [{ type: 'progress' }, ...next.actions] };
}

function takeSilence(state: TransferState, oldest: Part, wasSent: boolean, limits: TransferLimits): Step {
  if (oldest.isAcknowledged) {
    if (oldest.separateWaits >= limits.separateWaits) return { state, actions: [{ type: 'timeout' }] };
    return sendAgain(
      replaceOldest(state, { ...oldest, isAcknowledged: false, separateWaits: oldest.separateWaits + 1 }),
      limits,
    );
  }
  if (oldest.offset > 0) {
    return oldest.tries < limits.tries ? sendAgain(state, limits) : { state, actions: [{ type: 'timeout' }] };
  }
  // Once acknowledged, the size can't be what is wrong.
  if (wasSent && oldest.separateWaits === 0 && oldest.tries >= limits.firstTriesPerSize) {
    const smaller = SMALLER_FIRST_SZX.find((szx) => szx < state.szx && blockSize(szx) < oldest.length);
    if (smaller !== undefined) return restart(state, smaller, limits);
  }
  return oldest.tries < limits.firstTries
    ? sendAgain(state, limits)
    : { state, actions: [{ type: 'timeout' }] };
}

/** Begins again from byte 0 with blocks of `szx`; below 16 bytes there is nothing left to try. */
function restart(state: TransferState, szx: number, limits: TransferLimits): Step {
  if (szx < 0) return refused(state, '4.13');
  const restarted = { ...state, szx, acknowledged: 0, inFlight: [], restarts: state.restarts + 1 };
  const next = sendNext(restarted, limits);
  return { state: next.state, actions: [{ type: 'progress' }, ...next.actions] };
}

/** Sends blocks until the window is full. */
function sendNext(state: TransferState, limits: TransferLimits): Step {
  const size = blockSize(state.szx);
  // Blocks this small can't be numbered up to the end.
  if (state.total > MAX_BLOCKS * size) return refused(state, '4.13');
  const parts: Part[] = [];
  const window = state.acknowledged === 0 ? 1 : limits.window;
  const last = state.inFlight.at(-1);
  let offset = last ? last.offset + last.length : state.acknowledged;
  // An empty payload is one empty block.
  while (state.inFlight.length + parts.length < window && (offset < state.total || state.total === 0)) {
    const length = Math.min(size, state.total - offset);
    parts.push({
      id: state.nextId + parts.length,
      num: offset / size,
      szx: state.szx,
      offset,
      length,
      more: offset + length < state.total,
      tries: 1,
      isAcknowledged: false,
      separateWaits: 0,
    });
    offset += length;
  }
  return {
    state: {
      ...state,
      inFlight: [...state.inFlight, ...parts],
      nextId: state.nextId + parts.length,
      attempts: state.attempts + (state.inFlight.length === 0 ? 1 : 0),
    },
    actions: parts.map((part) => ({ type: 'send', part })),
  };
}

/**
 * Sends the oldest part again, and what is behind it with new message ids: a board that skipped a block remembers
 * its wrong answers to those.
 */
function sendAgain(state: TransferState, limits: TransferLimits): Step {
  const [oldest] = state.inFlight;
  const part = { ...oldest!, tries: oldest!.tries + 1 };
  const next = sendNext({ ...state, inFlight: [part], attempts: state.attempts + 1 }, limits);
  return { state: next.state, actions: [{ type: 'send', part }, ...next.actions] };
}

function refused(state: TransferState, code: string): Step {
  return { state, actions: [{ type: 'refused', code }] };
}

function replaceOldest(state: TransferState, part: Part): TransferState {
  return { ...state, inFlight: [part, ...state.inFlight.slice(1)] };
}

function pauseMs(busies: number, maxAgeMs: number | undefined): number {
  if (maxAgeMs === undefined) return Math.min(FIRST_PAUSE_MS * 2 ** busies, LAST_PAUSE_MS);
  return Math.min(Math.max(maxAgeMs, MIN_MAX_AGE_MS), MAX_MAX_AGE_MS);
}
