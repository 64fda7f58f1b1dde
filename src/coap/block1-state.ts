import {
  type Answer,
  DEFAULT_LIMITS,
  type Fate,
  type Part,
  type Step,
  type TransferAction,
  type TransferEvent,
  type TransferLimits,
  type TransferState,
} from './block1-transfer';
import {
  type Window,
  type WindowLimits,
  afterFirst,
  afterLoss,
  closed,
  keptPace,
  openingWindow,
  withOneInFlight,
} from './block1-window';
import { BERT_SZX, MAX_BLOCKS, blockSize } from './options';

/**
 * What a Block1 push (RFC 7959 §2.5) does next, as a pure function of what happened. Blocks go strictly in order;
 * several may be in flight, and only the oldest of them counts.
 *
 * Boards can't be trusted to notice a gap: some answer 2.31 to a block that follows a lost one, and lose it, or go on
 * behind the gap. So with more than one in flight
 * - 4.08 or 5.03 to a later block while the oldest is open: the board noticed the gap. Back to the oldest (with its
 *   message id, since it may be there already), from there on one at a time, each later block with a new message id.
 * - success for a later block while the oldest is open: a gap it did not notice, or an answer that was lost. What the
 *   board holds can't be known any more, so the push starts over, one block at a time.
 * - silence: the oldest is sent again, alone. If the others are then answered in their turn, the board was only slow;
 *   if not, the push starts over, for they may have met a gap.
 */

/** Sizes to try in turn when block 0 gets no answer: 256 and 64 bytes. */
const SMALLER_FIRST_SZX = [4, 2];

/** Pause after a 5.03 without Max-Age: doubled each time. */
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 30_000;
/** Bounds of what Max-Age may ask for. */
const MIN_MAX_AGE_MS = 500;
const MAX_MAX_AGE_MS = 60_000;

/** State before `start`. */
export function initialState(
  total: number,
  szx: number,
  window = openingWindow(),
  bertBytes = blockSize(BERT_SZX),
): TransferState {
  return {
    total,
    szx,
    bertBytes,
    acknowledged: 0,
    sentBefore: 0,
    inFlight: [],
    nextId: 0,
    attempts: 0,
    restarts: 0,
    incompletes: 0,
    busies: 0,
    window,
  };
}

/** State before `start` of a push that goes on at `offset`; blocks were sent up to `sentBefore`. */
export function resumedState(
  state: TransferState,
  { offset, sentUpTo }: { readonly offset: number; readonly sentUpTo: number },
): TransferState {
  return { ...state, acknowledged: offset, sentBefore: sentUpTo };
}

/** The state after `event`, and what is to be done. */
export function step(state: TransferState, event: TransferEvent, limits = DEFAULT_LIMITS): Step {
  if (event.type === 'start' || event.type === 'resume') return sendNext(state);
  const [oldest] = state.inFlight;
  const part = partOf(state, event);
  if (!oldest || !part) return { state, actions: [] };
  if (part !== oldest) return takeEarly(state, part, event);
  switch (event.type) {
    case 'answer':
      return takeAnswer(state, oldest, event, limits);
    case 'acknowledged': {
      const acknowledged = { ...oldest, isAcknowledged: true };
      return { state: replace(state, acknowledged), actions: [{ type: 'wait', part: acknowledged }] };
    }
    case 'reset':
      if (wasSentBefore(state, oldest)) return startOver(state, state.window);
      return { state, actions: [{ type: 'reset' }] };
    case 'silence':
      return takeSilence(state, oldest, event.fate, limits);
  }
}

/** The part that an event is about. A separate response has no message id of ours: its block number tells. */
function partOf(
  { inFlight }: TransferState,
  event: Exclude<TransferEvent, { type: 'start' | 'resume' }>,
): Part | undefined {
  if (event.type !== 'answer' || event.part !== undefined) {
    return inFlight.find(({ id }) => id === event.part);
  }
  if (event.code.startsWith('2.')) return inFlight.find((part) => answersPart(event, part));
  const { block } = event;
  return inFlight.find(({ num, szx }) => num === block?.num && szx === block.szx) ?? inFlight[0];
}

