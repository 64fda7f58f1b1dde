import { SlipwayError } from '../../base/errors';

/** One record: `struct image_tlv` and its value. */
export interface Tlv {
  readonly type: number;
  readonly value: Uint8Array;
}

/** A record where it was found. */
export interface PlacedTlv extends Tlv {
  /** Of the record, header included, from the start of the image. */
  readonly offset: number;
}

/** Records behind a `struct image_tlv_info`. */
export interface TlvArea {
  readonly offset: number;
  /** With the info record. */
  readonly size: number;
  readonly tlvs: readonly PlacedTlv[];
}

/** `struct image_tlv_info` and `struct image_tlv` have four bytes each. */
export const tlvInfoSize = 4;
export const tlvHeaderSize = 4;

/** An area with its info record; nothing without any record. Errors: `mcuboot.option` for what a u16 can't count. */
export function encodeTlvArea(magic: number, tlvs: readonly Tlv[]): Uint8Array {
  if (tlvs.length === 0) return new Uint8Array();
  const size = tlvAreaSize(tlvs);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, magic, true);
  view.setUint16(2, size, true);
  let at = tlvInfoSize;
  for (const { type, value } of tlvs) {
    view.setUint16(at, type, true);
    view.setUint16(at + 2, value.length, true);
    bytes.set(value, at + tlvHeaderSize);
    at += tlvHeaderSize + value.length;
  }
  return bytes;
}

/** What `it_tlv_tot` says of an area; 0 without any record. Errors: `mcuboot.option` over 65535 bytes. */
export function tlvAreaSize(tlvs: readonly Tlv[]): number {
  if (tlvs.length === 0) return 0;
  const size = tlvs.reduce((sum, { value }) => sum + tlvHeaderSize + value.length, tlvInfoSize);
  if (size > 0xffff) {
    throw new SlipwayError('mcuboot.option', { option: 'TLVs', reason: `${size} bytes are more than 65535` });
  }
  return size;
}

/**
 * Reads the area with that magic at `offset`; `name` is for errors: `mcuboot.truncated`, `mcuboot.malformed` for another
 * magic, a record that overruns the area, or the same type twice where it may stand only once.
 */
export function decodeTlvArea(image: Uint8Array, offset: number, magic: number, name: string): TlvArea {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  requireBytes(image, offset + tlvInfoSize, name);
  if (view.getUint16(offset, true) !== magic) {
    throw new SlipwayError('mcuboot.malformed', {
      reason: `the ${name} don’t begin with their magic number`,
    });
  }
  const size = view.getUint16(offset + 2, true);
  if (size < tlvInfoSize) {
    throw new SlipwayError('mcuboot.malformed', { reason: `the ${name} have no length` });
  }
  const end = offset + size;
  requireBytes(image, end, name);
  const tlvs: PlacedTlv[] = [];
  let at = offset + tlvInfoSize;
  while (at < end) {
    const valueAt = at + tlvHeaderSize;
    const next = valueAt <= end ? valueAt + view.getUint16(at + 2, true) : Infinity;
    if (next > end) throw new SlipwayError('mcuboot.malformed', { reason: `a TLV overruns the ${name}` });
    tlvs.push({ type: view.getUint16(at, true), value: image.subarray(valueAt, next), offset: at });
    at = next;
  }
  return { offset, size, tlvs };
}

function requireBytes(image: Uint8Array, end: number, what: string): void {
  if (end > image.length) throw new SlipwayError('mcuboot.truncated', { what, end, bytes: image.length });
}
