import { type UpdateProgress, type UpdateRecord, isTransfer } from '../update/types';
import { runningVersion } from '../update/running-version';
import type { UpdateBatch } from '../update/update-batch';
import { countsText } from './batch-wording';
import { progressText } from './board-row';
import type { BoardsSource } from './boards-source';
import { durationText } from './quantities';
import { phaseText } from './phase-wording';
import { outcomeText } from './wording';

/** What the status bar shows. */
export interface StatusText {
  /** With codicons: `$(circuit-board) sensor 1.0.0`. */
  readonly text: string;
  readonly tooltip: string;
  readonly kind: 'normal' | 'error';
}

/** Boards that a tooltip names; of more it gives the count. */
const namedBoards = 20;

/** One line on how things stand: updates under way, else the last end, else the boards. */
export function statusText(
  source: BoardsSource,
  serverRunning: boolean,
  ended: UpdateRecord | undefined,
  batch?: Pick<UpdateBatch, 'counts' | 'isOver' | 'package' | 'entries'>,
): StatusText {
  // The end of boards that are out of the view says nothing of those that are in it.
  const isInView = batch?.entries.some(({ board }) => source.boards.has(board)) === true;
  if (batch && (isInView || !batch.isOver)) return batchText(batch);
  const boards = [...source.boards.values()];
  const updating = boards.flatMap(({ endpoint }) => {
    const job = source.jobOf(endpoint);
    return job ? [{ endpoint, progress: job.progress }] : [];
  });
  const [first] = updating;
  if (first && updating.length === 1) return updateText(first.endpoint, first.progress);
  if (first) {
    const tooltip = listText(updating, ({ endpoint, progress }) => `${endpoint}: ${progressText(progress)}`);
    return normal(`$(sync~spin) ${updating.length} updates`, tooltip);
  }
  if (!serverRunning) return normal('$(circle-slash) Slipway', 'The LwM2M server is stopped.');
  if (ended && ended.outcome !== 'cancelled' && source.boards.has(ended.board)) return endText(ended);
  const online = boards.filter((board) => board.online);
  const [board] = online;
  if (!board) return normal('$(plug) No board', 'No board is registered with Slipway.');
  if (online.length > 1) {
    const tooltip = listText(online, ({ endpoint, values }) =>
      `${endpoint} ${runningVersion(values) ?? ''}`.trim(),
    );
    return normal(`$(circuit-board) ${online.length} boards`, tooltip);
  }
  const version = runningVersion(board.values);
  const name = [board.endpoint, version].filter(Boolean).join(' ');
  return normal(`$(circuit-board) ${name}`, version ? `${board.endpoint} runs ${version}` : board.endpoint);
}

/** An update of several boards, under way or just over. */
function batchText({
  counts,
  isOver,
  package: pkg,
}: Pick<UpdateBatch, 'counts' | 'isOver' | 'package'>): StatusText {
  const text = countsText(counts);
  if (!isOver) {
    const tooltip = `${pkg.name}: ${text}, ${counts.running} under way, ${counts.waiting} waiting`;
    return normal(`$(sync~spin) ${text}`, tooltip);
  }
  const tooltip = `${pkg.name}: ${text}. The panel has each board.`;
  return counts.failed > 0
    ? { text: `$(error) ${text}`, tooltip, kind: 'error' }
    : normal(`$(check) ${text}`, tooltip);
}

/** A line for each item, as far as a tooltip goes. */
function listText<T>(items: readonly T[], line: (item: T) => string): string {
  const lines = items.slice(0, namedBoards).map(line);
  const left = items.length - lines.length;
  return [...lines, ...(left > 0 ? [`and ${left} more`] : [])].join('\n');
}

function updateText(endpoint: string, progress: UpdateProgress): StatusText {
  const left =
    isTransfer(progress.phase) && progress.remainingMs !== undefined
      ? `, ${durationText(progress.remainingMs)} left`
      : '';
  return normal(`$(sync~spin) ${progressText(progress)}`, `${endpoint}: ${phaseText(progress.phase)}${left}`);
}

function endText({ board, outcome, toVersion, durationMs }: UpdateRecord): StatusText {
  if (outcome === 'succeeded') {
    const name = [board, toVersion].filter(Boolean).join(' ');
    return normal(`$(check) ${name}`, `${board} was updated in ${durationText(durationMs)}.`);
  }
  return {
    text: `$(error) ${board}: ${outcomeText(outcome).toLowerCase()}`,
    tooltip: `The update of ${board} ${outcomeText(outcome).toLowerCase()}. The panel says why.`,
    kind: 'error',
  };
}

function normal(text: string, tooltip: string): StatusText {
  return { text, tooltip, kind: 'normal' };
}
