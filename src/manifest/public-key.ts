import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { SlipwayError } from '../base/errors';
import type { KeyType } from '../base/key-signer';
import { keyTypeOf as imageKeyTypeOf } from '../image/mcuboot/public-key';
import type { SignatureAlgorithm, TrustAnchor } from './types';

/** Curves by OpenSSL's names. */
const curves: ReadonlyMap<string | undefined, KeyType> = new Map([
  ['prime256v1', 'P-256'],
  ['secp384r1', 'P-384'],
]);

/** What COSE calls the signatures of a type of key; RSA has no place in manifests. */
export const coseAlgorithms: Readonly<Partial<Record<KeyType, SignatureAlgorithm>>> = {
  'P-256': 'ESP256',
  'P-384': 'ESP384',
  Ed25519: 'Ed25519',
};

/** The exponent that bootloaders take for granted. */
const rsaExponent = 65537n;

/** The type of `key`; undefined for a type, curve or size that isn't supported. */
export function keyTypeOf(key: KeyObject): KeyType | undefined {
  const exponent = key.asymmetricKeyDetails?.publicExponent ?? rsaExponent;
  return exponent === rsaExponent ? imageKeyTypeOf(key) : undefined;
}

/** What signs manifests with `key`; undefined for a type, curve or size that COSE has no use for here. */
export function algorithmOf(key: KeyObject): SignatureAlgorithm | undefined {
  const type = keyTypeOf(key);
  return type && coseAlgorithms[type];
}

/** Names type and curve or size for people, e.g. `EC P-256`, `EC secp521r1`, `RSA 2048`, `Ed25519`. */
export function keyKind(key: KeyObject): string {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === 'ed25519') return 'Ed25519';
  if (key.asymmetricKeyType === 'ec') {
    return `EC ${curves.get(details?.namedCurve) ?? details?.namedCurve ?? ''}`.trim();
  }
  if (key.asymmetricKeyType === 'rsa') {
    const exponent = details?.publicExponent ?? rsaExponent;
    const odd = exponent === rsaExponent ? '' : ` with exponent ${exponent}`;
    return `RSA ${details?.modulusLength ?? ''}${odd}`;
  }
  return `${key.asymmetricKeyType ?? key.type} ${details?.modulusLength ?? ''}`.trim();
}

/** SHA-256 of the SPKI DER, lower-case hex. */
export function keyIdOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** Errors: `key.unsupported`, with `key` naming it to people. */
export function describePublicKey(publicKey: KeyObject, key: string): TrustAnchor {
  const algorithm = algorithmOf(publicKey);
  if (!algorithm) throw new SlipwayError('key.unsupported', { key, kind: keyKind(publicKey) });
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { keyId: keyIdOf(publicKey), algorithm, publicKeyPem };
}

/**
 * A trust anchor from an SPKI PEM (`BEGIN PUBLIC KEY`); `key` (a name or file) is for messages only.
 * Errors: `key.unreadable`, `key.unsupported`.
 */
export function trustAnchorFromPem(pem: string, key: string): TrustAnchor {
  return describePublicKey(publicKeyFromPem(pem, key), key);
}

/** Errors: `key.unreadable`. A private key isn't taken for a public one. */
export function publicKeyFromPem(pem: string, key: string): KeyObject {
  if (!pem.includes('-----BEGIN PUBLIC KEY-----')) {
    throw new SlipwayError('key.unreadable', { key, reason: 'not a PEM public key' });
  }
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw new SlipwayError('key.unreadable', { key, reason: 'damaged PEM public key' }, { cause });
  }
}
