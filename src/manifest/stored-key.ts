import { SlipwayError } from '../base/errors';
import type { KeySigner, KeyType } from '../base/key-signer';
import type { CertificateInfo } from './certificate-chain';
import { coseAlgorithms } from './public-key';
import type { Signer } from './types';

/** The types of keys that can be made and imported, the first by default. */
export const keyTypes = ['P-256', 'Ed25519', 'P-384', 'RSA-2048', 'RSA-3072'] as const satisfies KeyType[];

/** What of a key is in the folder: its private half, a command that has it, only the public half, or a secret. */
export type KeyKind = 'private' | 'command' | 'public' | 'secret';

/** A key as the folder shows it, without opening it. */
export interface KeyInfo {
  readonly name: string;
  readonly kind: KeyKind;
  /** `X25519` is the public key of a board that images are encrypted for; `secret` is shared with boards. */
  readonly type: KeyType | 'X25519' | 'secret';
  /** SHA-256 of the SPKI DER; of a secret the bytes of its COSE `kid`. Lower-case hex. */
  readonly keyId: string;
  /** As in MCUboot's KEYHASH TLV; secrets have none. */
  readonly keyHash?: string;
  /** Only public keys that a signature can be made for, here or by a command. */
  readonly canSign: boolean;
  readonly created: Date;
  /** The signer's own certificate first. */
  readonly chain: readonly CertificateInfo[];
  /** The program that signs. */
  readonly program?: string;
  /** Bits of a secret. */
  readonly bits?: number;
  /** What MCUboot calls it, if it is one of its published sample keys. */
  readonly sample?: string;
}

/** A key of the folder that signs. */
export interface StoredSigner extends KeySigner {
  readonly name: string;
  /** SHA-256 of the SPKI DER, lower-case hex. */
  readonly keyId: string;
  /** Certificates as DER, the signer's own first, without the root. */
  readonly certificateChain?: readonly Uint8Array[];
}

/** What signs manifests. Errors: `key.no-cose` for RSA. */
export function coseSigner(signer: StoredSigner): Signer {
  const { name: key, keyType, keyId, publicKeyPem, certificateChain } = signer;
  const algorithm = coseAlgorithms[keyType];
  if (!algorithm) throw new SlipwayError('key.no-cose', { key, type: keyType });
  return {
    algorithm,
    keyId,
    publicKeyPem,
    ...(certificateChain && { certificateChain }),
    sign: (toBeSigned) => signer.sign(toBeSigned),
  };
}
