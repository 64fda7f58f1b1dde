import type { Disposable } from '../base/disposable';
import type { PreflightCheck } from '../update/preflight-checks';
import type { BoardJob, UpdateProgress } from '../update/types';
import { preflightLine, preflightText } from '../ui/preflight-text';
import { percent } from '../ui/quantities';
import type { Output } from './output';
import { type Told, plainLine, progressLine } from './progress-text';

/**
 * Tells how a run goes, in the way of the output: a line that changes, plain lines, or objects. Of the checks before
 * it those that did not pass, or `all` of them.
 */
export function reportProgress(job: BoardJob, output: Output, all = false): Disposable {
  let checks: readonly PreflightCheck[] | undefined;
  let told: Told | undefined;
  let lastEvent = '';

  const tell = (progress: UpdateProgress): void => {
    if (progress.checks !== checks) {
      ({ checks } = progress);
      tellChecks(output, checks ?? [], all);
    }
    if (output.json) {
      const event = toEvent(progress);
      // A board takes hundreds of blocks, and a whole percent is news enough.
      const key = `${event.phase} ${event.percent}`;
      if (key !== lastEvent) output.event(event);
      lastEvent = key;
    } else if (output.isInteractive) {
      output.showLine(progressLine(progress, output.columns - 1));
    } else {
      const next = plainLine(progress, told);
      if (next) output.note(next.text);
      told = next?.told ?? told;
    }
  };
  tell(job.progress);
  const subscription = job.onDidProgress(tell);
  return {
    dispose: () => {
      subscription.dispose();
      output.clearLine();
    },
  };
}

/** Tells checks of a board, which `board` names where there are several: those in question, or `all`. */
export function tellChecks(
  output: Output,
  checks: readonly PreflightCheck[],
  all: boolean,
  board?: string,
): void {
  for (const check of checks) {
    // What is wrong with one that failed is told as the end of the run.
    const isTold = all || check.verdict === 'warning' || check.verdict === 'unknown';
    if (isTold) output.note(`${board === undefined ? '' : `${board}: `}${preflightLine(check)}`);
  }
  output.event({
    type: 'preflight',
    ...(board !== undefined && { board }),
    checks: checks.map((check) => ({
      ...preflightText(check),
      check: check.rule,
      verdict: check.verdict,
      ...(check.error && { code: check.error.code }),
    })),
  });
}

function toEvent(progress: UpdateProgress): Record<string, unknown> & { phase: string; percent: number } {
  const { phase, bytesSent, bytesTotal, bytesPerSecond, remainingMs, retransmissions, state, result } =
    progress;
  return {
    type: 'progress',
    phase,
    percent: percent(bytesSent, bytesTotal),
    bytesSent,
    bytesTotal,
    bytesPerSecond: Math.round(bytesPerSecond),
    ...(remainingMs !== undefined && { remainingMs: Math.round(remainingMs) }),
    retransmissions,
    ...(state !== undefined && { state }),
    ...(result !== undefined && { updateResult: result }),
  };
}
