import { SlipwayError } from '../base/errors';
import type { Board } from './board';

/** Bootstrap-Request Trigger (LwM2M Core, object 1, resource 9). */
const triggerId = 9;

/**
 * Asks a registered board to ask for a bootstrap, which is the only way that a bootstrap can begin once it has an account
 * (LwM2M Core §6.1.4.4). Whom it asks is written in its own bootstrap account. Rejects `bootstrap.no-trigger` where it
 * has no such resource, and as `Board.execute`.
 */
export async function triggerBootstrap(board: Board, signal: AbortSignal): Promise<void> {
  const [instance = 0] = board.instancesOf(1);
  try {
    await board.execute(`/1/${instance}/${triggerId}`, undefined, { signal });
  } catch (error) {
    // Method Not Allowed and Not Found are what clients without it answer.
    if (!SlipwayError.is(error, 'coap.response') || !/^4\.0[045]$/.test(error.details.code)) throw error;
    const { code } = error.details;
    throw new SlipwayError('bootstrap.no-trigger', { board: board.endpoint, code }, { cause: error });
  }
}
