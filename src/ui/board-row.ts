import { type LinkKind, isNetwork } from '../link/link';
import type { ResourceValues } from '../lwm2m/values';
import { runningVersion } from '../update/running-version';
import { type UpdateProgress, isTransfer } from '../update/types';
import type { ShownBoard, StandIn } from './boards-source';
import { sleepText } from './lwm2m-wording';
import { percent, rateText } from './quantities';
import { markdownText, nodeId, type RowColor, type TreeRow } from './tree-row';
import { phaseText } from './phase-wording';
import { linkName } from './wording';

/** Device object (3): Manufacturer, Model Number, Serial Number. */
const devicePaths = { manufacturer: '/3/0/0', model: '/3/0/1', serialNumber: '/3/0/2' };

/** Links that are ports: they can be released and disconnected by themselves. */
export function isPort(kind: LinkKind): boolean {
  return kind === 'serial' || kind === 'tcp';
}

/** The row of a board: name, state, running version, link; its update while one is under way. */
export function boardRow(
  board: ShownBoard,
  progress: UpdateProgress | undefined,
  standIn: StandIn | undefined,
  children: TreeRow['children'] = 'expanded',
): TreeRow {
  const version = runningVersion(board.values);
  const status = boardStatus(board, progress);
  const place = standIn ?? linkName(board.link.id);
  const description = [status.text, version, place].filter(Boolean).join(' · ');
  return {
    id: nodeId({ kind: 'board', board: board.endpoint }),
    label: board.endpoint,
    description,
    // Made for those that are looked at, not for each of thousands.
    get tooltip() {
      return tooltip(board, status.text, version, standIn);
    },
    icon: status.icon,
    color: status.color,
    contextValue: contextValue(board, progress, standIn),
    children,
    spoken: [
      `board ${board.endpoint}`,
      status.text,
      version ? `runs version ${version}` : 'version unknown',
      standIn ?? `on ${linkName(board.link.id)}`,
    ].join(', '),
  };
}

interface Status {
  readonly text: string;
  readonly icon: string;
  readonly color: RowColor;
}

function boardStatus(board: ShownBoard, progress: UpdateProgress | undefined): Status {
  if (progress) return { text: progressText(progress), icon: 'sync~spin', color: 'charts.blue' };
  if (board.link.state === 'released') {
    return { text: 'port released', icon: 'debug-pause', color: 'charts.yellow' };
  }
  if (!board.online) return { text: 'offline', icon: 'debug-disconnect', color: 'disabledForeground' };
  const asleep = sleepText(board.sleep);
  if (asleep !== undefined) return { text: asleep, icon: 'moon', color: 'charts.yellow' };
  return { text: 'online', icon: 'circuit-board', color: 'charts.green' };
}

/** `43 % · 11.2 kB/s` while bytes go over, `43 % · no answer yet` while the board is silent, else the phase's name. */
export function progressText(progress: UpdateProgress): string {
  // What a board fetches from elsewhere is not seen.
  if (!isTransfer(progress.phase) || progress.bytesTotal === 0) return phaseText(progress.phase);
  const done = `${percent(progress.bytesSent, progress.bytesTotal)} %`;
  if (progress.bytesPerSecond > 0) return `${done} · ${rateText(progress.bytesPerSecond)}`;
  return progress.phase === 'push' ? `${done} · no answer yet` : done;
}

function contextValue(
  board: ShownBoard,
  progress: UpdateProgress | undefined,
  standIn: StandIn | undefined,
): string {
  const { kind, state } = board.link;
  return [
    'board',
    board.online ? 'online' : 'offline',
    ...(board.hasObject(5) ? ['updatable'] : []),
    ...(board.hasObject(1) ? ['bootstrappable'] : []),
    progress ? 'updating' : 'idle',
    ...(standIn ? [standIn] : []),
    ...(isNetwork(kind) ? [] : ['console']),
    ...(isPort(kind) && !standIn ? ['port', state === 'released' ? 'released' : 'held'] : []),
  ].join(' ');
}

function tooltip(
  board: ShownBoard,
  status: string,
  version: string | undefined,
  standIn: StandIn | undefined,
): string {
  const { registration, values } = board;
  const device = [devicePaths.manufacturer, devicePaths.model]
    .map((path) => textOf(values, path))
    .filter((text) => text !== undefined)
    .join(' ');
  const rows: (readonly [string, string | undefined])[] = [
    ['Status', status],
    ['Firmware', version],
    ['Device', device || undefined],
    ['Serial number', textOf(values, devicePaths.serialNumber)],
    ['Link', standIn ? `${linkName(board.link.id)} (${standIn})` : linkName(board.link.id)],
    [
      'LwM2M',
      `${registration.lwm2mVersion}, binding ${registration.binding}${registration.queueMode ? ', queue mode' : ''}`,
    ],
    ['Lifetime', `${registration.lifetime} s`],
    ['Last heard', new Date(registration.updatedAt).toISOString().slice(0, 19).replace('T', ' ') + ' UTC'],
  ];
  const lines = rows
    .filter((row): row is readonly [string, string] => row[1] !== undefined)
    .map(([name, text]) => `| ${name} | ${markdownText(text)} |`);
  return [`**${markdownText(board.endpoint)}**`, '', '| | |', '|---|---|', ...lines].join('\n');
}

function textOf(values: ResourceValues, path: string): string | undefined {
  const value = values.get(path);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
