import type { PanelAction, PanelCheck } from '../src/ui/panel-protocol';

/** What the page itself says. All else comes from the extension, in the user's language. */
export const words = {
  title: 'Firmware Update',
  board: 'Board',
  noBoard: 'No board yet',
  noBoardHint:
    'Connect a port or start a virtual board in the Slipway view. It appears here once it has registered.',
  machine: 'State of object 5, Firmware Update',
  noMachine: 'This board offers no object 5, so its firmware can’t be updated.',
  unknownState: 'not known yet',
  current: 'current state',
  progress: 'Update',
  noUpdate: 'No update in this window yet.',
  chart: 'Throughput of the push',
  preflight: 'Checks before the push',
  result: 'Last result',
  actions: 'Actions',
  history: 'History',
  noHistory: 'No update has been run yet. Each run is kept here, with its figures and how it came out.',
  exportHistory: 'Export as JSON',
  exportTitle: 'Save the whole history as a JSON file',
  loading: 'Waiting for the extension …',
} as const;

/** An update of several boards. */
export const batchWords = {
  title: 'Several boards',
  ended: 'Boards that came to their end',
  cancel: 'Cancel',
  cancelAll: 'Cancel All',
  cancelAllTitle: 'Cancel every update under way, and begin with none of those that wait',
} as const;

export function cancelTitle(board: string): string {
  return `Cancel the update of ${board}`;
}

/** `3 more boards are not shown.` */
export function hiddenBoardsText(count: number): string {
  return count === 1 ? '1 more board is not shown.' : `${count} more boards are not shown.`;
}

export const actionWords: Readonly<Record<PanelAction, readonly [label: string, title: string]>> = {
  ship: ['Build, Sign and Push', 'Build the firmware, sign it and push it to this board'],
  push: ['Push Package…', 'Choose a signed package and push it to this board'],
  cancel: ['Cancel Update', 'Stop the update that is under way; the board keeps the firmware it runs'],
  reset: ['Reset Update State', 'Let the board forget a package it holds, so that its state is Idle again'],
  console: ['Open Console', 'Open a terminal with what the board writes'],
};

/** The columns of the history, in their order. */
export const columnWords = {
  startedAt: 'Started',
  outcome: 'Outcome',
  board: 'Board',
  package: 'Package',
  versions: 'Version',
  size: 'Size',
  duration: 'Duration',
  rate: 'Rate',
  retransmissions: 'Resent',
} as const;

/** `3 older runs are not shown; the export has them all.` */
export function olderRunsText(count: number): string {
  return count === 1
    ? '1 older run is not shown; the export has them all.'
    : `${count} older runs are not shown; the export has them all.`;
}

/** `9 passed`, `7 of 9 passed`. */
export function checksText(checks: readonly Pick<PanelCheck, 'tone'>[]): string {
  const passed = checks.filter(({ tone }) => tone === 'good').length;
  return passed === checks.length ? `${passed} passed` : `${passed} of ${checks.length} passed`;
}
