import { createPublicKey, type KeyObject } from 'node:crypto';
import { SlipwayError } from '../../base/errors';
import { toHex } from '../../base/hex';
import type { KeyType } from '../../base/key-signer';
import { decompressBody } from './compression';
import { imageFlags, protectedTlvInfoMagic, tlvTypes } from './constants';
import { contentKeyBits, cryptBody, unwrapContentKey } from './encryption';
import { type HashBits, hashesOfKey, hashTlvTypes, sha2 } from './hash';
import { encodeHeader } from './header';
import { tlvName } from './names';
import { findTlv, hashedRegion, isCompressed, isEncrypted, type ParsedImage } from './parse';
import { keyHashOf, keyTypeOf, publicKeyBytes } from './public-key';
import { isSignatureOf, signatureTlvTypes, type ToBeSigned } from './signature';
import { encodeTlvArea, tlvAreaSize } from './tlv';
import { decodeTrailer, imageOkOffset } from './trailer';

/** Behind the TLVs only an erased slot and its trailer may stand. Errors: `mcuboot.trailing-bytes`. */
export function checkTail({ bytes, end }: ParsedImage): void {
  if (bytes.length === end) return;
  const trailer = decodeTrailer(bytes, end);
  if (trailer) {
    const imageOk = imageOkOffset(bytes.length, trailer.maxAlignment);
    const erased = bytes[end]!;
    const isErased = (byte: number, index: number): boolean =>
      byte === erased || (end + index === imageOk && byte === 1);
    if ((erased === 0 || erased === 0xff) && bytes.subarray(end, trailer.offset).every(isErased)) return;
  }
  throw new SlipwayError('mcuboot.trailing-bytes', { bytes: bytes.length - end });
}

export interface CheckedHash {
  readonly bits: HashBits;
  readonly digest: Uint8Array;
  /** What the hash covers, in plain text. */
  readonly region: Uint8Array;
  /** Compressed if the header says so. */
  readonly body: Uint8Array;
}

/**
 * The hash of an image. An encrypted one's is over the plain text, so without the bootloader's private key it can't be
 * told. Errors: `mcuboot.no-hash`, `mcuboot.hash-mismatch`, `mcuboot.encrypted`, `mcuboot.decryption`.
 */
export function checkHash(image: ParsedImage, decryptionKey?: KeyObject): CheckedHash {
  const found = ([256, 384, 512] as const).filter((bits) => findTlv(image.tlvs, hashTlvTypes[bits]));
  const [bits] = found;
  if (bits === undefined || found.length > 1) throw new SlipwayError('mcuboot.no-hash', {});
  const expected = findTlv(image.tlvs, hashTlvTypes[bits])!.value;
  const holds = (body: Uint8Array): CheckedHash | undefined => {
    const region = hashedRegion(image, body);
    const digest = sha2(bits, region);
    return Buffer.compare(digest, expected) === 0 ? { bits, digest, region, body } : undefined;
  };
  // An image for encryption later is marked as encrypted, but in plain text still.
  const plain = holds(image.body);
  if (plain) return plain;
  if (!isEncrypted(image.header)) throw new SlipwayError('mcuboot.hash-mismatch', {});
  if (!decryptionKey) throw new SlipwayError('mcuboot.encrypted', {});
  const decrypted = holds(decryptBody(image, decryptionKey));
  if (!decrypted) throw new SlipwayError('mcuboot.hash-mismatch', {});
  return decrypted;
}

/** Errors: `mcuboot.decryption`. */
function decryptBody(image: ParsedImage, key: KeyObject): Uint8Array {
  const tlv = image.tlvs.tlvs.find(
    ({ type }) => type >= tlvTypes.encryptedRsa2048 && type <= tlvTypes.encryptedX25519Sha512,
  );
  if (!tlv) throw new SlipwayError('mcuboot.decryption', {});
  return cryptBody(image.body, unwrapContentKey(tlv, key, contentKeyBits(image.header)!));
}

/** The signature of an image and who it says made it. Errors: `mcuboot.unsigned`. */
export function signatureOf(image: ParsedImage): {
  readonly signature: { readonly type: number; readonly value: Uint8Array };
  readonly keyHash?: Uint8Array;
  readonly publicKey?: Uint8Array;
} {
  const types = new Set(Object.values(signatureTlvTypes));
  const signatures = image.tlvs.tlvs.filter(({ type }) => types.has(type));
  const [signature] = signatures;
  if (!signature || signatures.length > 1) throw new SlipwayError('mcuboot.unsigned', {});
  const keyHash = findTlv(image.tlvs, tlvTypes.keyHash)?.value;
  const publicKey = findTlv(image.tlvs, tlvTypes.publicKey)?.value;
  return { signature, ...(keyHash && { keyHash }), ...(publicKey && { publicKey }) };
}

export interface TrustedKey {
  readonly key: KeyObject;
  readonly keyType: KeyType;
}

