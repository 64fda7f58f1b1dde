import { SlipwayError } from '../base/errors';
import type { CborValue } from './canonical-cbor';
import { manifestKey, sha256AlgorithmId } from './suit-constants';

/**
 * Dialects of the manifest in the field: the current draft (draft-ietf-suit-manifest-37), and that of tools from 2020
 * (draft-ietf-suit-manifest-09 and before, e.g. suit-tool), which RIOT still uses.
 */
export type Dialect = 'draft-37' | 'draft-09';

export const dialects: readonly Dialect[] = ['draft-37', 'draft-09'];

type ManifestMember = keyof typeof manifestKey;

/** Keys of SUIT_Manifest in draft-09 (§11.2 there), where they differ. */
const keys09: Partial<Record<ManifestMember, number>> = {
  payloadFetch: 8,
  install: 9,
  validate: 10,
  load: 11,
  invoke: 12,
  text: 13,
};

/** Keys that only draft-09 has. */
const telling09 = [10, 11, 12, 13];

/** SHA-256 in SUIT_Digest: its COSE algorithm id (RFC 9054 §2.1), once an enumeration of SUIT's own. */
const sha256Id: Readonly<Record<Dialect, number>> = { 'draft-37': sha256AlgorithmId, 'draft-09': 2 };

/** Commands of draft-09 that meant something else or are gone: offset, run-sequence, run-with-arguments, swap. */
const foreignCommands09: ReadonlySet<number> = new Set([5, 30, 31, 32]);

/** The number a dialect has for SHA-256 in SUIT_Digest. */
export function digestIdOf(dialect: Dialect): number {
  return sha256Id[dialect];
}

/** The dialect that has that number for SHA-256. */
export function dialectOfDigest(id: CborValue | undefined): Dialect | undefined {
  return dialects.find((dialect) => sha256Id[dialect] === id);
}

/** Whether the members of a manifest are keyed as in draft-09: tools mixed old keys with new digests. */
export function dialectOfManifest(manifest: ReadonlyMap<CborValue, CborValue>, ofDigest: Dialect): Dialect {
  return telling09.some((key) => manifest.has(key)) ? 'draft-09' : ofDigest;
}

/** The key of a manifest's member in a dialect. */
export function manifestKeyIn(dialect: Dialect, member: ManifestMember): number {
  return dialect === 'draft-09' ? (keys09[member] ?? manifestKey[member]) : manifestKey[member];
}

/** A map keyed as in `dialect`, with the keys of the current draft. Keys that it doesn't have stay as they are. */
export function withCurrentKeys<T>(map: ReadonlyMap<CborValue, T>, dialect: Dialect): Map<CborValue, T> {
  if (dialect === 'draft-37') return new Map(map);
  const current = new Map<CborValue, CborValue>(
    Object.entries(keys09).map(([member, key]) => [key, manifestKey[member as ManifestMember]]),
  );
  const moved = new Set<CborValue>(current.values());
  const renamed = new Map<CborValue, T>();
  for (const [key, value] of map) {
    // The same number in the current draft would be another member.
    if (moved.has(key) && !current.has(key)) {
      throw new SlipwayError('suit.unsupported', {
        what: `member ${typeof key === 'number' ? key : '?'} in draft-09`,
      });
    }
    renamed.set(current.get(key) ?? key, value);
  }
  return renamed;
}

/** Errors: `suit.unsupported` for a command that has another meaning in the current draft. */
export function checkCommand(code: number, dialect: Dialect): void {
  if (dialect === 'draft-09' && foreignCommands09.has(code)) {
    throw new SlipwayError('suit.unsupported', { what: `command ${code} of draft-09` });
  }
}
