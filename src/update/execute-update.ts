import { SlipwayError } from '../base/errors';
import type { Log } from '../base/log';
import type { Board } from '../lwm2m/board';

/** Executes Update (5/0/2, 33629/x/2), which a board may take and be gone before it answers. Rejects as `Board.execute`. */
export async function executeUpdate(
  board: Board,
  path: string,
  args: string | undefined,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  try {
    await board.execute(path, args, { signal });
  } catch (error) {
    // A board that is in its reboot already took it, and its answer was lost.
    if (!SlipwayError.is(error, 'lwm2m.offline')) throw error;
    log.info(`${board.endpoint}: went away before it answered to Update`);
  }
}
