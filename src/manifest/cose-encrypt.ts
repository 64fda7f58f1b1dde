import { type CipherGCMTypes, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { SlipwayError } from '../base/errors';
import { fromHex } from '../base/hex';
import { type CborValue, encodeCanonical } from './canonical-cbor';
import { malformed } from './cbor-shape';
import { algorithmText, coseHeader, coseTag, encodeCose, parseCose } from './cose-message';
import type { SymmetricKey } from './types';

interface ContentAlgorithm {
  readonly id: number;
  readonly cipher: CipherGCMTypes;
  /** Bytes of the key. */
  readonly keySize: number;
}

/** A128GCM and A256GCM (RFC 9053 §4.1, table 5). */
const algorithms: readonly ContentAlgorithm[] = [
  { id: 1, cipher: 'aes-128-gcm', keySize: 16 },
  { id: 3, cipher: 'aes-256-gcm', keySize: 32 },
];

/** RFC 9053 §4.1: a nonce of 96 bits, a tag of 128. */
const ivSize = 12;
const tagSize = 16;

/** An encrypted payload with what a recipient needs to read it. */
export interface EncryptedPayload {
  /** Ciphertext and tag. */
  readonly ciphertext: Uint8Array;
  /**
   * The tagged COSE_Encrypt0 of that ciphertext, which is left out: SUIT_Encryption_Info of
   * draft-ietf-suit-firmware-encryption (§4), but for a content key that the board holds, so without recipients.
   */
  readonly info: Uint8Array;
}

/** Bytes that a key to encrypt with may have. */
export const encryptionKeySizes: readonly number[] = algorithms.map(({ keySize }) => keySize);

/**
 * Encrypts a payload under a fresh IV. Errors: `key.unsupported` for a key of another size; `iv` is for tests on
 * published examples alone, one that comes twice gives the key away.
 */
export function encryptPayload(
  payload: Uint8Array,
  key: SymmetricKey,
  iv: Uint8Array = randomBytes(ivSize),
): EncryptedPayload {
  const size = key.secret.symmetricKeySize ?? 0;
  const algorithm = algorithms.find(({ keySize }) => keySize === size);
  if (!algorithm) {
    throw new SlipwayError('key.unsupported', { key: key.keyId, kind: `symmetric, ${size} bytes` });
  }
  const protectedHeader = encodeCanonical(new Map<CborValue, CborValue>([[coseHeader.alg, algorithm.id]]));
  const cipher = createCipheriv(algorithm.cipher, key.secret, iv, { authTagLength: tagSize });
  cipher.setAAD(encStructure(protectedHeader));
  const ciphertext = Uint8Array.from(
    Buffer.concat([cipher.update(payload), cipher.final(), cipher.getAuthTag()]),
  );
  const unprotected = new Map<CborValue, CborValue>([
    [coseHeader.iv, Uint8Array.from(iv)],
    [coseHeader.kid, fromHex(key.keyId)],
  ]);
  return { ciphertext, info: encodeCose(coseTag.encrypt0, protectedHeader, unprotected, null) };
}

/**
 * Decrypts what `encryptPayload` made. Errors: `suit.no-decryption-key`, `suit.decryption-failed` (changed, or another
 * key of that id), `suit.unknown-algorithm` (key wrap and key agreement too), `suit.algorithm-mismatch`,
 * `suit.malformed`.
 */
export function decryptPayload(
  ciphertext: Uint8Array,
  info: Uint8Array,
  keys: readonly SymmetricKey[],
): Uint8Array {
  const message = parseCose(info, 'encryption info');
  const { keyId, iv } = message;
  const algorithm = algorithms.find(({ id }) => id === message.algorithm);
  if (message.tag !== coseTag.encrypt0 || !algorithm) {
    throw new SlipwayError('suit.unknown-algorithm', { algorithm: algorithmText(message.algorithm) });
  }
  if (message.payload) throw malformed('encryption info carries a ciphertext of its own');
  if (iv?.length !== ivSize) throw malformed(`encryption info has no IV of ${ivSize} bytes`);
  const named = keyId === undefined ? keys : keys.filter((key) => key.keyId === keyId);
  if (named.length === 0) {
    throw new SlipwayError('suit.no-decryption-key', keyId === undefined ? {} : { keyId });
  }
  const fitting = named.filter(({ secret }) => secret.symmetricKeySize === algorithm.keySize);
  if (fitting.length === 0) {
    throw new SlipwayError('suit.algorithm-mismatch', {
      algorithm: algorithm.cipher,
      keyType: `symmetric, ${named[0]!.secret.symmetricKeySize ?? 0} bytes`,
    });
  }
  const aad = encStructure(message.protectedHeader);
  for (const key of fitting) {
    const plain = open(ciphertext, { algorithm, key, iv, aad });
    if (plain) return plain;
  }
  throw new SlipwayError('suit.decryption-failed', { keyId: fitting[0]!.keyId });
}

/** Enc_structure of a COSE_Encrypt0 without external data (RFC 9052 §5.3). */
export function encStructure(protectedHeader: Uint8Array): Uint8Array {
  return encodeCanonical(['Encrypt0', protectedHeader, new Uint8Array()]);
}

function open(
  bytes: Uint8Array,
  by: {
    readonly algorithm: ContentAlgorithm;
    readonly key: SymmetricKey;
    readonly iv: Uint8Array;
    readonly aad: Uint8Array;
  },
): Uint8Array | undefined {
  const end = bytes.length - tagSize;
  if (end < 0) return undefined;
  const decipher = createDecipheriv(by.algorithm.cipher, by.key.secret, by.iv, { authTagLength: tagSize });
  decipher.setAAD(by.aad);
  decipher.setAuthTag(bytes.subarray(end));
  const plain = decipher.update(bytes.subarray(0, end));
  try {
    return Uint8Array.from(Buffer.concat([plain, decipher.final()]));
  } catch {
    // The tag is wrong.
    return undefined;
  }
}
