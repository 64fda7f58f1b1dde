import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { signatureKinds } from './cose';
import { describePublicKey } from './public-key';
import type { Signer } from './types';

/**
 * Signs with a private key in memory; `key` names it in messages. Errors: `key.unsupported` for anything but
 * P-256, P-384 and Ed25519.
 */
export function createSigner(privateKey: KeyObject, key: string): Signer {
  const anchor = describePublicKey(createPublicKey(privateKey), key);
  return {
    ...anchor,
    sign: (toBeSigned) =>
      new Promise((resolve, reject) => {
        // RFC 9053 §2.1: ECDSA signatures are r‖s; §2.2: EdDSA takes the message unhashed.
        sign(
          signatureKinds[anchor.algorithm].hash,
          toBeSigned,
          { key: privateKey, dsaEncoding: 'ieee-p1363' },
          (error, signature) => (error ? reject(error) : resolve(Uint8Array.from(signature))),
        );
      }),
  };
}
