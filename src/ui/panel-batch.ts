import { isTransfer, type UpdateRecord } from '../update/types';
import type { BatchEntry, BatchState, UpdateBatch } from '../update/update-batch';
import { progressText } from './board-row';
import { countsText } from './batch-wording';
import { noPatchText, sentPackageText, sentText } from './delta-wording';
import type { PanelBatch, PanelBatchRow, PanelTone } from './panel-protocol';
import { durationText, percent } from './quantities';
import { phaseText } from './phase-wording';
import { describeCode, outcomeText } from './wording';

/** Rows that the page gets of a batch: those under way, those that failed, then the rest. */
const shownRows = 100;

const tones: Readonly<Record<BatchState, PanelTone>> = {
  waiting: 'neutral',
  running: 'busy',
  succeeded: 'good',
  failed: 'bad',
  cancelled: 'warning',
  interrupted: 'warning',
};

/** Which rows are shown where there are too many. */
const urgency: Readonly<Record<BatchState, number>> = {
  running: 0,
  failed: 1,
  waiting: 2,
  cancelled: 3,
  interrupted: 3,
  succeeded: 4,
};

/** An update of several boards as the panel shows it. */
export function panelBatch(
  batch: Pick<UpdateBatch, 'entries' | 'counts' | 'isOver' | 'package'>,
): PanelBatch {
  const { entries, counts, isOver } = batch;
  return {
    packageName: batch.package.name,
    running: !isOver,
    total: counts.total,
    ended: counts.total - counts.waiting - counts.running,
    summary: countsText(counts),
    rows: mostUrgent(entries).map(rowOf),
    hiddenRows: Math.max(0, entries.length - shownRows),
  };
}

/** At most `shownRows`, in the order of the queue. */
function mostUrgent(entries: readonly BatchEntry[]): readonly BatchEntry[] {
  if (entries.length <= shownRows) return entries;
  const byUrgency = [...entries].sort((a, b) => urgency[a.state] - urgency[b.state]);
  const chosen = new Set(byUrgency.slice(0, shownRows));
  return entries.filter((entry) => chosen.has(entry));
}

function rowOf(entry: BatchEntry): PanelBatchRow {
  const { board, state, job } = entry;
  const running = state === 'running';
  const progress = job?.progress;
  return {
    board,
    tone: tones[state],
    open: running || state === 'waiting',
    phase: phaseOf(state, progress?.phase),
    percent: state === 'succeeded' ? 100 : progress ? percent(progress.bytesSent, progress.bytesTotal) : 0,
    result: [resultText(entry), noPatchNote(entry)].filter(Boolean).join(' · '),
  };
}

function resultText({ state, job, record, error }: BatchEntry): string {
  if (error) {
    const { message, remedy } = describeCode(error.code, error.details as never);
    return [message, remedy].filter(Boolean).join(' ');
  }
  const progress = state === 'running' ? job?.progress : undefined;
  if (job && progress && isTransfer(progress.phase)) {
    const sent = job.package.full ? [sentPackageText(job.package)] : [];
    return [progressText(progress), ...sent].join(' · ');
  }
  if (!record) return '';
  return [record.toVersion, durationText(record.durationMs), savingText(record)].filter(Boolean).join(' · ');
}

/** Why the board gets no patch, though it takes those. */
function noPatchNote({ noPatch }: BatchEntry): string {
  return noPatch ? noPatchText(noPatch.reason, noPatch.isCompressed) : '';
}

/** `a patch of 2.1 KiB instead of 64.6 KiB, 5 s saved`; nothing where all of it was sent. */
function savingText(record: UpdateRecord): string {
  const { fullBytes, savedMs } = record;
  if (fullBytes === undefined) return '';
  return savedMs === undefined ? sentText(record) : `${sentText(record)}, ${durationText(savedMs)} saved`;
}

function phaseOf(state: BatchState, phase: Parameters<typeof phaseText>[0] | undefined): string {
  if (state === 'waiting') return 'Waiting';
  if (state === 'running') return phaseText(phase ?? 'preflight');
  return outcomeText(state);
}
