import { constants, type KeyObject, verify } from 'node:crypto';
import type { KeySigner, KeyType } from '../../base/key-signer';
import { tlvTypes } from './constants';
import { ecdsaFromDer, ecdsaToDer } from './ecdsa-der';
import type { Tlv } from './tlv';

/** The TLV that a key's signature stands in. */
export const signatureTlvTypes: Readonly<Record<KeyType, number>> = {
  Ed25519: tlvTypes.ed25519,
  'P-256': tlvTypes.ecdsa,
  'P-384': tlvTypes.ecdsa,
  'RSA-2048': tlvTypes.rsa2048,
  'RSA-3072': tlvTypes.rsa3072,
};

const curveBytes = { 'P-256': 32, 'P-384': 48 } as const;

/** What is signed: the hashed region and its digest. */
export interface ToBeSigned {
  readonly region: Uint8Array;
  readonly digest: Uint8Array;
  /** SIG_PURE: the region itself instead of its digest; for Ed25519 only. */
  readonly isPure: boolean;
}

/** Signs; the other key types sign a digest of the region, of which theirs makes the hash TLV. */
export async function signImageRegion(
  signer: KeySigner,
  { region, digest, isPure }: ToBeSigned,
): Promise<Tlv> {
  const message = signer.keyType === 'Ed25519' && !isPure ? digest : region;
  const signature = await signer.sign(message);
  const isEc = signer.keyType === 'P-256' || signer.keyType === 'P-384';
  return { type: signatureTlvTypes[signer.keyType], value: isEc ? ecdsaToDer(signature) : signature };
}

/** Whether the value of a signature's TLV is one of that key over the region. */
export function isSignatureOf(
  key: KeyObject,
  keyType: KeyType,
  signature: Uint8Array,
  { region, digest, isPure }: ToBeSigned,
): boolean {
  switch (keyType) {
    case 'Ed25519':
      return verify(null, isPure ? region : digest, key, signature);
    case 'P-256':
    case 'P-384': {
      const raw = ecdsaFromDer(signature, curveBytes[keyType]);
      const hash = keyType === 'P-256' ? 'sha256' : 'sha384';
      return raw !== undefined && verify(hash, region, { key, dsaEncoding: 'ieee-p1363' }, raw);
    }
    case 'RSA-2048':
    case 'RSA-3072': {
      // RSASSA-PSS with MGF1 of the same hash and a salt as long as it (RFC 8017 §8.1).
      const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
      return verify('sha256', region, pss, signature);
    }
  }
}
