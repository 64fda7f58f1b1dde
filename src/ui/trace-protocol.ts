/** What extension and trace view tell each other. Types alone, as in panel-protocol.ts. */

/** `repeated`: sent again; `error`: an answer of class 4 or 5, a Reset; `damaged`: no message at all. */
export type TraceTone = 'plain' | 'repeated' | 'error' | 'damaged';

/** A message of the list. */
export interface TraceRow {
  readonly seq: number;
  /** ms since the Unix epoch, for the page to write in the reader's way. */
  readonly time: number;
  readonly sent: boolean;
  /** Endpoint name, or the place where no board is known. */
  readonly board: string;
  /** `CON`. */
  readonly type: string;
  /** `PUT`, `2.31 Continue`. */
  readonly code: string;
  /** `/5/0/0, block 3`, or what is wrong. */
  readonly about: string;
  /** Bytes of the datagram. */
  readonly size: number;
  /** `12.4 ms`. */
  readonly rtt?: string;
  readonly tone: TraceTone;
}

/** A label and its value. */
export type TraceField = readonly [label: string, value: string];

/** All about one message. */
export interface TraceDetails {
  readonly seq: number;
  readonly fields: readonly TraceField[];
  readonly options: readonly TraceField[];
  readonly payload: readonly string[];
  /** The datagram in hexadecimal, without secrets. */
  readonly hex: string;
}

export type ToTrace =
  /** `fresh`: these take the place of all before. Rows before `oldest` are gone; `behind`: so many are still to come. */
  | {
      readonly type: 'rows';
      readonly fresh: boolean;
      readonly oldest: number;
      readonly behind: number;
      readonly rows: readonly TraceRow[];
    }
  | { readonly type: 'details'; readonly details: TraceDetails }
  /** Shows that board alone; all where it is empty. */
  | { readonly type: 'board'; readonly board: string };

export type FromTrace =
  | { readonly type: 'ready' | 'clear' }
  | { readonly type: 'export'; readonly board: string }
  | { readonly type: 'select'; readonly seq: number };

/** What the page asks VS Code to keep across reloads. */
export interface TraceMemory {
  readonly board?: string;
  readonly text?: string;
}

/** A message from the page, if it is one. */
export function parseFromTrace(message: unknown): FromTrace | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { type, board, seq } = message as Readonly<Record<string, unknown>>;
  if (type === 'ready' || type === 'clear') return { type };
  if (type === 'export' && typeof board === 'string') return { type, board };
  return type === 'select' && typeof seq === 'number' ? { type, seq } : undefined;
}
