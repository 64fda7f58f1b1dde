import type { ByteRange, InspectionField, Verdict } from '../image/inspection';

/** What extension and inspector page tell each other. Types alone, as in `panel-protocol.ts`. */

/** A rule with what came of it, in words. */
export interface InspectorCheck {
  readonly rule: string;
  readonly verdict: Verdict;
  /** `holds`, `broken`, `not checked`. */
  readonly verdictText: string;
  /** Why it is broken, or what was missing to check it. */
  readonly reason?: string;
  readonly remedy?: string;
  readonly at?: ByteRange;
}

/** A file taken apart. */
export interface InspectorContent {
  /** `MCUboot image, 43.0 KiB, from Intel HEX`. */
  readonly description: string;
  /** Of the bytes that offsets count in. */
  readonly size: number;
  readonly fields: readonly InspectionField[];
  readonly checks: readonly InspectorCheck[];
  /** What a board makes of it, by all checks together. */
  readonly outcome: InspectorOutcome;
}

export interface InspectorOutcome {
  readonly tone: 'good' | 'bad' | 'warning';
  readonly text: string;
}

/** Why there is nothing to show. */
export interface InspectorRefusal {
  readonly message: string;
  readonly remedy?: string;
}

/** All that the page shows of a file, but its bytes, which it asks for. */
export interface InspectorFile {
  readonly name: string;
  /** Goes up with each change; bytes belong to one. */
  readonly revision: number;
  readonly content?: InspectorContent;
  readonly refusal?: InspectorRefusal;
}

export type ToInspector =
  | { readonly type: 'file'; readonly file: InspectorFile }
  | {
      readonly type: 'bytes';
      readonly revision: number;
      readonly offset: number;
      readonly bytes: Uint8Array;
    };

/** Asks for bytes of the revision that the page shows. */
export interface BytesWanted extends ByteRange {
  readonly type: 'bytes';
  readonly revision: number;
}

export type FromInspector = { readonly type: 'ready' } | { readonly type: 'openDefault' } | BytesWanted;

/** What the page asks VS Code to keep across reloads; rows of the tree by their path, e.g. `0/3`. */
export interface InspectorMemory {
  readonly selected?: string;
  readonly expanded?: readonly string[];
}

/** No page asks for more at once. */
export const largestRequest = 64 * 1024;

/** A message from the page, if it is one. */
export function parseFromInspector(message: unknown): FromInspector | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { type, revision, offset, length } = message as Readonly<Record<string, unknown>>;
  if (type === 'ready' || type === 'openDefault') return { type };
  if (type !== 'bytes' || !isCount(revision) || !isCount(offset) || !isCount(length)) return undefined;
  return length <= largestRequest ? { type, revision, offset, length } : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
