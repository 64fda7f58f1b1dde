import type { KeyObject } from 'node:crypto';
import { SlipwayError } from '../../base/errors';
import { toHex } from '../../base/hex';
import type { KeyType } from '../../base/key-signer';
import {
  checkHash,
  checkSignature,
  checkTail,
  decompress,
  findTrustedKey,
  securityCounterIn,
  signatureOf,
  trustedKeyOf,
} from './checks';
import { parseMcubootImage } from './parse';
import { keyHashOf } from './public-key';
import { sampleKeyName } from './sample-keys';
import { formatImageVersion } from './version';

export interface McubootPolicy {
  /** Public keys, also as PEM. Without any, no image is good. */
  readonly trustedKeys: readonly (KeyObject | string)[];
  /** The bootloader's private key, for encrypted images. */
  readonly decryptionKey?: KeyObject;
  /** What the board's security counter stands at. */
  readonly minimumSecurityCounter?: number;
  /** Whether MCUboot's published keys count as trusted ones. */
  readonly allowsSampleKey?: boolean;
}

export interface VerifiedMcubootImage {
  readonly keyType: KeyType;
  /** KEYHASH, lower-case hex. */
  readonly keyHash: string;
  /** `1.2.3+4`. */
  readonly version: string;
  readonly securityCounter?: number;
  /** The hash of the image, lower-case hex. */
  readonly digest: string;
  /** The firmware as it runs: decrypted and decompressed, without the room for the header. */
  readonly firmware: Uint8Array;
}

/**
 * Does with an image what a bootloader does before it starts it, and more strictly: nothing may be changed anywhere in
 * it, also where no signature reaches.
 *
 * Errors: `mcuboot.malformed`, `mcuboot.truncated`, `mcuboot.trailing-bytes`, `mcuboot.no-hash`, `mcuboot.hash-mismatch`,
 * `mcuboot.unsigned`, `mcuboot.untrusted-key`, `mcuboot.algorithm-mismatch`, `mcuboot.bad-signature`,
 * `mcuboot.sample-key`, `mcuboot.counter-too-low`, `mcuboot.encrypted`, `mcuboot.decryption`, `mcuboot.decompression`.
 */
export function verifyMcubootImage(bytes: Uint8Array, policy: McubootPolicy): VerifiedMcubootImage {
  const image = parseMcubootImage(bytes);
  checkTail(image);
  const hash = checkHash(image, policy.decryptionKey);
  signatureOf(image);
  const trusted = findTrustedKey(image, hash.bits, policy.trustedKeys.map(trustedKeyOf));
  checkSignature(image, hash, trusted);
  const keyHash = keyHashOf(trusted.key, hash.bits);
  const sample = sampleKeyName(keyHash);
  if (sample !== undefined && !policy.allowsSampleKey) {
    throw new SlipwayError('mcuboot.sample-key', { sample });
  }
  const securityCounter = securityCounterIn(image);
  const minimum = policy.minimumSecurityCounter;
  if (minimum !== undefined && (securityCounter ?? 0) < minimum) {
    throw new SlipwayError('mcuboot.counter-too-low', { counter: securityCounter ?? 0, minimum });
  }
  return {
    keyType: trusted.keyType,
    keyHash: toHex(keyHash),
    version: formatImageVersion(image.header.version),
    ...(securityCounter !== undefined && { securityCounter }),
    digest: toHex(hash.digest),
    firmware: decompress(image, hash),
  };
}
