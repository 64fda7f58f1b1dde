import { type Disposable, DisposableStore } from '../base/disposable';
import type { Board } from '../lwm2m/board';
import { UpdateBatch, type BatchEntry } from '../update/update-batch';
import type { UpdateHistory } from '../update/history';
import type { PreflightCheck } from '../update/preflight-checks';
import { type UpdatePackage, isTransfer } from '../update/types';
import type { PushOne } from '../update/image-push';
import { countsText } from '../ui/batch-wording';
import { noPatchText, sentPackageText } from '../ui/delta-wording';
import { bytesText, durationText, percent } from '../ui/quantities';
import { phaseText } from '../ui/phase-wording';
import { outcomeText } from '../ui/wording';
import type { Context } from './context';
import { type ExitCode, exitCodeOfCode, exitCodes } from './exit-codes';
import { tellChecks } from './progress-report';
import { describeRecorded } from './wording';

/** How often the line that changes is written anew at most, ms. */
const lineMs = 100;

export interface SeveralOptions {
  readonly push: PushOne;
  readonly history: UpdateHistory;
  readonly package: UpdatePackage;
  /** Boards at a time, 0 for all. */
  readonly concurrency: number;
  /** Tells all checks of each board, not only what is in question. */
  readonly isVerbose: boolean;
}

/**
 * Pushes one package to several boards, and tells of each. `missing` are boards that were asked for and did not
 * register. Resolves with 0 where every board runs the new firmware, else with what the first failure
 * ends with.
 */
export async function pushSeveral(
  context: Context,
  boards: readonly Board[],
  missing: readonly string[],
  { push, history, package: pkg, concurrency, isVerbose }: SeveralOptions,
): Promise<ExitCode> {
  const { output, signal } = context;
  output.note(`${boards.length} boards: ${pkg.name}, ${bytesText(pkg.bytes.length)}`);
  for (const { endpoint, link } of boards) output.event({ type: 'board', endpoint, link: link.id });
  const batch = new UpdateBatch(push, boards, pkg, concurrency);
  const reporting = report(context, batch, isVerbose);
  const cancel = (): void => batch.cancelAll();
  signal.addEventListener('abort', cancel, { once: true });
  batch.start();
  if (signal.aborted) cancel();
  const ended = await batch.finished;
  signal.removeEventListener('abort', cancel);
  reporting.dispose();
  await history.flush();

  const absent = missing.map((board): BatchEntry => {
    const error = { code: 'lwm2m.no-such-board', details: { board } } as const;
    return { board, state: 'failed', error };
  });
  for (const entry of absent) tell(context, entry);
  return summarize(context, batch, [...absent, ...ended]);
}

/** A line as each board begins and ends, and where somebody watches one that changes meanwhile. */
function report(context: Context, batch: UpdateBatch, isVerbose: boolean): Disposable {
  const { clock, output } = context;
  const owned = new DisposableStore();
  const lines = new Map<string, Disposable>();
  /** Runs and reasons that were told of. */
  const told = new Set<object>();
  let lastAt = -Infinity;
  const showLine = (): void => {
    if (!output.isInteractive || clock.now() - lastAt < lineMs) return;
    lastAt = clock.now();
    output.showLine(overview(batch).slice(0, output.columns - 1));
  };
  owned.add(
    batch.onDidChange((entry) => {
      const { board, state, job, noPatch } = entry;
      if (state === 'running') {
        if (noPatch && !told.has(noPatch)) tellNoPatch(context, board, noPatch);
        if (noPatch) told.add(noPatch);
        if (job && !told.has(job)) {
          told.add(job);
          output.note(`${board}: begins, ${sentPackageText(job.package)}`);
          lines.get(board)?.dispose();
          lines.set(board, tellProgress(context, entry, showLine, isVerbose));
        }
      } else {
        lines.get(entry.board)?.dispose();
        lines.delete(entry.board);
        tell(context, entry);
      }
      showLine();
    }),
  );
  owned.add({ dispose: () => output.clearLine() });
  return owned;
}

/** Why a board that takes patches gets none. */
function tellNoPatch(
  { output }: Context,
  board: string,
  { reason, isCompressed }: NonNullable<BatchEntry['noPatch']>,
): void {
  output.note(`${board}: ${noPatchText(reason, isCompressed)}`);
  output.event({ type: 'no-patch', board, reason, compressed: isCompressed });
}

/** What was found before its push, and progress for machines, by the whole percent. */
function tellProgress(
  { output }: Context,
  { board, job }: BatchEntry,
  showLine: () => void,
  all: boolean,
): Disposable {
  let last = '';
  let told: readonly PreflightCheck[] | undefined;
  const subscription = job?.onDidProgress(({ phase, bytesSent, bytesTotal, checks }) => {
    showLine();
    if (checks !== told) tellChecks(output, checks ?? [], all, board);
    told = checks;
    const event = { type: 'progress', board, phase, percent: percent(bytesSent, bytesTotal) };
    const key = `${phase} ${event.percent}`;
    if (key !== last) output.event(event);
    last = key;
  });
  return { dispose: () => subscription?.dispose() };
}

/** `2 of 10 updated · desk-1 43 % · desk-2 Waiting for the reboot`. */
function overview(batch: UpdateBatch): string {
  const running = batch.entries.filter(({ state }) => state === 'running');
  const boards = running.map(({ board, job }) => {
    const progress = job?.progress;
    if (!progress || !isTransfer(progress.phase)) {
      return `${board} ${phaseText(progress?.phase ?? 'preflight')}`;
    }
    return `${board} ${percent(progress.bytesSent, progress.bytesTotal)} %`;
  });
  return [countsText(batch.counts), ...boards].join(' · ');
}

function tell({ output }: Context, { board, state, record, error }: BatchEntry): void {
  if (state === 'succeeded' && record) {
    output.print(
      `${board} runs ${record.toVersion ?? 'the new firmware'}: ${durationText(record.durationMs)}`,
    );
  } else if (error) {
    const { message, remedy } = describeRecorded(error);
    output.note([`${board}: error: ${message}`, remedy].filter(Boolean).join(' '));
  } else {
    output.note(
      `${board}: ${outcomeText(state === 'running' || state === 'waiting' ? 'interrupted' : state)}`,
    );
  }
  output.event({ type: 'result', board, outcome: state, ...record, ...(error && { error }) });
}

function summarize({ output }: Context, batch: UpdateBatch, entries: readonly BatchEntry[]): ExitCode {
  const of = (state: BatchEntry['state']): number => entries.filter((entry) => entry.state === state).length;
  const counts = { ...batch.counts, total: entries.length, failed: of('failed') };
  const exitCode = exitCodeOfEntries(entries);
  output.print(countsText(counts));
  output.event({
    type: 'summary',
    boards: counts.total,
    succeeded: counts.succeeded,
    failed: counts.failed,
    cancelled: counts.cancelled,
    exitCode,
  });
  return exitCode;
}

function exitCodeOfEntries(entries: readonly BatchEntry[]): ExitCode {
  const failures = entries.filter(({ state }) => state === 'failed');
  // A board that refused says more than one that was not there.
  const failed = failures.find(({ job }) => job) ?? failures[0];
  if (failed?.error) return exitCodeOfCode(failed.error.code, failed.job ? 'update' : 'other');
  const isDone = entries.every(({ state }) => state === 'succeeded');
  return isDone ? exitCodes.done : exitCodes.interrupted;
}
