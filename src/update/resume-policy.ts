import { SlipwayError } from '../base/errors';
import type { FirmwareStatus } from './board-watch';
import { firmwareResult, firmwareState, judge } from './firmware-states';

/**
 * What is left to do after something interrupted an update before its package was accepted:
 * - `accepted`: the board has the package, and would have said so
 * - `rejected`: the board refused it, and says why
 * - `await-verdict`: it has all bytes, and is not done with them
 * - `resume`: go on behind what it acknowledged
 * - `start-over`: it has forgotten what it was given
 * - `give-up`: the limit is reached
 */
export type Recovery = 'accepted' | 'rejected' | 'await-verdict' | 'resume' | 'start-over' | 'give-up';

/** What is known once the board answers again. */
export interface Interruption {
  readonly status: FirmwareStatus;
  /** Update Result before the transfer: it may stand from an earlier update. */
  readonly resultBefore: number;
  /** The registration from before the interruption still stands; with a new one the board has restarted. */
  readonly sameRegistration: boolean;
  /** Up to where the board acknowledged; undefined where nothing can be resumed. */
  readonly offset: number | undefined;
  /** The same at the interruption before, 0 at the first. */
  readonly offsetBefore: number;
  /** The board may have every byte. */
  readonly sentAll: boolean;
  /** It took the last block. */
  readonly delivered: boolean;
  /** It tells the version of the package, which it did not run before. */
  readonly runsNewVersion: boolean;
  /** How often the transfer started over, or went on without having got further, and how often it may. */
  readonly retries: number;
  readonly maxRetries: number;
}

/** What to do, decided by what the board tells and not by what was lost on the way to it. */
export function recoveryFrom(interruption: Interruption): Recovery {
  const { status, resultBefore, sameRegistration, sentAll, delivered, retries, maxRetries } = interruption;
  const verdict = judge('for-download', status.state, status.result);
  if (sentAll) {
    if (verdict === 'downloaded' || verdict === 'updating') return 'accepted';
    // It applied the package by itself, and is back with it.
    const isNewSuccess = status.result === firmwareResult.success && resultBefore !== status.result;
    if (!sameRegistration && (isNewSuccess || interruption.runsNewVersion)) return 'accepted';
  }
  if (verdict === 'failed' && isRefusal(status.result) && status.result !== resultBefore) return 'rejected';
  const isAtWork = status.state === firmwareState.downloading;
  const isFresh = status.state === firmwareState.idle && status.result === firmwareResult.initial;
  if (sameRegistration && delivered && (isAtWork || isFresh)) return 'await-verdict';
  const { offset = 0, offsetBefore } = interruption;
  if (sameRegistration && isAtWork && offset > offsetBefore) return 'resume';
  if (retries >= maxRetries) return 'give-up';
  return sameRegistration && isAtWork && offset > 0 ? 'resume' : 'start-over';
}

/** Results that another try would only meet again; a lost connection and a cancel are not of them. */
function isRefusal(result: number): boolean {
  return result !== firmwareResult.connectionLost && result !== firmwareResult.cancelled;
}

/** Errors after which board and link may come back, and all be well. */
const interruptions: ReadonlySet<string> = new Set([
  'link.closed',
  'coap.timeout',
  'coap.reset',
  'block.timeout',
  'lwm2m.offline',
  'update.board-lost',
]);

/** Whether the error is one of a cable, a line or a board that went away. */
export function isInterruption(error: unknown): error is SlipwayError {
  return SlipwayError.is(error) && interruptions.has(error.code);
}
