import { imageFlags, tlvTypes } from './constants';

const tlvNames: ReadonlyMap<number, string> = new Map([
  [tlvTypes.keyHash, 'KEYHASH'],
  [tlvTypes.publicKey, 'PUBKEY'],
  [tlvTypes.sha256, 'SHA256'],
  [tlvTypes.sha384, 'SHA384'],
  [tlvTypes.sha512, 'SHA512'],
  [tlvTypes.rsa2048, 'RSA2048_PSS'],
  [tlvTypes.ecdsa, 'ECDSA_SIG'],
  [tlvTypes.rsa3072, 'RSA3072_PSS'],
  [tlvTypes.ed25519, 'ED25519'],
  [tlvTypes.pureSignature, 'SIG_PURE'],
  [tlvTypes.encryptedRsa2048, 'ENC_RSA2048'],
  [tlvTypes.encryptedKeyWrap, 'ENC_KW'],
  [tlvTypes.encryptedEcP256, 'ENC_EC256'],
  [tlvTypes.encryptedX25519, 'ENC_X25519'],
  [tlvTypes.encryptedX25519Sha512, 'ENC_X25519_SHA512'],
  [tlvTypes.dependency, 'DEPENDENCY'],
  [tlvTypes.securityCounter, 'SEC_CNT'],
  [tlvTypes.bootRecord, 'BOOT_RECORD'],
  [tlvTypes.decompressedSize, 'DECOMP_SIZE'],
  [tlvTypes.decompressedHash, 'DECOMP_SHA'],
  [tlvTypes.decompressedSignature, 'DECOMP_SIGNATURE'],
  [tlvTypes.compressedSize, 'COMP_DEC_SIZE'],
  [tlvTypes.vendorId, 'UUID_VID'],
  [tlvTypes.classId, 'UUID_CID'],
]);

/** MCUboot's name of a TLV type without its prefix, e.g. `KEYHASH`, or the number of an unknown one: `0x00a0`. */
export function tlvName(type: number): string {
  return tlvNames.get(type) ?? `0x${type.toString(16).padStart(4, '0')}`;
}

const flagNames: readonly (readonly [number, string])[] = [
  [imageFlags.pic, 'PIC'],
  [imageFlags.encryptedAes128, 'ENCRYPTED_AES128'],
  [imageFlags.encryptedAes256, 'ENCRYPTED_AES256'],
  [imageFlags.nonBootable, 'NON_BOOTABLE'],
  [imageFlags.ramLoad, 'RAM_LOAD'],
  [imageFlags.romFixed, 'ROM_FIXED'],
  [imageFlags.compressedLzma1, 'COMPRESSED_LZMA1'],
  [imageFlags.compressedLzma2, 'COMPRESSED_LZMA2'],
  [imageFlags.compressedArmThumb, 'COMPRESSED_ARM_THUMB_FLT'],
];

/** Names of the set bits, e.g. `RAM_LOAD | ENCRYPTED_AES128`; unknown ones in hex; `none`. */
export function flagsText(flags: number): string {
  const names = flagNames.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  const known = flagNames.reduce((sum, [bit]) => sum | bit, 0);
  const unknown = (flags & ~known) >>> 0;
  if (unknown !== 0) names.push(`0x${unknown.toString(16)}`);
  return names.length === 0 ? 'none' : names.join(' | ');
}
