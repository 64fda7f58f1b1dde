import { createHash } from 'node:crypto';
import { SlipwayError } from '../base/errors';
import { type CborValue, encodeCanonical } from './canonical-cbor';
import { asArray, asBytes, malformed } from './cbor-shape';
import { type Dialect, dialectOfDigest, digestIdOf } from './suit-dialect';

const sha256Size = 32;

/** SHA-256 of `bytes`. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(bytes).digest());
}

/**
 * SHA-256 as the draft takes it of the manifest and of severable members: over the byte string that wraps them,
 * its head included (§8.3).
 */
export function sha256OfWrapped(content: Uint8Array): Uint8Array {
  return sha256(encodeCanonical(content));
}

/** SUIT_Digest of a SHA-256. */
export function suitDigest(hash: Uint8Array, dialect: Dialect = 'draft-37'): CborValue {
  return [digestIdOf(dialect), hash];
}

/** The SHA-256 in a SUIT_Digest of any dialect. Errors: `suit.malformed`, `suit.unknown-algorithm`. */
export function parseSuitDigest(value: CborValue, what: string): Uint8Array {
  const parts = asArray(value, what);
  const algorithm = parts[0];
  if (typeof algorithm !== 'number') throw malformed(`${what} names no algorithm`);
  if (dialectOfDigest(algorithm) === undefined) {
    throw new SlipwayError('suit.unknown-algorithm', { algorithm: `digest ${algorithm}` });
  }
  const hash = asBytes(parts[1], what);
  if (parts.length !== 2 || hash.length !== sha256Size) throw malformed(`${what} is not a SHA-256`);
  return hash;
}

/** Whether both hold the same bytes. Digests are public: no constant time needed. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
