/** The format of MCUboot's images: docs/design.md “Image format” and boot/bootutil/include/bootutil/image.h, 2.2. */

/** `IMAGE_MAGIC`, little endian like everything here. */
export const imageMagic = 0x96f3b83d;
/** `IMAGE_HEADER_SIZE`; the room before the body (`ih_hdr_size`) is usually larger, for a vector table's alignment. */
export const imageHeaderSize = 32;

/** `IMAGE_TLV_INFO_MAGIC` and `IMAGE_TLV_PROT_INFO_MAGIC`. */
export const tlvInfoMagic = 0x6907;
export const protectedTlvInfoMagic = 0x6908;

/** `IMAGE_F_…`, bits of `ih_flags`. */
export const imageFlags = {
  pic: 0x1,
  encryptedAes128: 0x4,
  encryptedAes256: 0x8,
  nonBootable: 0x10,
  ramLoad: 0x20,
  romFixed: 0x100,
  compressedLzma1: 0x200,
  compressedLzma2: 0x400,
  compressedArmThumb: 0x800,
} as const;

/** `IMAGE_TLV_…`. */
export const tlvTypes = {
  keyHash: 0x01,
  publicKey: 0x02,
  sha256: 0x10,
  sha384: 0x11,
  sha512: 0x12,
  rsa2048: 0x20,
  ecdsa: 0x22,
  rsa3072: 0x23,
  ed25519: 0x24,
  pureSignature: 0x25,
  encryptedRsa2048: 0x30,
  encryptedKeyWrap: 0x31,
  encryptedEcP256: 0x32,
  encryptedX25519: 0x33,
  encryptedX25519Sha512: 0x34,
  dependency: 0x40,
  securityCounter: 0x50,
  bootRecord: 0x60,
  decompressedSize: 0x70,
  decompressedHash: 0x71,
  decompressedSignature: 0x72,
  compressedSize: 0x73,
  vendorId: 0x74,
  classId: 0x75,
} as const;

/** Custom types: `IMAGE_TLV_…` from 0xa0 on are the vendor's. */
export const customTlvRange = { from: 0xa0, to: 0xfffe } as const;
