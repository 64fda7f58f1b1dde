import type { Clock } from '../base/clock';
import { SlipwayError, cancelled } from '../base/errors';
import type { Board } from '../lwm2m/board';
import type { BoardWatch, FirmwareStatus } from './board-watch';
import { type Verdict, firmwareResult } from './firmware-states';
import type { PackageTarget } from './package-target';
import { quietMs } from './reset';

export interface PullOptions {
  readonly board: Board;
  readonly target: PackageTarget;
  readonly watch: BoardWatch;
  readonly clock: Clock;
  readonly uri: string;
  /** How long neither a block may be fetched nor a State change, ms. */
  readonly idleMs: number;
  /** Update Result before the pull: it says nothing of this one until it changes. */
  readonly resultBefore: number;
  readonly signal: AbortSignal;
  /** Fires as the board fetches. */
  readonly onDidServe: (listener: () => void) => { dispose(): void };
  readonly onStatus: (status: FirmwareStatus) => void;
  /** The error for an Update Result that refuses. */
  readonly rejected: (result: number, cause?: unknown) => SlipwayError;
}

/**
 * Tells a board where its package is, and waits while it fetches it: to `downloaded`, or `updating` where a board goes
 * on by itself. Rejects `update.rejected`, `update.phase-timeout`, `cancelled`, and as `Board.write`.
 */
export async function pullPackage(options: PullOptions): Promise<Verdict> {
  const { board, target, watch, clock, uri, idleMs, signal } = options;
  await tell(options, uri);
  let lastSign = clock.now();
  const serving = options.onDidServe(() => (lastSign = clock.now()));
  try {
    let before: FirmwareStatus | undefined;
    for (;;) {
      if (signal.aborted) throw cancelled(signal);
      const status = await watch.read(signal);
      if (status.state !== before?.state) lastSign = clock.now();
      before = status;
      options.onStatus(status);
      const verdict = target.judge(status.state, status.result);
      // A failure of the update before still stands until the board begins.
      const isOld = status.state === 0 && status.result === options.resultBefore;
      if (verdict === 'failed' && !isOld) throw options.rejected(status.result);
      if (verdict === 'downloaded' || verdict === 'updating') return verdict;
      if (clock.now() - lastSign > idleMs) {
        const details = { board: board.endpoint, phase: 'pull', timeoutMs: idleMs };
        throw new SlipwayError('update.phase-timeout', details);
      }
      await watch.changed(quietMs, signal);
    }
  } finally {
    serving.dispose();
  }
}

/** A board that refuses the URI may say why in Update Result: 7 for the URI, 9 for its protocol. */
async function tell(
  { board, target, watch, signal, rejected, resultBefore }: PullOptions,
  uri: string,
): Promise<void> {
  try {
    await board.write(target.uri, uri, { signal });
  } catch (error) {
    if (!SlipwayError.is(error, 'coap.response')) throw error;
    const { result } = await watch.read(signal);
    if (result === resultBefore || result === firmwareResult.initial) throw error;
    throw rejected(result, error);
  }
}
