import { SlipwayError } from '../base/errors';
import type { Board } from '../lwm2m/board';
import type { BoardWatch } from './board-watch';
import { quietMs } from './reset';

const silences: readonly string[] = [
  'coap.timeout',
  'coap.reset',
  'coap.response',
  'lwm2m.offline',
  'link.closed',
  'update.no-object',
];

/** Whether an error is one that a board in the middle of a reboot causes. */
function isSilence(error: unknown): boolean {
  return SlipwayError.is(error) && silences.includes(error.code);
}

/**
 * Asks a board that may restart meanwhile until `ask` resolves with an answer: at once, with every change, and when it
 * has been quiet. Its silence is no failure, whatever form it takes; only `signal` ends the wait. Rejects with the
 * reason of `signal`, and as `ask` with anything else.
 */
export async function askThroughSilence<T>(
  board: Board,
  watch: BoardWatch,
  signal: AbortSignal,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  for (;;) {
    try {
      const answer = board.online ? await ask() : undefined;
      if (answer !== undefined) return answer;
    } catch (error) {
      if (signal.aborted || !isSilence(error)) throw error;
    }
    await watch.changed(quietMs, signal);
  }
}
