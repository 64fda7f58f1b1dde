import {
  constants,
  createCipheriv,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { SlipwayError } from '../../base/errors';
import type { KeyType } from '../../base/key-signer';
import { imageFlags, tlvTypes } from './constants';
import type { ImageHeader } from './header';
import type { Tlv } from './tlv';

/** Encrypted images: docs/encrypted_images.md. The body's key is random and wrapped for the bootloader's key. */
export interface Encryption {
  /** The bootloader's: X25519, P-256 or RSA-2048. */
  readonly publicKey: KeyObject;
  readonly keyBits: 128 | 256;
  /** Of HKDF and HMAC; 512 for X25519 only. */
  readonly hmacBits: 256 | 512;
  /** The body stays in plain text, and is encrypted when a swap moves it out: for a first image in the primary slot. */
  readonly leavesPlain: boolean;
  /** BOOT_SWAP_SAVE_ENCTLV: the trailer has room for the whole TLV instead of the key. */
  readonly savesTlv: boolean;
}

type WrappingKey = 'P-256' | 'X25519' | 'RSA-2048';

const eciesInfo = Buffer.from('MCUBoot_ECIES_v1');

/** How public keys are written in SubjectPublicKeyInfo: this, then the bare key (RFC 5480 §2, RFC 8410 §4). */
const agreements = {
  'P-256': {
    prefix: Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex'),
    keyBytes: 65,
    generate: () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
  },
  X25519: {
    prefix: Buffer.from('302a300506032b656e032100', 'hex'),
    keyBytes: 32,
    generate: () => generateKeyPairSync('x25519'),
  },
} as const;

/**
 * Errors: `mcuboot.encryption-key` for a key that images can't be encrypted for, or that doesn't go with the one that
 * signs: except for Ed25519 both are of one kind.
 */
export function checkEncryption({ publicKey, hmacBits }: Encryption, signing: KeyType): void {
  const kind = wrappingKeyOf(publicKey);
  const fits: Readonly<Record<KeyType, readonly WrappingKey[]>> = {
    Ed25519: ['X25519', 'P-256', 'RSA-2048'],
    'P-256': ['P-256'],
    'P-384': [],
    'RSA-2048': ['RSA-2048'],
    'RSA-3072': ['RSA-2048'],
  };
  if (!fits[signing].includes(kind)) {
    throw new SlipwayError('mcuboot.encryption-key', {
      kind,
      reason: `it does not go with a ${signing} signature`,
    });
  }
  if (hmacBits === 512 && kind !== 'X25519') {
    throw new SlipwayError('mcuboot.encryption-key', { kind, reason: 'HMAC-SHA512 needs an X25519 key' });
  }
}

function wrappingKeyOf(key: KeyObject): WrappingKey {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'x25519') return 'X25519';
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return 'P-256';
  if (key.asymmetricKeyType === 'rsa' && modulusLength === 2048) return 'RSA-2048';
  const kind = [key.asymmetricKeyType, namedCurve, modulusLength]
    .filter((part) => part !== undefined)
    .join(' ');
  throw new SlipwayError('mcuboot.encryption-key', {
    kind,
    reason: 'X25519, P-256 or RSA-2048 are possible',
  });
}

/** A fresh key for a body. */
export function newContentKey(keyBits: 128 | 256): Uint8Array {
  return Uint8Array.from(randomBytes(keyBits / 8));
}

/** Bits of the body's key by the header's flags; undefined for a body that isn't encrypted. */
export function contentKeyBits({ flags }: ImageHeader): 128 | 256 | undefined {
  if ((flags & imageFlags.encryptedAes256) !== 0) return 256;
  return (flags & imageFlags.encryptedAes128) !== 0 ? 128 : undefined;
}

/** Encrypts or decrypts a body: AES-CTR from a zero counter, which is safe with a key that is used once. */
export function cryptBody(body: Uint8Array, contentKey: Uint8Array): Uint8Array {
  const cipher = createCipheriv(`aes-${contentKey.length * 8}-ctr`, contentKey, Buffer.alloc(16));
  return Uint8Array.from(Buffer.concat([cipher.update(body), cipher.final()]));
}

