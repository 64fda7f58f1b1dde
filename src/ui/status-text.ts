import { type UpdateProgress, type UpdateRecord, isTransfer } from '../update/types';
import { progressText, runningVersion } from './board-row';
import type { BoardsSource } from './boards-source';
import { durationText } from './quantities';
import { outcomeText, phaseText } from './wording';

/** What the status bar shows. */
export interface StatusText {
  /** With codicons: `$(circuit-board) sensor 1.0.0`. */
  readonly text: string;
  readonly tooltip: string;
  readonly kind: 'normal' | 'error';
}

/** One line on how things stand: updates under way, else the last end, else the boards. */
export function statusText(
  source: BoardsSource,
  serverRunning: boolean,
  ended: UpdateRecord | undefined,
): StatusText {
  const boards = [...source.boards.values()];
  const updating = boards.flatMap(({ endpoint }) => {
    const job = source.jobOf(endpoint);
    return job ? [{ endpoint, progress: job.progress }] : [];
  });
  const [first] = updating;
  if (first && updating.length === 1) return updateText(first.endpoint, first.progress);
  if (first) {
    const tooltip = updating
      .map(({ endpoint, progress }) => `${endpoint}: ${progressText(progress)}`)
      .join('\n');
    return normal(`$(sync~spin) ${updating.length} updates`, tooltip);
  }
  if (!serverRunning) return normal('$(circle-slash) Slipway', 'The LwM2M server is stopped.');
  if (ended && ended.outcome !== 'cancelled') return endText(ended);
  const online = boards.filter((board) => board.online);
  const [board] = online;
  if (!board) return normal('$(plug) No board', 'No board is registered with Slipway.');
  if (online.length > 1) {
    const lines = online.map(({ endpoint, values }) => `${endpoint} ${runningVersion(values) ?? ''}`.trim());
    return normal(`$(circuit-board) ${online.length} boards`, lines.join('\n'));
  }
  const version = runningVersion(board.values);
  const name = [board.endpoint, version].filter(Boolean).join(' ');
  return normal(`$(circuit-board) ${name}`, version ? `${board.endpoint} runs ${version}` : board.endpoint);
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
