import { constants, type KeyObject, sign } from 'node:crypto';
import type { KeyType } from '../base/key-signer';

/** How node:crypto makes and verifies the signatures of `KeySigner` with a type of key. */
export interface SignatureOptions {
  /** Ed25519 takes the message unhashed (RFC 8032 §5.1). */
  readonly hash: 'sha256' | 'sha384' | null;
  readonly dsaEncoding?: 'ieee-p1363';
  readonly padding?: number;
  readonly saltLength?: number;
}

export function signatureOptions(type: KeyType): SignatureOptions {
  switch (type) {
    case 'Ed25519':
      return { hash: null };
    case 'P-256':
      return { hash: 'sha256', dsaEncoding: 'ieee-p1363' };
    case 'P-384':
      return { hash: 'sha384', dsaEncoding: 'ieee-p1363' };
    case 'RSA-2048':
    case 'RSA-3072':
      return { hash: 'sha256', padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  }
}

/** Signs in the form of `KeySigner.sign`. */
export function signWith(privateKey: KeyObject, type: KeyType, message: Uint8Array): Promise<Uint8Array> {
  const { hash, ...options } = signatureOptions(type);
  return new Promise((resolve, reject) => {
    sign(hash, message, { key: privateKey, ...options }, (error, signature) =>
      error ? reject(error) : resolve(Uint8Array.from(signature)),
    );
  });
}
