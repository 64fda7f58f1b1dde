import { type KeyObject, createPublicKey } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { TrustAnchor } from '../manifest/types';

/** What the factory writes into a board: who it is, and whose packages it takes. */
export interface Provisioning {
  /** At most four; the board checks ESP256 signatures. */
  readonly trustAnchors: readonly Pick<TrustAnchor, 'algorithm' | 'publicKeyPem'>[];
  /** UUIDs as 16 bytes. */
  readonly vendorId: Uint8Array;
  readonly classId: Uint8Array;
  /** SHA-256 of the one image that runs without a signature. */
  readonly factoryDigest: Uint8Array;
  /** Endpoint name, at most 63 bytes of UTF-8. */
  readonly endpoint: string;
  /** How long an image on trial has to register, s. */
  readonly confirmSeconds: number;
}

/** The page of `test/board/storage/provisioning.h`: little endian, a CRC-32 (zlib's) of all before at its end. */
export const provisioningSize = 420;

const magic = 0x564f5250;
const version = 1;
const maxAnchors = 4;
const algorithms: Partial<Record<TrustAnchor['algorithm'], number>> = { ESP256: 1, Ed25519: 2 };
const offset = {
  anchors: 12,
  vendorId: 284,
  classId: 300,
  factoryDigest: 316,
  endpoint: 348,
  confirmSeconds: 412,
  crc32: 416,
} as const;
const anchorSize = 68;
const endpointSize = 64;

/** The page as the board reads it. Throws a RangeError for what has no place in it. */
export function encodeProvisioning(provisioning: Provisioning): Uint8Array {
  const { trustAnchors, vendorId, classId, factoryDigest, confirmSeconds } = provisioning;
  const endpoint = Buffer.from(provisioning.endpoint);
  if (trustAnchors.length > maxAnchors) throw new RangeError(`more than ${maxAnchors} trust anchors`);
  if (endpoint.length === 0 || endpoint.length >= endpointSize) throw new RangeError('endpoint name');
  if (vendorId.length !== 16 || classId.length !== 16) throw new RangeError('an id is a UUID');
  if (factoryDigest.length !== 32) throw new RangeError('the digest is a SHA-256');
  const page = Buffer.alloc(provisioningSize);
  page.writeUInt32LE(magic, 0);
  page.writeUInt32LE(version, 4);
  page.writeUInt32LE(trustAnchors.length, 8);
  trustAnchors.forEach(({ algorithm, publicKeyPem }, index) => {
    const at = offset.anchors + index * anchorSize;
    const known = algorithms[algorithm];
    if (known === undefined) throw new RangeError(`${algorithm} has no place in it`);
    page.writeUInt32LE(known, at);
    page.set(rawKey(createPublicKey(publicKeyPem)), at + 4);
  });
  page.set(vendorId, offset.vendorId);
  page.set(classId, offset.classId);
  page.set(factoryDigest, offset.factoryDigest);
  page.set(endpoint, offset.endpoint);
  page.writeUInt32LE(confirmSeconds, offset.confirmSeconds);
  page.writeUInt32LE(crc32(page.subarray(0, offset.crc32)), offset.crc32);
  return page;
}

/** The digest of the factory image that a page names; undefined where there is no whole page. */
export function factoryDigestOf(bytes: Uint8Array): Uint8Array | undefined {
  const page = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (page.length !== provisioningSize) return undefined;
  if (page.readUInt32LE(0) !== magic || page.readUInt32LE(4) !== version) return undefined;
  if (page.readUInt32LE(offset.crc32) !== crc32(page.subarray(0, offset.crc32))) return undefined;
  return page.subarray(offset.factoryDigest, offset.endpoint);
}

/** x and y of a P-256 key, 64 bytes; the 32 bytes of an Ed25519 key. */
function rawKey(key: KeyObject): Uint8Array {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
}