/** What is heard of a block while an older one is open. */
function takeEarly(state: TransferState, part: Part, event: TransferEvent): Step {
  if (event.type === 'acknowledged') {
    return { state: replace(state, { ...part, isAcknowledged: true }), actions: [] };
  }
  if (event.type !== 'answer') return { state, actions: [] };
  if (event.code.startsWith('2.') && answersPart(event, part)) {
    return startOver(state, closed(state.window));
  }
  if (event.code !== '4.08' && event.code !== '5.03') return { state, actions: [] };
  return sendAgain({ ...state, inFlight: state.inFlight.slice(0, 1), window: closed(state.window) });
}

function takeAnswer(state: TransferState, oldest: Part, answer: Answer, limits: TransferLimits): Step {
  if (answer.code.startsWith('2.')) {
    if (!answersPart(answer, oldest)) return { state, actions: [] };
    return takeSuccess(state, oldest, answer, limits);
  }
  // Whatever it says, a board that can't go on behind an interruption gets everything anew.
  if (wasSentBefore(state, oldest) && answer.code !== '5.03') return startOver(state, state.window);
  const isAlone = state.inFlight.length === 1;
  switch (answer.code) {
    case '4.08': {
      if (state.incompletes >= limits.incompletes) return refused(state, answer.code);
      const window = isAlone ? state.window : closed(state.window);
      return startOver({ ...state, incompletes: state.incompletes + 1 }, window);
    }
    case '4.13': {
      if (answer.size1 !== undefined && answer.size1 < state.total) return refused(state, answer.code);
      const hint = answer.block?.szx;
      return restart(
        { ...state, attempts: 0 },
        hint !== undefined && hint < state.szx ? hint : state.szx - 1,
      );
    }
    case '5.03':
      return takeBusy(state, oldest, answer, limits);
    default:
      return refused(state, answer.code);
  }
}

/** The board is busy, or takes the block for one that it can't use. */
function takeBusy(state: TransferState, oldest: Part, answer: Answer, limits: TransferLimits): Step {
  if (state.busies >= limits.busies) return refused(state, answer.code);
  const pause: TransferAction = { type: 'pause', ms: pauseMs(state.busies, answer.maxAgeMs) };
  const paused = { ...state, inFlight: [], attempts: 0, busies: state.busies + 1 };
  const isAlone = state.inFlight.length === 1;
  const isRepeat = oldest.tries > 1 && oldest.offset > 0;
  if (isAlone && !isRepeat) return { state: paused, actions: [pause] };
  // Those behind it have met a gap; and a block that was taken, but whose answer the board forgot, is refused for ever.
  if (state.incompletes >= limits.incompletes) return refused(state, answer.code);
  const over = { ...begun(paused), incompletes: state.incompletes + 1 };
  return {
    state: { ...over, window: isAlone ? over.window : closed(over.window) },
    actions: [{ type: 'progress' }, pause],
  };
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
  if (isFinal && !answer.block) {
    return wasSentBefore(state, oldest) ? startOver(state, state.window) : refused(state, answer.code);
  }
  // Whether it met a gap can't be told where messages overtake each other.
  if (oldest.isDoubtful && !limits.isOrdered) {
    return startOver(state, afterLoss(state.window, limits.window));
  }
  const szx = Math.min(state.szx, answer.block?.szx ?? state.szx);
  const advanced: TransferState = {
    ...state,
    szx,
    acknowledged: oldest.offset + oldest.length,
    inFlight: state.inFlight.slice(1),
    attempts: 0,
    busies: 0,
    window: windowAfter(state, oldest, szx, answer, limits.window),
  };
  const next = sendNext(advanced);
  return { state: next.state, actions: [{ type: 'progress' }, ...next.actions] };
}

function windowAfter(
  { window }: TransferState,
  oldest: Part,
  szx: number,
  { wasLineIdle }: Answer,
  limits: WindowLimits,
): Window {
  if (szx !== oldest.szx) return withOneInFlight(window);
  if (oldest.offset === 0) return afterFirst(window, limits);
  return oldest.tries === 1 ? keptPace(window, szx, wasLineIdle, limits) : window;
}

