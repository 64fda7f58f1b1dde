import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { SlipwayError } from '../base/errors';
import type { SignatureAlgorithm, TrustAnchor } from './types';

/** Curves by OpenSSL's names. */
const curves: ReadonlyMap<
  string | undefined,
  { readonly algorithm: SignatureAlgorithm; readonly name: string }
> = new Map([
  ['prime256v1', { algorithm: 'ESP256', name: 'P-256' }],
  ['secp384r1', { algorithm: 'ESP384', name: 'P-384' }],
]);

/** What signs with `key`; undefined for a type, curve or size that isn't supported. */
export function algorithmOf(key: KeyObject): SignatureAlgorithm | undefined {
  if (key.asymmetricKeyType === 'ed25519') return 'Ed25519';
  if (key.asymmetricKeyType === 'ec') return curves.get(key.asymmetricKeyDetails?.namedCurve)?.algorithm;
  return undefined;
}

/** Names type and curve or size for people, e.g. `EC P-256`, `EC secp521r1`, `RSA 2048`, `Ed25519`. */
export function keyKind(key: KeyObject): string {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === 'ed25519') return 'Ed25519';
  if (key.asymmetricKeyType === 'ec') {
    return `EC ${curves.get(details?.namedCurve)?.name ?? details?.namedCurve ?? ''}`.trim();
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
