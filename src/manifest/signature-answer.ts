import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { KeyType } from '../base/key-signer';
import { derTag, derValues } from './der';
import { signatureOptions } from './key-signing';

/** Bytes of an r or s. */
const scalarSizes: Readonly<Partial<Record<KeyType, number>>> = { 'P-256': 32, 'P-384': 48 };
const fixedSizes: Readonly<Partial<Record<KeyType, number>>> = {
  Ed25519: 64,
  'RSA-2048': 256,
  'RSA-3072': 384,
};

/** What came of the answer of a foreign signer: the signature in the form of `KeySigner.sign`, or why not. */
export type AnsweredSignature =
  | { readonly signature: Uint8Array }
  /** Nothing in it has the form of a signature by a key of that type. */
  | { readonly fault: 'no-signature' }
  /** It is by another key, or over other bytes. */
  | { readonly fault: 'wrong-signature' };

/**
 * Finds the signature over `message` in what a foreign signer wrote: raw bytes, hex or base64; ECDSA as r‖s or DER
 * (RFC 3279 §2.2.3). Which of them it is need not be guessed: only what verifies by `publicKeyPem` counts.
 */
export function findSignature(
  answer: Uint8Array,
  message: Uint8Array,
  type: KeyType,
  publicKeyPem: string,
): AnsweredSignature {
  const key = createPublicKey(publicKeyPem);
  const candidates = decodings(answer).flatMap((bytes) => shapes(bytes, type));
  if (candidates.length === 0) return { fault: 'no-signature' };
  const signature = candidates.find((candidate) => isGood(candidate, message, type, key));
  return signature ? { signature } : { fault: 'wrong-signature' };
}

function isGood(signature: Uint8Array, message: Uint8Array, type: KeyType, key: KeyObject): boolean {
  const { hash, ...options } = signatureOptions(type);
  return verify(hash, message, { key, ...options }, signature);
}

/** The bytes themselves, and what they are the text of. */
function decodings(answer: Uint8Array): readonly Uint8Array[] {
  const text = Buffer.from(answer).toString('latin1').replace(/\s/g, '');
  const found: Uint8Array[] = [answer];
  if (/^([0-9a-f]{2})+$/i.test(text)) found.push(Buffer.from(text, 'hex'));
  // Buffer reads both alphabets of base64 (RFC 4648 §4, §5).
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) found.push(Buffer.from(text, 'base64'));
  return found;
}

/** `bytes` in the form of `KeySigner.sign`, in each way that they can be read. */
function shapes(bytes: Uint8Array, type: KeyType): readonly Uint8Array[] {
  const scalar = scalarSizes[type];
  if (scalar === undefined) return bytes.length === fixedSizes[type] ? [bytes] : [];
  const fromDer = joinScalars(bytes, scalar);
  return [...(bytes.length === 2 * scalar ? [bytes] : []), ...(fromDer ? [fromDer] : [])];
}

/** r‖s of an Ecdsa-Sig-Value; undefined for what is none. */
function joinScalars(der: Uint8Array, size: number): Uint8Array | undefined {
  try {
    const [sequence, ...others] = derValues(der);
    if (sequence?.tag !== derTag.sequence || others.length > 0) return undefined;
    const values = derValues(sequence.content);
    if (values.length !== 2 || values.some(({ tag }) => tag !== derTag.integer)) return undefined;
    const joined = new Uint8Array(2 * size);
    values.forEach(({ content }, index) => {
      const digits = content.subarray(content.findIndex((byte) => byte !== 0));
      joined.set(digits, (index + 1) * size - digits.length);
    });
    return joined;
  } catch {
    // No DER, or numbers that are too long.
    return undefined;
  }
}
