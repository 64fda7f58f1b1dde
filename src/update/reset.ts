import type { Clock } from '../base/clock';
import { SlipwayError } from '../base/errors';
import type { Log } from '../base/log';
import type { Board } from '../lwm2m/board';
import { BoardWatch } from './board-watch';
import { firmwareState } from './firmware-states';
import { firmwareTarget } from './package-target';

/** How long a board may stay silent before its State is read again, ms. */
export const quietMs = 2000;

/**
 * Brings object 5, or an instance of object 33629, back to Idle. The object's own ways are an empty Package URI or a
 * single zero byte as Package (OMA Firmware Update, resources 0 and 1), and Cancel from version 1.1; boards differ in
 * which they take.
 *
 * Rejects `update.wrong-state` when the board is Updating or took none of them, and as `Board.read`.
 */
export async function resetFirmware(
  board: Board,
  clock: Clock,
  log: Log,
  signal: AbortSignal,
  target = firmwareTarget(),
): Promise<void> {
  const { uri, package: path, cancel } = target;
  const ways: readonly (() => Promise<void>)[] = [
    () => board.write(uri, '', { signal }),
    () => board.write(path, Uint8Array.of(0), { signal }),
    ...(cancel === undefined ? [] : [() => board.execute(cancel, undefined, { signal })]),
  ];
  const watch = new BoardWatch(board, clock, target);
  try {
    let { state } = await watch.read(signal);
    for (const way of ways) {
      if (state === firmwareState.idle) return;
      if (state === firmwareState.updating) break;
      try {
        await way();
      } catch (error) {
        if (!SlipwayError.is(error, 'coap.response')) throw error;
        log.debug(`${board.endpoint}: reset refused: ${error.message}`);
        continue;
      }
      // The answer may come before the board is done discarding what it had.
      await watch.changed(quietMs, signal);
      ({ state } = await watch.read(signal));
    }
    if (state !== firmwareState.idle) {
      throw new SlipwayError('update.wrong-state', { board: board.endpoint, state });
    }
  } finally {
    watch.dispose();
  }
}