function takeSilence(state: TransferState, oldest: Part, fate: Fate, limits: TransferLimits): Step {
  if (oldest.isDoubtful && fate !== 'queued') {
    return startOver(state, afterLoss(state.window, limits.window));
  }
  const doubting = withDoubts(state, fate);
  if (oldest.isAcknowledged) {
    if (oldest.separateWaits >= limits.separateWaits) return { state, actions: [{ type: 'timeout' }] };
    const waiting = { ...oldest, isAcknowledged: false, separateWaits: oldest.separateWaits + 1 };
    return sendAgain(replace(doubting, waiting));
  }
  if (oldest.offset > 0) {
    return oldest.tries < limits.tries ? sendAgain(doubting) : { state, actions: [{ type: 'timeout' }] };
  }
  // Once acknowledged, the size can't be what is wrong.
  if (fate === 'sent' && oldest.separateWaits === 0 && oldest.tries >= limits.firstTriesPerSize) {
    const smaller = SMALLER_FIRST_SZX.find((szx) => szx < state.szx && blockSize(szx) < oldest.length);
    if (smaller !== undefined) return restart(state, smaller);
  }
  return oldest.tries < limits.firstTries ? sendAgain(state) : { state, actions: [{ type: 'timeout' }] };
}

/** Whether the part goes out again after an interruption of the push. */
function wasSentBefore(state: TransferState, part: Part): boolean {
  return part.offset < state.sentBefore;
}

/** What the oldest part's silence says about those behind it. */
function withDoubts(state: TransferState, fate: Fate): TransferState {
  switch (fate) {
    case 'sent':
      return {
        ...state,
        inFlight: state.inFlight.map((part, index) => (index === 0 ? part : { ...part, isDoubtful: true })),
      };
    // They will go out behind it.
    case 'queued':
      return state;
    // They never went out.
    case 'failed':
      return { ...state, inFlight: state.inFlight.slice(0, 1) };
  }
}

/** Begins again from byte 0 with blocks of `szx`; below 16 bytes there is nothing left to try. */
function restart(state: TransferState, szx: number): Step {
  if (szx < 0) return refused(state, '4.13');
  const next = sendNext(begun({ ...state, szx }));
  return { state: next.state, actions: [{ type: 'progress' }, ...next.actions] };
}

/** Begins again from byte 0, in blocks of the same size. */
function startOver(state: TransferState, window: Window): Step {
  return restart({ ...state, attempts: 0, window }, state.szx);
}

/** Back at byte 0, with nothing in flight. */
function begun(state: TransferState): TransferState {
  const window = withOneInFlight(state.window);
  return { ...state, acknowledged: 0, sentBefore: 0, inFlight: [], restarts: state.restarts + 1, window };
}

/** Sends blocks until the window is full. */
function sendNext(state: TransferState): Step {
  const unit = blockSize(state.szx);
  const size = state.szx === BERT_SZX ? state.bertBytes : unit;
  // Blocks this small can't be numbered up to the end.
  if (state.total > MAX_BLOCKS * unit) return refused(state, '4.13');
  const last = state.inFlight.at(-1);
  // The size changes only when nothing of another size is in flight.
  if (last && last.szx !== state.szx) return { state, actions: [] };
  const parts: Part[] = [];
  // Block 0 goes alone: it decides the size, and the board may erase flash before it answers.
  const most = state.acknowledged === 0 ? 1 : state.window.size;
  let offset = last ? last.offset + last.length : state.acknowledged;
  // An empty payload is one empty block.
  while (state.inFlight.length + parts.length < most && (offset < state.total || state.total === 0)) {
    const length = Math.min(size, state.total - offset);
    parts.push({
      id: state.nextId + parts.length,
      num: offset / unit,
      szx: state.szx,
      offset,
      length,
      more: offset + length < state.total,
      tries: offset < state.sentBefore ? 2 : 1,
      isAcknowledged: false,
      separateWaits: 0,
      isDoubtful: false,
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

/** Sends the oldest part again, with its message id: the board may have taken it, and its answer was lost. */
function sendAgain(state: TransferState): Step {
  const [oldest] = state.inFlight;
  const part = { ...oldest!, tries: oldest!.tries + 1 };
  return {
    state: { ...replace(state, part), attempts: state.attempts + 1 },
    actions: [{ type: 'send', part }],
  };
}

function refused(state: TransferState, code: string): Step {
  return { state, actions: [{ type: 'refused', code }] };
}

function replace(state: TransferState, part: Part): TransferState {
  return { ...state, inFlight: state.inFlight.map((other) => (other.id === part.id ? part : other)) };
}

function pauseMs(busies: number, maxAgeMs: number | undefined): number {
  if (maxAgeMs === undefined) return Math.min(FIRST_PAUSE_MS * 2 ** busies, LAST_PAUSE_MS);
  return Math.min(Math.max(maxAgeMs, MIN_MAX_AGE_MS), MAX_MAX_AGE_MS);
}
