import { SlipwayError } from '../base/errors';
import type { Log } from '../base/log';
import type { Board } from '../lwm2m/board';

/**
 * Writes Severity (5/0/11, 33629/x/11); boards before version 1.1 have none, and do without. Rejects as `Board.write`.
 */
export async function tellSeverity(
  board: Board,
  path: string,
  severity: number,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  try {
    await board.write(path, severity, { signal });
  } catch (error) {
    if (!SlipwayError.is(error, 'coap.response')) throw error;
    log.info(`${board.endpoint}: takes no Severity: ${error.message}`);
  }
}
