import { SlipwayError } from '../../base/errors';
import { imageFlags, imageHeaderSize, protectedTlvInfoMagic, tlvInfoMagic, tlvTypes } from './constants';
import { decodeHeader, type ImageHeader } from './header';
import { tlvName } from './names';
import { decodeTlvArea, type PlacedTlv, type TlvArea } from './tlv';

/** A signed image, taken apart; nothing in it is trusted yet. */
export interface ParsedImage {
  readonly bytes: Uint8Array;
  readonly header: ImageHeader;
  /** As it lies in the image: compressed and encrypted if the flags say so. */
  readonly body: Uint8Array;
  readonly protectedTlvs?: TlvArea;
  readonly tlvs: TlvArea;
  /** Where the TLVs end; padding and trailer may follow. */
  readonly end: number;
}

/**
 * What may stand among the TLVs that no signature covers (`allowed_unprot_tlvs`, boot/bootutil/src/image_validate.c).
 * Anything else there could be put in by anybody.
 */
const allowedUnprotected: ReadonlySet<number> = new Set([
  tlvTypes.keyHash,
  tlvTypes.publicKey,
  tlvTypes.sha256,
  tlvTypes.sha384,
  tlvTypes.sha512,
  tlvTypes.rsa2048,
  tlvTypes.ecdsa,
  tlvTypes.rsa3072,
  tlvTypes.ed25519,
  tlvTypes.pureSignature,
  tlvTypes.encryptedRsa2048,
  tlvTypes.encryptedKeyWrap,
  tlvTypes.encryptedEcP256,
  tlvTypes.encryptedX25519,
  tlvTypes.encryptedX25519Sha512,
]);

/**
 * Takes a signed image apart. Errors: `mcuboot.malformed`, `mcuboot.truncated`; a length is never trusted.
 */
export function parseMcubootImage(bytes: Uint8Array): ParsedImage {
  const header = decodeHeader(bytes);
  const { headerSize, imageSize, protectedTlvSize } = header;
  if (headerSize < imageHeaderSize) {
    throw malformed(`a header of ${headerSize} bytes is too short`);
  }
  const bodyEnd = headerSize + imageSize;
  if (bodyEnd > bytes.length) {
    throw new SlipwayError('mcuboot.truncated', { what: 'body', end: bodyEnd, bytes: bytes.length });
  }
  const protectedTlvs =
    protectedTlvSize === 0
      ? undefined
      : decodeTlvArea(bytes, bodyEnd, protectedTlvInfoMagic, 'protected TLVs');
  if (protectedTlvs && protectedTlvs.size !== protectedTlvSize) {
    throw malformed(
      `the protected TLVs have ${protectedTlvs.size} bytes, the header says ${protectedTlvSize}`,
    );
  }
  const tlvs = decodeTlvArea(bytes, bodyEnd + protectedTlvSize, tlvInfoMagic, 'TLVs');
  checkTypes(protectedTlvs, tlvs);
  return {
    bytes,
    header,
    body: bytes.subarray(headerSize, bodyEnd),
    ...(protectedTlvs && { protectedTlvs }),
    tlvs,
    end: tlvs.offset + tlvs.size,
  };
}

function checkTypes(protectedTlvs: TlvArea | undefined, { tlvs }: TlvArea): void {
  const seen = new Set<number>();
  for (const { type } of tlvs) {
    if (!allowedUnprotected.has(type)) throw malformed(`${tlvName(type)} must be a protected TLV`);
    if (seen.has(type)) throw malformed(`${tlvName(type)} is there twice`);
    seen.add(type);
  }
  const seenProtected = new Set<number>();
  for (const { type } of protectedTlvs?.tlvs ?? []) {
    if (allowedUnprotected.has(type)) throw malformed(`${tlvName(type)} can’t be a protected TLV`);
    // An image may depend on several others.
    if (seenProtected.has(type) && type !== tlvTypes.dependency) {
      throw malformed(`${tlvName(type)} is there twice`);
    }
    seenProtected.add(type);
  }
}

function malformed(reason: string): SlipwayError {
  return new SlipwayError('mcuboot.malformed', { reason });
}

/** The first record of that type. */
export function findTlv(area: TlvArea | undefined, type: number): PlacedTlv | undefined {
  return area?.tlvs.find((tlv) => tlv.type === type);
}

/** Whether the body is encrypted, by the header. */
export function isEncrypted({ flags }: ImageHeader): boolean {
  return (flags & (imageFlags.encryptedAes128 | imageFlags.encryptedAes256)) !== 0;
}

/** Whether the body is compressed, by the header. */
export function isCompressed({ flags }: ImageHeader): boolean {
  return (flags & (imageFlags.compressedLzma1 | imageFlags.compressedLzma2)) !== 0;
}

/** Header, body and protected TLVs: what the hash covers, with `body` in plain text in place of an encrypted one. */
export function hashedRegion(image: ParsedImage, body = image.body): Uint8Array {
  const { bytes, header, tlvs } = image;
  if (body === image.body) return bytes.subarray(0, tlvs.offset);
  const region = bytes.slice(0, tlvs.offset);
  region.set(body, header.headerSize);
  return region;
}
