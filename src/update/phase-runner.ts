import { SlipwayError } from '../base/errors';
import { withTimeout } from './phase-timeout';
import type { RunOptions } from './run-options';
import type { ProgressChange, UpdateFacts, UpdatePhase, UpdateProgress, UpdateTimeouts } from './types';

/** A cancelled run leaves its board clean where that answers within this time, ms. */
const cleanUpMs = 10_000;

export type PhaseRunnerOptions = Pick<RunOptions, 'board' | 'clock' | 'timeouts' | 'signal' | 'onProgress'>;

/** Takes a run from phase to phase, each under its timeout, and keeps and tells what is known of it. */
export class PhaseRunner {
  readonly facts: UpdateFacts;

  constructor(
    private readonly options: PhaseRunnerOptions,
    bytesTotal: number,
  ) {
    this.facts = {
      progress: { phase: 'preflight', bytesSent: 0, bytesTotal, bytesPerSecond: 0, retransmissions: 0 },
    };
  }

  get progress(): UpdateProgress {
    return this.facts.progress;
  }

  /** Keeps and tells what has changed; a `remainingMs` of undefined takes the estimate away. */
  report(change: ProgressChange): void {
    const { remainingMs, ...rest } = { ...this.facts.progress, ...change } as UpdateProgress;
    this.facts.progress = remainingMs === undefined ? rest : { ...rest, remainingMs };
    this.options.onProgress(this.facts.progress);
  }

  /**
   * Runs `work` under the timeout of `phase`, shown as `shown`. Rejects `update.phase-timeout`, `cancelled`, and as
   * `work`.
   */
  async within<T>(
    phase: keyof UpdateTimeouts,
    work: (signal: AbortSignal) => Promise<T>,
    { shown = phase, timeoutMs = this.options.timeouts[phase] }: PhaseOptions = {},
  ): Promise<T> {
    const { board, clock, signal } = this.options;
    this.report({ phase: shown, bytesPerSecond: 0, remainingMs: undefined });
    return await withTimeout({ board: board.endpoint, clock, signal }, shown, timeoutMs, work);
  }

  /** Adds the time that `work` takes to that of the push. Rejects as `work`. */
  async transferring<T>(work: () => Promise<T>): Promise<T> {
    const { clock } = this.options;
    const startedAt = clock.now();
    try {
      return await work();
    } finally {
      this.facts.pushDurationMs = (this.facts.pushDurationMs ?? 0) + clock.now() - startedAt;
    }
  }

  /** Undoes what a cancelled run left on the board, for as long as a user may be kept waiting. Rejects as `undo`. */
  async cleanUp(undo: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const abort = new AbortController();
    const timer = this.options.clock.schedule(cleanUpMs, () => abort.abort());
    try {
      await undo(abort.signal);
    } finally {
      timer.dispose();
    }
  }

  /** The error for a board that went away in `phase`. */
  boardLost(phase = this.progress.phase, cause?: unknown): SlipwayError<'update.board-lost'> {
    const { endpoint: board } = this.options.board;
    const { bytesSent } = this.progress;
    return new SlipwayError('update.board-lost', { board, phase, bytesSent }, { cause });
  }
}

/** How a phase differs from the one whose timeout it has. */
export interface PhaseOptions {
  readonly shown?: UpdatePhase;
  readonly timeoutMs?: number;
}
