import { blockSize } from './options';

/**
 * How many blocks of a push may be in flight, as pure functions. A push begins with one; the window opens while the
 * board keeps pace and the line would stand idle without it, and closes for good where the board shows that it can't
 * follow.
 *
 * A network is spared as RFC 7252 §4.7 wants, which leaves more than one outstanding request to a peer (NSTART) to
 * those that see to congestion themselves. Towards a board that isn't known the window is one, and each block more is
 * earned by a run of answers in turn to blocks that were sent once; towards one that is known it is what that board
 * kept pace with before, once block 0 went alone; never is it more than `frames`. While the oldest block goes without
 * an answer, nothing but that block goes out, after waits that double from one to the next. A loss among several in
 * flight takes the window back to one, `losses` of them for good.
 */

export interface WindowLimits {
  /** Most blocks in flight, whatever their size. */
  readonly frames: number;
  /** Bytes in flight that any board is trusted with; more only after `keptBeyond`. */
  readonly bytes: number;
  /** Answers that must find the line idle before one block more may be in flight. */
  readonly kept: number;
  /** The same beyond `bytes`: what would not fit into a board's buffer shows before. */
  readonly keptBeyond: number;
  /** Losses with more than one block in flight until there is one at a time for good. */
  readonly losses: number;
}

export const DEFAULT_WINDOW_LIMITS: WindowLimits = {
  frames: 4,
  bytes: 2048,
  kept: 3,
  keptBeyond: 12,
  losses: 2,
};

/** One block at a time, always. */
export const STOP_AND_WAIT: WindowLimits = { ...DEFAULT_WINDOW_LIMITS, frames: 1 };

export interface Window {
  /** Blocks that may be in flight now. */
  readonly size: number;
  /** Size to take up after block 0: what the board kept pace with in an earlier push. */
  readonly proven: number;
  /** Answers at this size that found the line idle. */
  readonly kept: number;
  readonly losses: number;
  /** One at a time, for good. */
  readonly isClosed: boolean;
}

/** The window of a push to a board that kept pace with `proven` blocks before; 0 where it never may again. */
export function openingWindow(proven = 1): Window {
  return { size: 1, proven: Math.max(1, proven), kept: 0, losses: 0, isClosed: proven === 0 };
}

/** Back to one, as at the start of a push. */
export function withOneInFlight(window: Window): Window {
  return { ...window, size: 1, proven: 1, kept: 0 };
}

/** Block 0 was answered: the board's own pace from here on. */
export function afterFirst(window: Window, limits: WindowLimits): Window {
  return window.isClosed ? window : { ...window, size: Math.min(window.proven, limits.frames), kept: 0 };
}

/**
 * A block was answered in its turn. More in flight help only where the line had nothing to send when the answer came;
 * on a line that is full they would do no more than keep other requests waiting.
 */
export function keptPace(window: Window, szx: number, wasLineIdle: boolean, limits: WindowLimits): Window {
  const next = window.size + 1;
  if (window.isClosed || !wasLineIdle || next > limits.frames) return window;
  const needed = next * blockSize(szx) <= limits.bytes ? limits.kept : limits.keptBeyond;
  return window.kept + 1 < needed ? { ...window, kept: window.kept + 1 } : { ...window, size: next, kept: 0 };
}

/** A block was lost with others in flight behind it. */
export function afterLoss(window: Window, limits: WindowLimits): Window {
  const losses = window.losses + 1;
  return { ...withOneInFlight(window), losses, isClosed: window.isClosed || losses >= limits.losses };
}

/** The board showed that it can't have more than one block in flight. */
export function closed(window: Window): Window {
  return { ...withOneInFlight(window), isClosed: true };
}
