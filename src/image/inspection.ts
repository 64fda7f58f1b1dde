import type { SlipwayError } from '../base/errors';

/** Where something stands in the inspected file, in bytes. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** One field of an inspected file; fields within it are its children. */
export interface InspectionField {
  /** As the format's specification calls it, e.g. `ih_hdr_size`, `suit-manifest-sequence-number`. */
  readonly name: string;
  /** In words and units, e.g. `512 bytes`, `LZMA2, Arm Thumb filter`; empty for one that only holds others. */
  readonly value: string;
  /** Absent for what isn't in the file as such, e.g. a field of what was decrypted. */
  readonly at?: ByteRange;
  readonly children?: readonly InspectionField[];
}

/** What came of a rule: it can't be told without a key, and what can't be told never counts as good. */
export type Verdict = 'holds' | 'broken' | 'not-checked';

/** A rule of the format, and whether the file keeps it. */
export interface InspectionCheck {
  /** What has to be, e.g. `The SHA-256 TLV is the hash of header, body and protected TLVs.` */
  readonly rule: string;
  readonly verdict: Verdict;
  /** With `broken`: what the strict reader of the format throws for it; words for it are made in `ui/`. */
  readonly error?: SlipwayError;
  /** With `not-checked`: what was missing, e.g. `no key to check it with`. */
  readonly missing?: string;
  /** The bytes that the rule speaks of. */
  readonly at?: ByteRange;
}

/**
 * A file taken apart for people, whatever its format. A damaged one is taken apart as far as it can be read: the
 * fields end there, and a check says what is broken.
 */
export interface Inspection {
  /** What the file is, e.g. `MCUboot image`. */
  readonly kind: string;
  /** Of the file, in bytes. */
  readonly size: number;
  readonly fields: readonly InspectionField[];
  readonly checks: readonly InspectionCheck[];
}

/** Whether a rule is broken. That none is doesn't make a file trusted: see which ones were not checked. */
export function hasBrokenRule(inspection: Inspection): boolean {
  return inspection.checks.some(({ verdict }) => verdict === 'broken');
}
