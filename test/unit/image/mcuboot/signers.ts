import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { KeySigner, KeyType } from '../../../../src/base/key-signer';

export const keyTypes: readonly KeyType[] = ['Ed25519', 'P-256', 'P-384', 'RSA-2048', 'RSA-3072'];

export interface TestKey extends KeySigner {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

function generate(keyType: KeyType): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  switch (keyType) {
    case 'Ed25519':
      return generateKeyPairSync('ed25519');
    case 'P-256':
      return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    case 'P-384':
      return generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
    case 'RSA-2048':
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
    case 'RSA-3072':
      return generateKeyPairSync('rsa', { modulusLength: 3072 });
  }
}

/** A signer with a key in memory, fresh unless given. */
export function testSigner(keyType: KeyType, pair = generate(keyType)): TestKey {
  const { privateKey, publicKey } = pair;
  const signature = (message: Uint8Array): Uint8Array => {
    switch (keyType) {
      case 'Ed25519':
        return sign(null, message, privateKey);
      case 'P-256':
        return sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      case 'P-384':
        return sign('sha384', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      default: {
        const padding = constants.RSA_PKCS1_PSS_PADDING;
        return sign('sha256', message, { key: privateKey, padding, saltLength: 32 });
      }
    }
  };
  return {
    keyType,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey,
    publicKey,
    sign: (message) => Promise.resolve(Uint8Array.from(signature(message))),
  };
}

const made = new Map<KeyType, TestKey>();

/** One key of each type for a whole run: RSA keys take long to make. */
export function sharedSigner(keyType: KeyType): TestKey {
  const known = made.get(keyType) ?? testSigner(keyType);
  made.set(keyType, known);
  return known;
}