/** Takes public keys, also as PEM. Errors: `mcuboot.key-type` for one that signs no images. */
export function trustedKeyOf(publicKey: KeyObject | string): TrustedKey {
  const key = typeof publicKey === 'string' ? createPublicKey(publicKey) : publicKey;
  const keyType = keyTypeOf(key);
  if (!keyType) throw new SlipwayError('mcuboot.key-type', { kind: key.asymmetricKeyType ?? key.type });
  return { key, keyType };
}

/** The one of `trusted` that the image names. Errors: `mcuboot.unsigned`, `mcuboot.untrusted-key`. */
export function findTrustedKey(
  image: ParsedImage,
  hash: HashBits,
  trusted: readonly TrustedKey[],
): TrustedKey {
  const { keyHash, publicKey } = signatureOf(image);
  const named = publicKey ? sha2(hash, publicKey) : keyHash;
  const found = trusted.find(({ key }) => {
    if (publicKey && Buffer.compare(publicKeyBytes(key), publicKey) !== 0) return false;
    return named !== undefined && Buffer.compare(keyHashOf(key, hash), keyHash ?? named) === 0;
  });
  if (!found) {
    throw new SlipwayError('mcuboot.untrusted-key', named === undefined ? {} : { keyHash: toHex(named) });
  }
  return found;
}

/** Errors: `mcuboot.algorithm-mismatch`, `mcuboot.bad-signature`. */
export function checkSignature(image: ParsedImage, hash: CheckedHash, { key, keyType }: TrustedKey): void {
  const { signature } = signatureOf(image);
  const pure = findTlv(image.tlvs, tlvTypes.pureSignature)?.value;
  const isPure = pure !== undefined;
  const fits =
    signature.type === signatureTlvTypes[keyType] &&
    hashesOfKey[keyType].includes(hash.bits) &&
    (!isPure || (keyType === 'Ed25519' && pure.length === 1 && pure[0] === 1));
  if (!fits) {
    const algorithm = `${tlvName(signature.type)}${isPure ? ', pure,' : ''} over SHA-${hash.bits}`;
    throw new SlipwayError('mcuboot.algorithm-mismatch', { algorithm, keyType });
  }
  const signed: ToBeSigned = { region: hash.region, digest: hash.digest, isPure };
  if (!isSignatureOf(key, keyType, signature.value, signed)) {
    throw new SlipwayError('mcuboot.bad-signature', { keyHash: toHex(keyHashOf(key, hash.bits)) });
  }
}

/**
 * The firmware of an image as it runs: decompressed, and then checked by the hash that the image has for that. An image
 * that isn't compressed is its own. Errors: `mcuboot.decompression`.
 */
export function decompress(image: ParsedImage, { bits, body }: CheckedHash): Uint8Array {
  const { header, protectedTlvs } = image;
  if (!isCompressed(header)) return body;
  const sizeTlv = findTlv(protectedTlvs, tlvTypes.decompressedSize)?.value;
  const hashTlv = findTlv(protectedTlvs, tlvTypes.decompressedHash)?.value;
  if (sizeTlv?.length !== 4 || !hashTlv) {
    throw new SlipwayError('mcuboot.decompression', { reason: 'it does not say what comes out' });
  }
  const packedTlv = findTlv(protectedTlvs, tlvTypes.compressedSize)?.value;
  const packed = packedTlv?.length === 4 ? body.subarray(0, readU32(packedTlv)) : body;
  let plain: Uint8Array;
  try {
    plain = decompressBody(packed, header, readU32(sizeTlv));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new SlipwayError('mcuboot.decompression', { reason: cause.message }, { cause });
  }
  const region = decompressedRegion(image, plain);
  if (Buffer.compare(sha2(bits, region), hashTlv) !== 0) {
    throw new SlipwayError('mcuboot.decompression', { reason: 'the hash of what comes out does not match' });
  }
  return plain;
}

/** Header, body and protected TLVs as they would be without the compression. */
function decompressedRegion({ bytes, header, protectedTlvs }: ParsedImage, plain: Uint8Array): Uint8Array {
  const compression = imageFlags.compressedLzma1 | imageFlags.compressedLzma2 | imageFlags.compressedArmThumb;
  const tlvs = (protectedTlvs?.tlvs ?? []).filter(
    ({ type }) => type < tlvTypes.decompressedSize || type > tlvTypes.compressedSize,
  );
  const inner = encodeHeader({
    ...header,
    imageSize: plain.length,
    protectedTlvSize: tlvAreaSize(tlvs),
    flags: header.flags & ~compression,
  });
  const room = bytes.slice(0, header.headerSize);
  room.set(inner);
  return Uint8Array.from(Buffer.concat([room, plain, encodeTlvArea(protectedTlvInfoMagic, tlvs)]));
}

/** The security counter; undefined for an image without one. Errors: `mcuboot.malformed`. */
export function securityCounterIn({ protectedTlvs }: ParsedImage): number | undefined {
  const value = findTlv(protectedTlvs, tlvTypes.securityCounter)?.value;
  if (!value) return undefined;
  if (value.length !== 4) {
    throw new SlipwayError('mcuboot.malformed', { reason: `SEC_CNT has ${value.length} bytes instead of 4` });
  }
  return readU32(value);
}

function readU32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
}
