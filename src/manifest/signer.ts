import { createPublicKey, type KeyObject } from 'node:crypto';
import { SlipwayError } from '../base/errors';
import { signWith } from './key-signing';
import { describePublicKey, keyKind, keyTypeOf } from './public-key';
import type { Signer } from './types';

/**
 * Signs manifests with a private key in memory; `key` names it in messages. Errors: `key.unsupported` for anything but
 * P-256, P-384 and Ed25519.
 */
export function createSigner(privateKey: KeyObject, key: string): Signer {
  const anchor = describePublicKey(createPublicKey(privateKey), key);
  const type = keyTypeOf(privateKey);
  if (!type) throw new SlipwayError('key.unsupported', { key, kind: keyKind(privateKey) });
  return { ...anchor, sign: (toBeSigned) => signWith(privateKey, type, toBeSigned) };
}
