import { SlipwayError } from '../../base/errors';

/** How the end of the slot is written: not at all, with the magic (a test swap), or confirmed as well. */
export type Padding = 'none' | 'padded' | 'confirmed';

/** A slot of flash, as far as the trailer depends on it (docs/design.md “Image trailer”). */
export interface Slot {
  /** Bytes of the slot; 0 when it isn't known, and then nothing checks whether the image fits. */
  readonly slotSize: number;
  /** Smallest write in bytes: 1, 2, 4, 8, 16 or 32. */
  readonly alignment: number;
  /** The largest of both slots; 8, 16 or 32. */
  readonly maxAlignment: number;
  /** Sectors that a swap keeps the status of. */
  readonly maxSectors: number;
  /** The bootloader copies instead of swapping. */
  readonly overwriteOnly: boolean;
  readonly erasedValue: number;
}

/** `BOOT_MAGIC_ALIGN_8`; other alignments are written in the first two bytes of the other one. */
const magic8 = Uint8Array.from(Buffer.from('77c295f360d2ef7f3552500f2cb67980', 'hex'));
const magicAligned = Uint8Array.from(Buffer.from('00002de15d29410b8d77679c110f1f8a', 'hex'));
const magicSize = 16;

/** The 16 bytes at the very end of a slot that holds an image to be swapped in. */
export function trailerMagic(maxAlignment: number): Uint8Array {
  if (maxAlignment === 8) return magic8;
  const magic = magicAligned.slice();
  new DataView(magic.buffer).setUint16(0, maxAlignment, true);
  return magic;
}

/**
 * Bytes that the bootloader needs at the end of the slot. `encryptedKeySize` is what it keeps of each of the two
 * images’ keys during a swap: 16, or its TLV’s length with BOOT_SWAP_SAVE_ENCTLV; 0 without encryption.
 */
export function trailerSize(slot: Slot, encryptedKeySize = 0): number {
  const magic = alignUp(magicSize, slot.maxAlignment);
  if (slot.overwriteOnly) return slot.maxAlignment * 2 + magic;
  const status = slot.maxSectors * 3 * slot.alignment;
  const keys = alignUp(encryptedKeySize, slot.maxAlignment) * 2;
  // swap_size, swap_info, copy_done and image_ok.
  return status + keys + slot.maxAlignment * 4 + magic;
}

/** Errors: `mcuboot.slot-overflow` for an image that leaves too little room for the trailer. */
export function checkFits(slot: Slot, imageSize: number, encryptedKeySize = 0): void {
  if (slot.slotSize === 0) return;
  const trailer = trailerSize(slot, encryptedKeySize);
  const over = imageSize + trailer - slot.slotSize;
  if (over > 0) {
    throw new SlipwayError('mcuboot.slot-overflow', { bytes: imageSize, trailer, slot: slot.slotSize, over });
  }
}

/** Fills the slot up behind an image that fits, with the trailer at the end. */
export function padToSlot(image: Uint8Array, slot: Slot, padding: Exclude<Padding, 'none'>): Uint8Array {
  const padded = new Uint8Array(slot.slotSize).fill(slot.erasedValue);
  padded.set(image);
  padded.set(trailerMagic(slot.maxAlignment), slot.slotSize - magicSize);
  // A bootloader that overwrites reads no image_ok.
  if (padding === 'confirmed' && !slot.overwriteOnly) {
    padded[imageOkOffset(slot.slotSize, slot.maxAlignment)] = 1;
  }
  return padded;
}

/** The flags of a trailer; each of them is 1 once it is set, and erased before. */
export interface Trailer {
  /** Of the magic, from the start of the image. */
  readonly offset: number;
  readonly maxAlignment: number;
  readonly imageOk: number;
  readonly copyDone: number;
  readonly swapInfo: number;
}

/** Reads the trailer at the end of `bytes`; undefined without its magic. */
export function decodeTrailer(bytes: Uint8Array, imageEnd: number): Trailer | undefined {
  const offset = bytes.length - magicSize;
  if (offset < imageEnd) return undefined;
  const magic = bytes.subarray(offset);
  const maxAlignment = [8, 16, 32].find((each) => Buffer.compare(trailerMagic(each), magic) === 0);
  if (maxAlignment === undefined) return undefined;
  const imageOk = imageOkOffset(bytes.length, maxAlignment);
  if (imageOk - 2 * maxAlignment < imageEnd) return undefined;
  return {
    offset,
    maxAlignment,
    imageOk: bytes[imageOk]!,
    copyDone: bytes[imageOk - maxAlignment]!,
    swapInfo: bytes[imageOk - 2 * maxAlignment]!,
  };
}

export function imageOkOffset(slotSize: number, maxAlignment: number): number {
  return slotSize - alignUp(magicSize, maxAlignment) - maxAlignment;
}

function alignUp(size: number, alignment: number): number {
  return Math.ceil(size / alignment) * alignment;
}
