import { createHmac, timingSafeEqual } from 'node:crypto';
import { SlipwayError } from '../base/errors';
import { fromHex } from '../base/hex';
import { type CborValue, encodeCanonical } from './canonical-cbor';
import { algorithmText, coseHeader, type CoseMessage, coseTag, encodeCose } from './cose-message';
import type { SymmetricKey } from './types';

/** HMAC 256/256 (RFC 9053 §3.1, table 3). */
export const hmac256Id = 5;

/** MAC_structure of a COSE_Mac0 without external data (RFC 9052 §6.3). */
export function macStructure(protectedHeader: Uint8Array, payload: Uint8Array): Uint8Array {
  return encodeCanonical(['MAC0', protectedHeader, new Uint8Array(), payload]);
}

/** A tagged COSE_Mac0 over `payload`, which is left out; `attached` puts it in, as draft-09 has it. */
export function macCose(payload: Uint8Array, key: SymmetricKey, attached = false): Uint8Array {
  const protectedHeader = encodeCanonical(new Map<CborValue, CborValue>([[coseHeader.alg, hmac256Id]]));
  const unprotected = new Map([[coseHeader.kid, fromHex(key.keyId)]]);
  const tag = hmac(key, protectedHeader, payload);
  return encodeCose(coseTag.mac0, protectedHeader, unprotected, attached ? payload : null, tag);
}

/**
 * Verifies a COSE_Mac0 that was taken apart and whose payload was checked, and returns whose it is. A `kid` must name a
 * key; without one every key is tried.
 * Errors: `suit.unknown-algorithm`, `suit.untrusted-key`, `suit.bad-signature`, `suit.malformed`.
 */
export function verifyMac0(
  message: CoseMessage,
  payload: Uint8Array,
  keys: readonly SymmetricKey[],
): SymmetricKey {
  const { algorithm, keyId, protectedHeader, authenticator } = message;
  if (algorithm !== hmac256Id) {
    throw new SlipwayError('suit.unknown-algorithm', { algorithm: algorithmText(algorithm) });
  }
  const ofKey = keyId === undefined ? {} : { keyId };
  const named = keyId === undefined ? keys : keys.filter((key) => key.keyId === keyId);
  if (named.length === 0) throw new SlipwayError('suit.untrusted-key', ofKey);
  const verified = named.find((key) => {
    const expected = hmac(key, protectedHeader, payload);
    return expected.length === authenticator.length && timingSafeEqual(expected, authenticator);
  });
  if (!verified) throw new SlipwayError('suit.bad-signature', ofKey);
  return verified;
}

function hmac(key: SymmetricKey, protectedHeader: Uint8Array, payload: Uint8Array): Uint8Array {
  const structure = macStructure(protectedHeader, payload);
  return Uint8Array.from(createHmac('sha256', key.secret).update(structure).digest());
}
