import { createPublicKey, type KeyObject } from 'node:crypto';
import type { KeyType } from '../../base/key-signer';
import { type HashBits, sha2 } from './hash';

/**
 * The bytes that stand for a public key in an image: SubjectPublicKeyInfo, but for RSA the bare RSAPublicKey of PKCS#1.
 * Throws what `createPublicKey` throws for what is no key.
 */
export function publicKeyBytes(publicKey: KeyObject | string): Uint8Array {
  const key = typeof publicKey === 'string' ? createPublicKey(publicKey) : publicKey;
  const type = key.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'spki';
  return Uint8Array.from(key.export({ type, format: 'der' }));
}

/** KEYHASH: the hash of those bytes. */
export function keyHashOf(publicKey: KeyObject | string, bits: HashBits): Uint8Array {
  return sha2(bits, publicKeyBytes(publicKey));
}

/** Undefined for a type, curve or size that MCUboot has no signature for. */
export function keyTypeOf(key: KeyObject): KeyType | undefined {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return 'Ed25519';
    case 'ec':
      if (namedCurve === 'prime256v1') return 'P-256';
      return namedCurve === 'secp384r1' ? 'P-384' : undefined;
    case 'rsa':
      if (modulusLength === 2048) return 'RSA-2048';
      return modulusLength === 3072 ? 'RSA-3072' : undefined;
    default:
      return undefined;
  }
}
