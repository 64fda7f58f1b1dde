import { createHash } from 'node:crypto';
import type { KeyType } from '../../base/key-signer';
import { tlvTypes } from './constants';

/** Hashes of images and keys, by the bits of their SHA-2. */
export type HashBits = 256 | 384 | 512;

export const hashTlvTypes: Readonly<Record<HashBits, number>> = {
  256: tlvTypes.sha256,
  384: tlvTypes.sha384,
  512: tlvTypes.sha512,
};

/** Which hashes MCUboot takes with a key; the first one is its usual one. */
export const hashesOfKey: Readonly<Record<KeyType, readonly HashBits[]>> = {
  Ed25519: [256, 512],
  'P-256': [256],
  'P-384': [384],
  'RSA-2048': [256],
  'RSA-3072': [256],
};

export function sha2(bits: HashBits, ...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash(`sha${bits}`);
  for (const part of parts) hash.update(part);
  return Uint8Array.from(hash.digest());
}
