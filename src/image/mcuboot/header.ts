import { SlipwayError } from '../../base/errors';
import { imageHeaderSize, imageMagic } from './constants';
import { decodeImageVersion, encodeImageVersion, type ImageVersion } from './version';

/** `struct image_header`, without the magic and the padding (`_pad1`, zero). */
export interface ImageHeader {
  /** Where a RAM-loaded image goes, or the slot that a ROM-fixed one is linked for. */
  readonly loadAddress: number;
  /** Of the room before the body, in bytes. */
  readonly headerSize: number;
  /** Of the protected TLVs with their info record; 0 without any. */
  readonly protectedTlvSize: number;
  /** Of the body alone. */
  readonly imageSize: number;
  readonly flags: number;
  readonly version: ImageVersion;
}

/** The 32 bytes of the header. */
export function encodeHeader(header: ImageHeader): Uint8Array {
  const bytes = new Uint8Array(imageHeaderSize);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, imageMagic, true);
  view.setUint32(4, header.loadAddress, true);
  view.setUint16(8, header.headerSize, true);
  view.setUint16(10, header.protectedTlvSize, true);
  view.setUint32(12, header.imageSize, true);
  view.setUint32(16, header.flags, true);
  bytes.set(encodeImageVersion(header.version), 20);
  return bytes;
}

/** Errors: `mcuboot.malformed` without the magic, `mcuboot.truncated`. */
export function decodeHeader(bytes: Uint8Array): ImageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint32(0, true) !== imageMagic) {
    throw new SlipwayError('mcuboot.malformed', { reason: 'the magic number is missing' });
  }
  if (bytes.length < imageHeaderSize) {
    throw new SlipwayError('mcuboot.truncated', {
      what: 'header',
      end: imageHeaderSize,
      bytes: bytes.length,
    });
  }
  return {
    loadAddress: view.getUint32(4, true),
    headerSize: view.getUint16(8, true),
    protectedTlvSize: view.getUint16(10, true),
    imageSize: view.getUint32(12, true),
    flags: view.getUint32(16, true),
    version: decodeImageVersion(bytes.subarray(20, 28)),
  };
}