/** The TLV with the body's key in it, for the bootloader alone. Errors: `mcuboot.encryption-key`. */
export function wrapContentKey({ publicKey, hmacBits }: Encryption, contentKey: Uint8Array): Tlv {
  const kind = wrappingKeyOf(publicKey);
  if (kind === 'RSA-2048') {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const value = publicEncrypt({ key: publicKey, padding, oaepHash: 'sha256' }, contentKey);
    return { type: tlvTypes.encryptedRsa2048, value: Uint8Array.from(value) };
  }
  const { keyBytes, generate } = agreements[kind];
  const ephemeral = generate();
  const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey });
  const { encryptionKey, macKey } = deriveKeys(shared, contentKey.length, hmacBits);
  const wrapped = cryptBody(contentKey, encryptionKey);
  const mac = createHmac(`sha${hmacBits}`, macKey).update(wrapped).digest();
  const point = ephemeral.publicKey.export({ type: 'spki', format: 'der' }).subarray(-keyBytes);
  const x25519 = hmacBits === 512 ? tlvTypes.encryptedX25519Sha512 : tlvTypes.encryptedX25519;
  return {
    type: kind === 'P-256' ? tlvTypes.encryptedEcP256 : x25519,
    value: Uint8Array.from(Buffer.concat([point, mac, wrapped])),
  };
}

/** The body's key out of its TLV. Errors: `mcuboot.decryption` when it isn't for that key, or was changed. */
export function unwrapContentKey(tlv: Tlv, privateKey: KeyObject, keyBits: 128 | 256): Uint8Array {
  const contentKey = tryUnwrap(tlv, privateKey, keyBits / 8);
  if (contentKey?.length !== keyBits / 8) throw new SlipwayError('mcuboot.decryption', {});
  return contentKey;
}

function tryUnwrap({ type, value }: Tlv, privateKey: KeyObject, keySize: number): Uint8Array | undefined {
  const kind = wrappingKeyOf(privateKey);
  try {
    if (kind === 'RSA-2048') {
      if (type !== tlvTypes.encryptedRsa2048) return undefined;
      const padding = constants.RSA_PKCS1_OAEP_PADDING;
      return Uint8Array.from(privateDecrypt({ key: privateKey, padding, oaepHash: 'sha256' }, value));
    }
    const hmacBits = type === tlvTypes.encryptedX25519Sha512 ? 512 : 256;
    if ((type === tlvTypes.encryptedEcP256) !== (kind === 'P-256')) return undefined;
    const { prefix, keyBytes } = agreements[kind];
    if (value.length !== keyBytes + hmacBits / 8 + keySize) return undefined;
    const spki = Buffer.concat([prefix, value.subarray(0, keyBytes)]);
    const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const shared = diffieHellman({ privateKey, publicKey });
    const { encryptionKey, macKey } = deriveKeys(shared, keySize, hmacBits);
    const wrapped = value.subarray(keyBytes + hmacBits / 8);
    const mac = createHmac(`sha${hmacBits}`, macKey).update(wrapped).digest();
    if (!timingSafeEqual(mac, value.subarray(keyBytes, keyBytes + hmacBits / 8))) return undefined;
    return cryptBody(wrapped, encryptionKey);
  } catch {
    return undefined; // a point that isn't on the curve, a padding that isn't one
  }
}

function deriveKeys(
  shared: Uint8Array,
  keySize: number,
  hmacBits: 256 | 512,
): { readonly encryptionKey: Uint8Array; readonly macKey: Uint8Array } {
  // RFC 5869: no salt is a salt of zeros.
  const derived = hkdfSync(`sha${hmacBits}`, shared, Buffer.alloc(0), eciesInfo, keySize + hmacBits / 8);
  return { encryptionKey: new Uint8Array(derived, 0, keySize), macKey: new Uint8Array(derived, keySize) };
}
