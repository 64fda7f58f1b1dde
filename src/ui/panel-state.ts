import { isNetwork } from '../link/link';
import type { PreflightCheck, PreflightVerdict } from '../update/preflight-checks';
import type { JobKind, UpdatePackage, UpdateProgress, UpdateRecord } from '../update/types';
import type { UpdateBatch } from '../update/update-batch';
import { type SoftwareOperation, softwareOperations } from '../update/software-states';
import { boardRow, progressText } from './board-row';
import { panelBatch } from './panel-batch';
import type { BoardsSource, ShownBoard } from './boards-source';
import type {
  PanelAction,
  PanelBoard,
  PanelCheck,
  PanelNews,
  PanelRecord,
  PanelState,
  PanelTone,
  PanelUpdate,
} from './panel-protocol';
import { compareNames } from './board-nodes';
import { preflightText } from './preflight-text';
import { doneText, operationText } from './software-wording';
import { bytesText, durationText, percent, rateText } from './quantities';
import type { LoggedRun, RunLog } from './run-log';
import { phaseText } from './phase-wording';
import { updateResultText } from './update-result-wording';
import { describeCode, outcomeText, stateText } from './wording';

/** Rows of the history that the page gets; the export has all of them. */
const shownRecords = 100;

/** Boards that the page gets: more can't be chosen from a list. Those with a run come first. */
const shownBoards = 100;

/** States of object 5 (OMA Firmware Update 1.1, resource 3). */
const machineStates: readonly number[] = [0, 1, 2, 3];

/** Everything the panel shows, from what holds now. */
export function panelState(
  source: BoardsSource,
  runs: Pick<RunLog, 'get'>,
  history: readonly UpdateRecord[],
  batch?: UpdateBatch,
): PanelState {
  const boards = boardsToShow(source, runs);
  return {
    boards: boards.map((board) => panelBoard(source, board, runs.get(board.endpoint))),
    hiddenBoards: source.boards.size - boards.length,
    ...(batch && { batch: panelBatch(batch) }),
    history: history.slice(0, shownRecords).map(panelRecord),
    olderRecords: Math.max(0, history.length - shownRecords),
  };
}

function boardsToShow(source: BoardsSource, runs: Pick<RunLog, 'get'>): readonly ShownBoard[] {
  const all = [...source.boards.values()];
  const few = all.length <= shownBoards;
  const withRun = few ? all : all.filter(({ endpoint }) => runs.get(endpoint));
  const others = few ? [] : all.filter(({ endpoint }) => !runs.get(endpoint));
  return [...withRun, ...others].slice(0, shownBoards).sort((a, b) => compareNames(a.endpoint, b.endpoint));
}

function panelBoard(source: BoardsSource, board: ShownBoard, run: LoggedRun | undefined): PanelBoard {
  const progress = source.jobOf(board.endpoint)?.progress;
  const state = board.values.get('/5/0/3');
  const news = boardNews(board, run);
  const checks = run?.job.progress.checks;
  return {
    name: board.endpoint,
    description: boardRow(board, progress, source.standIn(board.link.id)).description ?? '',
    online: board.online,
    machine: machineStates.map((number) => ({ state: number, name: stateText(number) })),
    actions: actionsFor(board, progress),
    ...(typeof state === 'number' && { state }),
    ...(news && { news }),
    ...(run && { update: panelUpdate(run) }),
    ...(checks && { checks: checks.map(panelCheck) }),
  };
}

const checkTones: Readonly<Record<PreflightVerdict, PanelCheck['tone']>> = {
  passed: 'good',
  failed: 'bad',
  warning: 'warning',
  unknown: 'neutral',
};

function panelCheck(check: PreflightCheck): PanelCheck {
  return { ...preflightText(check), tone: checkTones[check.verdict] };
}

function actionsFor(board: ShownBoard, progress: UpdateProgress | undefined): readonly PanelAction[] {
  const hasConsole = !isNetwork(board.link.kind);
  const console: readonly PanelAction[] = hasConsole ? ['console'] : [];
  if (progress) return ['cancel', ...console];
  return board.online && board.hasObject(5) ? ['ship', 'push', 'reset', ...console] : console;
}

function boardNews(board: ShownBoard, run: LoggedRun | undefined): PanelNews | undefined {
  if (run && !run.record) return { tone: 'busy', text: phaseText(run.job.progress.phase) };
  if (run?.record) return recordNews(run.record);
  const result = board.values.get('/5/0/5');
  if (typeof result !== 'number' || result === 0) return undefined;
  const { text, remedy } = updateResultText(result);
  return result === 1 ? { tone: 'good', text } : { tone: 'bad', text, remedy };
}

