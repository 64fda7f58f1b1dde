/** What extension and update panel tell each other. Types alone: neither VS Code nor a document is needed here. */

/** A figure of the chart: ms since the push began, payload bytes per second. */
export type ThroughputSample = readonly [elapsedMs: number, bytesPerSecond: number];

/** How good some news is: for its icon and colour. */
export type PanelTone = 'neutral' | 'busy' | 'good' | 'bad' | 'warning';

/** News in words, with what to do about it. */
export interface PanelNews {
  readonly tone: PanelTone;
  readonly text: string;
  readonly remedy?: string;
}

/** A state of object 5's state machine. */
export interface PanelMachineState {
  readonly state: number;
  readonly name: string;
}

/** The run under way on a board, or the last one of this window. */
export interface PanelUpdate {
  readonly id: string;
  readonly running: boolean;
  readonly packageName: string;
  readonly phase: string;
  readonly percent: number;
  /** `43 % · 11.2 kB/s · 12 s left`. */
  readonly progressText: string;
  /** `113.0 KiB of 262.1 KiB, 2 retransmissions, 2 blocks in flight, 97 % of the line rate`. */
  readonly figures: string;
  readonly samples: readonly ThroughputSample[];
}

/** What was found of package and board before the push. */
export interface PanelCheck {
  readonly title: string;
  readonly tone: 'good' | 'bad' | 'warning' | 'neutral';
  /** `passed`, `failed`, … */
  readonly verdict: string;
  readonly explanation: string;
  readonly remedy?: string;
  /** Where it is laid down. */
  readonly rule: string;
}

export interface PanelBoard {
  readonly name: string;
  /** `online · 1.0.0 · virtual`. */
  readonly description: string;
  readonly online: boolean;
  readonly machine: readonly PanelMachineState[];
  /** State (5/0/3); undefined while it is not known. */
  readonly state?: number;
  /** Update Result (5/0/5), or the end of the last run. */
  readonly news?: PanelNews;
  readonly update?: PanelUpdate;
  /** Of the run under way, or the last one. */
  readonly checks?: readonly PanelCheck[];
  /** What can be asked for now. */
  readonly actions: readonly PanelAction[];
}

export type PanelAction = 'ship' | 'push' | 'cancel' | 'reset' | 'console';

/** A board of an update of several. */
export interface PanelBatchRow {
  readonly board: string;
  readonly tone: PanelTone;
  /** Waits or is under way: it can be cancelled. */
  readonly open: boolean;
  /** Its phase, or how it ended. */
  readonly phase: string;
  readonly percent: number;
  /** `43 % · 11.2 kB/s`, `1.0.1 · 13 s`, or why it failed and what to do. */
  readonly result: string;
}

/** The update of several boards that is under way, or the last one of this window. */
export interface PanelBatch {
  readonly packageName: string;
  readonly running: boolean;
  readonly total: number;
  /** Boards that came to their end, whichever. */
  readonly ended: number;
  /** `2 of 10 updated, 1 failed`. */
  readonly summary: string;
  readonly rows: readonly PanelBatchRow[];
  /** Boards that are not in `rows`. */
  readonly hiddenRows: number;
}

/** A row of the history. Times are ISO 8601, for the page to write in the reader's way. */
export interface PanelRecord {
  readonly id: string;
  readonly startedAt: string;
  readonly board: string;
  readonly package: string;
  /** `1.0.0 → 1.0.1`. */
  readonly versions: string;
  readonly size: string;
  readonly duration: string;
  readonly rate: string;
  readonly retransmissions: number;
  readonly sha256: string;
  readonly outcome: string;
  readonly tone: PanelTone;
  /** Why it failed and what to do. */
  readonly reason?: string;
}

/** All that the page shows. The page keeps nothing of its own but which board is chosen. */
export interface PanelState {
  readonly boards: readonly PanelBoard[];
  /** Known boards that are not in `boards`. */
  readonly hiddenBoards: number;
  readonly batch?: PanelBatch;
  readonly history: readonly PanelRecord[];
  /** Runs in the history that are not in `history`. */
  readonly olderRecords: number;
}

export interface ToPanel {
  readonly type: 'state';
  readonly state: PanelState;
}

export type FromPanel =
  | { readonly type: 'ready' }
  | { readonly type: 'export' }
  | { readonly type: 'cancelAll' }
  | { readonly type: 'action'; readonly action: PanelAction; readonly board: string };

/** What the page asks VS Code to keep across reloads. */
export interface PanelMemory {
  readonly board?: string;
}

const actions: readonly string[] = ['ship', 'push', 'cancel', 'reset', 'console'] satisfies PanelAction[];

/** A message from the page, if it is one. */
export function parseFromPanel(message: unknown): FromPanel | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { type, action, board } = message as Readonly<Record<string, unknown>>;
  if (type === 'ready' || type === 'export' || type === 'cancelAll') return { type };
  if (type !== 'action' || typeof board !== 'string') return undefined;
  if (typeof action !== 'string' || !actions.includes(action)) return undefined;
  return { type, action: action as PanelAction, board };
}
