import { createHmac, createSecretKey } from 'node:crypto';
import { SlipwayError } from '../base/errors';
import { toHex } from '../base/hex';
import type { SymmetricKey } from './types';

/** Shorter secrets can be guessed (RFC 9053 §3.1 wants the size of the hash, 32). */
const minimumSize = 16;
const maximumSize = 64;

/**
 * Reads a secret from a text: hex, or a JWK of type `oct` (RFC 7518 §6.4) whose `kid` then is the key's id. `name`
 * names it to people. Errors: `key.unreadable`, `key.unsupported` for sizes that aren't 16 to 64 bytes.
 */
export function symmetricKeyFromText(text: string, name: string): SymmetricKey {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) return fromJwk(trimmed, name);
  if (!/^([0-9a-f]{2})+$/i.test(trimmed)) throw unreadable(name, 'neither hex nor a JWK');
  return symmetricKey(Buffer.from(trimmed, 'hex'), name);
}

/**
 * A secret of those bytes. Its id is what the board knows it by; by default eight bytes that only who has the secret
 * can make, so that they give nothing of it away. Errors: `key.unsupported`.
 */
export function symmetricKey(secret: Uint8Array, name: string, kid?: Uint8Array): SymmetricKey {
  if (secret.length < minimumSize || secret.length > maximumSize) {
    throw new SlipwayError('key.unsupported', { key: name, kind: `symmetric, ${secret.length} bytes` });
  }
  const key = createSecretKey(secret);
  const checkValue = createHmac('sha256', key).update('Slipway key id').digest().subarray(0, 8);
  return { keyId: toHex(kid ?? checkValue), secret: key };
}

function fromJwk(text: string, name: string): SymmetricKey {
  let jwk: unknown;
  try {
    jwk = JSON.parse(text);
  } catch {
    // The cause would quote the text, which is a secret.
    throw unreadable(name, 'damaged JWK');
  }
  const { kty, k, kid } = jwk as { readonly kty?: unknown; readonly k?: unknown; readonly kid?: unknown };
  if (kty !== 'oct' || typeof k !== 'string') throw unreadable(name, 'a JWK, but not of type oct');
  return symmetricKey(
    Buffer.from(k, 'base64url'),
    name,
    typeof kid === 'string' ? Buffer.from(kid, 'utf8') : undefined,
  );
}

function unreadable(key: string, reason: string): SlipwayError {
  return new SlipwayError('key.unreadable', { key, reason });
}