function recordNews(record: UpdateRecord): PanelNews {
  const tone = toneOf(record);
  const { kind } = record;
  if (record.outcome === 'succeeded' && isSoftware(kind)) {
    return { tone, text: `${doneText(kind, record.packageName, record.toVersion)}.` };
  }
  if (record.outcome === 'succeeded') {
    const version = record.toVersion === undefined ? '' : ` It runs ${record.toVersion}.`;
    return { tone, text: `${updateResultText(1).text}.${version}` };
  }
  if (!record.error) return { tone, text: outcomeText(record.outcome) };
  const { message, remedy } = describeCode(record.error.code, record.error.details as never);
  return { tone, text: message, ...(remedy !== undefined && { remedy }) };
}

function panelUpdate({ job, record, samples }: LoggedRun): PanelUpdate {
  const { progress } = job;
  const { bytesSent, bytesTotal, retransmissions, remainingMs } = progress;
  const left = record || remainingMs === undefined ? '' : ` · ${durationText(remainingMs)} left`;
  const again = retransmissions === 1 ? '1 retransmission' : `${retransmissions} retransmissions`;
  return {
    id: job.id,
    running: record === undefined,
    packageName: job.package.name,
    phase: record ? outcomeText(record.outcome) : phaseText(progress.phase),
    percent: percent(bytesSent, bytesTotal),
    progressText: record ? `${durationText(record.durationMs)} in all` : `${progressText(progress)}${left}`,
    figures: [
      `${bytesText(bytesSent)} of ${bytesText(bytesTotal)}`,
      ...deltaFigures(job.package, record),
      again,
      ...lineFigures(progress),
    ].join(', '),
    samples,
  };
}

/** What is saved where less than the full image is sent. */
function deltaFigures(
  { full, reducedBy }: UpdatePackage,
  record: UpdateRecord | undefined,
): readonly string[] {
  if (!full) return [];
  const saved = record?.savedMs === undefined ? [] : [`${durationText(record.savedMs)} saved`];
  const what = reducedBy === 'compression' ? 'compressed' : 'a patch';
  return [`${what} instead of ${bytesText(full.bytes.length)}`, ...saved];
}

/** How well the push uses the line, while it is under way. */
function lineFigures({ phase, window, lineUse, bytesPerSecond }: UpdateProgress): readonly string[] {
  if (phase !== 'push' || window === undefined) return [];
  return [
    window === 1 ? 'one block at a time' : `${window} blocks in flight`,
    ...(lineUse !== undefined && bytesPerSecond > 0
      ? [`${Math.round(lineUse * 100)} % of the line rate`]
      : []),
  ];
}

function panelRecord(record: UpdateRecord): PanelRecord {
  const { fromVersion = isSoftware(record.kind) ? '' : '?', toVersion } = record;
  const news = recordNews(record);
  const reason = [news.text, news.remedy].filter(Boolean).join(' ');
  return {
    id: record.id,
    startedAt: record.startedAt,
    board: record.board,
    package: packageText(record),
    versions:
      toVersion === undefined || toVersion === fromVersion || fromVersion === ''
        ? (toVersion ?? fromVersion)
        : `${fromVersion} → ${toVersion}`,
    size: deltaSize(record),
    duration: durationText(record.durationMs),
    rate: record.bytesPerSecond === undefined ? '–' : rateText(record.bytesPerSecond),
    retransmissions: record.retransmissions,
    sha256: record.sha256,
    outcome: outcomeText(record.outcome),
    tone: news.tone,
    ...(record.outcome === 'failed' && { reason }),
  };
}

/** `timetable.txt`, or what was done with software, and with which. */
function packageText({ kind, packageName, instances = [] }: UpdateRecord): string {
  if (!isSoftware(kind)) return packageName;
  return `${operationText(kind)}: ${packageName} (/9/${instances.join(', ')})`;
}

function isSoftware(kind: JobKind | undefined): kind is SoftwareOperation {
  return softwareOperations.some((operation) => operation === kind);
}

/** `38.4 KiB of 600.4 KiB` where less than the full image was sent. */
function deltaSize({ bytes, fullBytes }: UpdateRecord): string {
  if (bytes === 0) return '';
  return fullBytes === undefined ? bytesText(bytes) : `${bytesText(bytes)} of ${bytesText(fullBytes)}`;
}

function toneOf({ outcome }: UpdateRecord): PanelTone {
  if (outcome === 'succeeded') return 'good';
  return outcome === 'failed' ? 'bad' : 'warning';
}
