import type { LinkState } from './link';

/**
 * - `opened`, `failed`: outcome of an attempt to open
 * - `lost`: an open link went away
 * - `release`, `retake`, `dispose`: what its owner asks for
 */
export type LinkEvent = 'opened' | 'failed' | 'lost' | 'release' | 'retake' | 'dispose';

/** Where each event leads; an event that is missing leaves the state as it is. */
const TRANSITIONS: Record<LinkState, Partial<Record<LinkEvent, LinkState>>> = {
  opening: { opened: 'open', failed: 'waiting', release: 'released', dispose: 'closed' },
  open: { lost: 'waiting', release: 'released', dispose: 'closed' },
  waiting: { opened: 'open', release: 'released', dispose: 'closed' },
  released: { retake: 'opening', dispose: 'closed' },
  closed: {},
};

/** The state after `event`. */
export function nextLinkState(state: LinkState, event: LinkEvent): LinkState {
  return TRANSITIONS[state][event] ?? state;
}
