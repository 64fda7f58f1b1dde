import { SlipwayError } from '../../base/errors';
import type { KeyType } from '../../base/key-signer';
import { customTlvRange, imageHeaderSize } from './constants';
import { checkEncryption, type Encryption } from './encryption';
import { type HashBits, hashesOfKey } from './hash';
import type { Tlv } from './tlv';
import type { Padding, Slot } from './trailer';
import type { ImageVersion } from './version';

/** Another image that must be there in at least that version. */
export interface Dependency {
  /** Index of the image, 0 to 255. */
  readonly image: number;
  readonly version: ImageVersion;
}

export type Compression = 'none' | 'lzma2' | 'lzma2-arm-thumb';

/** How an image is made. `defaultMcubootOptions` has what most are made with. */
export interface McubootOptions extends Slot {
  readonly version: ImageVersion;
  /** Bytes before the body, for the header and the vector table's alignment. */
  readonly headerSize: number;
  /** The firmware begins with its code, and the room for the header is put before it; else it begins with that room. */
  readonly padHeader: boolean;
  readonly padding: Padding;
  readonly nonBootable: boolean;
  /** Where a RAM-loading bootloader copies it. */
  readonly loadAddress?: number;
  /** The slot's address that it is linked for (direct-xip). */
  readonly romFixed?: number;
  /** Against downgrades; a board takes no lower one than it had. */
  readonly securityCounter?: number;
  readonly dependencies: readonly Dependency[];
  /** Role of the software component in attestation, e.g. `NSPE`. */
  readonly bootRecord?: string;
  /** UUIDs of vendor and class, 16 bytes each. */
  readonly vendorId?: Uint8Array;
  readonly classId?: Uint8Array;
  /** Protected TLVs of types 0xa0 to 0xfffe. */
  readonly customTlvs: readonly Tlv[];
  /** The key's hash is in the image, or the key itself. */
  readonly publicKeyFormat: 'hash' | 'full';
  /** Absent: what the type of key usually goes with. */
  readonly hashBits?: HashBits;
  /** SIG_PURE: Ed25519 signs the image instead of its digest. */
  readonly isPure: boolean;
  readonly compression: Compression;
  readonly encryption?: Encryption;
  /** For trying things out on boards whose bootloader still trusts a published key. */
  readonly allowsSampleKey: boolean;
}

/** What MCUboot and Zephyr build with unless told otherwise. */
export const defaultMcubootOptions: Omit<McubootOptions, 'version'> = {
  headerSize: 0x200,
  padHeader: true,
  padding: 'none',
  slotSize: 0,
  alignment: 4,
  maxAlignment: 8,
  maxSectors: 128,
  overwriteOnly: false,
  erasedValue: 0xff,
  nonBootable: false,
  dependencies: [],
  customTlvs: [],
  publicKeyFormat: 'hash',
  isPure: false,
  compression: 'none',
  allowsSampleKey: false,
};

/** Errors: `mcuboot.option` for what can't be meant or written, `mcuboot.encryption-key`. */
export function checkOptions(options: McubootOptions, keyType: KeyType): void {
  const { headerSize, alignment, maxAlignment, maxSectors, erasedValue, slotSize } = options;
  whole('header size', headerSize, imageHeaderSize, 0xffff);
  whole('slot size', slotSize, 0, 0xffff_ffff);
  whole('number of sectors', maxSectors, 1, 0xffff);
  oneOf('alignment', alignment, [1, 2, 4, 8, 16, 32]);
  oneOf('largest alignment', maxAlignment, [8, 16, 32]);
  oneOf('erased value', erasedValue, [0, 0xff]);
  if (maxAlignment < alignment) fail('largest alignment', `${maxAlignment} is less than the alignment`);
  if (options.padding !== 'none' && slotSize === 0) fail('padding', 'it needs the size of the slot');
  if (options.loadAddress !== undefined) whole('load address', options.loadAddress, 1, 0xffff_ffff);
  if (options.romFixed !== undefined) whole('ROM address', options.romFixed, 1, 0xffff_ffff);
  if (options.loadAddress !== undefined && options.romFixed !== undefined) {
    fail('load address', 'an image is loaded to RAM or fixed in ROM, not both');
  }
  if (options.securityCounter !== undefined) {
    whole('security counter', options.securityCounter, 0, 0xffff_ffff);
  }
  for (const { image } of options.dependencies) whole('image of a dependency', image, 0, 0xff);
  for (const id of [options.vendorId, options.classId]) {
    if (id && id.length !== 16) fail('UUID', `${id.length} bytes instead of 16`);
  }
  const types = options.customTlvs.map(({ type }) => type);
  for (const type of types) whole('type of a custom TLV', type, customTlvRange.from, customTlvRange.to);
  if (new Set(types).size < types.length) fail('custom TLVs', 'one type is there twice');
  if (options.isPure && keyType !== 'Ed25519') fail('pure signature', `a ${keyType} key can’t make one`);
  const { hashBits } = options;
  if (options.isPure && hashBits !== undefined && hashBits !== 512) {
    fail('hash', 'a pure signature goes with 512');
  }
  if (hashBits !== undefined && !hashesOfKey[keyType].includes(hashBits)) {
    fail('hash', `SHA-${hashBits} does not go with a ${keyType} key`);
  }
  if (options.encryption) checkEncryption(options.encryption, keyType);
}

/** The hash of an image, by its key unless told. */
export function hashBitsOf({ hashBits, isPure }: McubootOptions, keyType: KeyType): HashBits {
  return isPure ? 512 : (hashBits ?? hashesOfKey[keyType][0]!);
}

function whole(option: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    fail(option, `${value} is not a whole number from ${min} to ${max}`);
  }
}

function oneOf(option: string, value: number, allowed: readonly number[]): void {
  if (!allowed.includes(value)) fail(option, `${value} is none of ${allowed.join(', ')}`);
}

function fail(option: string, reason: string): never {
  throw new SlipwayError('mcuboot.option', { option, reason });
}
