import { SlipwayError } from '../../base/errors';
import { type HashBits } from './hash';
import type { ImageVersion } from './version';

const maxRoleLength = 12;

/**
 * BOOT_RECORD: what an attestation token says of this software component (PSA Attestation API 1.0, §3.2.1), in CBOR. The
 * measurement is zero and stands last: the bootloader fills it in. `role` is e.g. `SPE` or `NSPE`.
 * Errors: `mcuboot.option` for one that is empty, over 12 characters, or not ASCII.
 */
export function encodeBootRecord(
  role: string,
  { major, minor, revision }: ImageVersion,
  signerId: Uint8Array,
  hash: HashBits,
): Uint8Array {
  if (role.length > maxRoleLength || !/^[\x20-\x7e]+$/.test(role)) {
    const reason = `"${role}" does not have 1 to ${maxRoleLength} ASCII characters`;
    throw new SlipwayError('mcuboot.option', { option: 'boot record', reason });
  }
  const entries: readonly (readonly [key: number, value: string | Uint8Array])[] = [
    [1, role],
    [4, `${major}.${minor}.${revision}`],
    [5, signerId],
    [6, `SHA${hash}`],
    [2, new Uint8Array(hash / 8)],
  ];
  return Uint8Array.from([
    0xa0 + entries.length,
    ...entries.flatMap(([key, value]) => [key, ...encode(value)]),
  ]);
}

/** A text or byte string of at most 255 bytes (RFC 8949 §3.1). */
function encode(value: string | Uint8Array): number[] {
  const [major, bytes] = typeof value === 'string' ? [0x60, Buffer.from(value)] : [0x40, value];
  const head = bytes.length < 24 ? [major + bytes.length] : [major + 24, bytes.length];
  return [...head, ...bytes];
}
