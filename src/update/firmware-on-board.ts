import { SlipwayError } from '../base/errors';
import { BoardWatch, type FirmwareStatus } from './board-watch';
import { type Verdict, type Waiting, judge } from './firmware-states';
import type { PhaseRunner } from './phase-runner';
import { readVersion } from './running-version';
import { quietMs } from './reset';
import { isInterruption } from './resume-policy';
import type { FirmwareRunOptions } from './run-options';
import type { UpdatePackage } from './types';

export interface FirmwareUpdateOptions extends FirmwareRunOptions {
  readonly package: UpdatePackage;
  /** How often a push may start over after an interruption. */
  readonly retries: number;
}

/** Object 5 of a board during one update: what the board tells of it, also once it is back from an interruption. */
export class FirmwareOnBoard {
  private watching: BoardWatch;

  constructor(
    private readonly options: FirmwareUpdateOptions,
    private readonly phases: PhaseRunner,
  ) {
    this.watching = new BoardWatch(options.board, options.clock);
  }

  get watch(): BoardWatch {
    return this.watching;
  }

  /** Gives up what was observed, for a watch that is yet to be started. */
  watchAnew(): void {
    const { board, clock } = this.options;
    this.watching.dispose();
    this.watching = new BoardWatch(board, clock);
  }

  /** The verdict that ends a wait, or undefined to wait on. Throws `update.rejected` for a result that refuses. */
  settle(waiting: Waiting, status: FirmwareStatus): Verdict | undefined {
    this.phases.report(status);
    const verdict = judge(waiting, status.state, status.result);
    if (verdict === 'failed') throw this.rejected(status.result);
    return verdict === 'wait' ? undefined : verdict;
  }

  /**
   * After an error that an interruption causes: State and Update Result, once the board answers again, or what `ofBusy`
   * takes it to tell (`BoardWatch.readOnceBack`). Throws other errors, and `update.board-lost` when the board stays
   * away.
   */
  async whenBack(error: unknown, ofBusy?: () => FirmwareStatus | undefined): Promise<FirmwareStatus> {
    const { signal, timeouts } = this.options;
    if (signal.aborted || !isInterruption(error)) throw error;
    const { phase } = this.phases.progress;
    try {
      const status =
        timeouts.interruption > 0
          ? await this.phases.within('interruption', (s) => this.watch.readOnceBack(quietMs, s, ofBusy))
          : await this.watch.read(signal);
      this.phases.report({ ...status });
      return status;
    } catch (readError) {
      if (SlipwayError.is(readError, 'cancelled')) throw readError;
      throw this.phases.boardLost(phase, error);
    } finally {
      this.phases.report({ phase });
    }
  }

  /** Whether the board tells the package's version, where that is not the one from before. Rejects as `Board.read`. */
  async runsNewVersion(signal: AbortSignal): Promise<boolean> {
    const expected = this.options.package.version;
    if (expected === undefined || expected === this.phases.facts.fromVersion) return false;
    return (await readVersion(this.options.board, signal)) === expected;
  }

  /** The error for an Update Result that refuses. */
  rejected(result: number, cause?: unknown): SlipwayError {
    const { phase } = this.phases.progress;
    const { endpoint: board } = this.options.board;
    return new SlipwayError('update.rejected', { board, result, phase }, { cause });
  }

  dispose(): void {
    this.watching.dispose();
  }
}
