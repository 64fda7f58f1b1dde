import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, scrypt } from 'node:crypto';
import { SlipwayError } from '../base/errors';
import { fromHex, toHex } from '../base/hex';
import type { SymmetricKey } from './types';

/** scrypt (RFC 7914) with 64 MiB: some tenths of a second a guess. */
const cost = { N: 65_536, r: 8, p: 1 } as const;
/** The most that a file may ask for: who wrote it could otherwise stall or starve the process. */
const maxCost = 2 ** 20;
const derivedSize = 32;
const ivSize = 12;
const tagSize = 16;

interface SecretFile {
  readonly keyId: string;
  readonly size: number;
  readonly scrypt: { readonly salt: string; readonly N: number; readonly r: number; readonly p: number };
  readonly iv: string;
  /** Ciphertext and tag of AES-256-GCM, hex. */
  readonly encrypted: string;
}

/** What the file of a secret key says without its passphrase. */
export interface SecretInfo {
  readonly keyId: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * The file of a secret key: JSON with the secret in AES-256-GCM under a key that scrypt makes from the passphrase;
 * key id and size are authenticated with it.
 */
export async function encodeSecret({ keyId, secret }: SymmetricKey, passphrase: string): Promise<string> {
  const bytes = secret.export();
  const salt = randomBytes(16);
  const iv = randomBytes(ivSize);
  const cipher = createCipheriv('aes-256-gcm', await derive(passphrase, salt, cost), iv);
  cipher.setAAD(authenticated({ keyId, size: bytes.length }));
  const encrypted = Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  const file: SecretFile = {
    keyId,
    size: bytes.length,
    scrypt: { salt: toHex(salt), ...cost },
    iv: toHex(iv),
    encrypted: toHex(encrypted),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** Errors: `key.unreadable`; `key` names it. */
export function describeSecret(text: string, key: string): SecretInfo {
  const { keyId, size } = parse(text, key);
  return { keyId, size };
}

/** Errors: `key.unreadable`, `key.wrong-passphrase` (a changed file can't be told from one). */
export async function decodeSecret(text: string, key: string, passphrase: string): Promise<SymmetricKey> {
  const { keyId, size, scrypt: parameters, iv, encrypted } = parse(text, key);
  const bytes = fromHex(encrypted);
  const derived = await derive(passphrase, fromHex(parameters.salt), parameters);
  try {
    const decipher = createDecipheriv('aes-256-gcm', derived, fromHex(iv));
    decipher.setAAD(authenticated({ keyId, size }));
    decipher.setAuthTag(bytes.subarray(-tagSize));
    const secret = Buffer.concat([decipher.update(bytes.subarray(0, -tagSize)), decipher.final()]);
    return { keyId, secret: createSecretKey(secret) };
  } catch (cause) {
    throw new SlipwayError('key.wrong-passphrase', { key }, { cause });
  }
}

function authenticated({ keyId, size }: SecretInfo): Uint8Array {
  return Buffer.from(JSON.stringify({ keyId, size }), 'utf8');
}

function derive(
  passphrase: string,
  salt: Uint8Array,
  { N, r, p }: { readonly N: number; readonly r: number; readonly p: number },
): Promise<Buffer> {
  // RFC 7914 §2: 128·N·r bytes, and a little more.
  const options = { N, r, p, maxmem: 128 * N * r + 2 ** 20 };
  return new Promise((resolve, reject) => {
    scrypt(passphrase, salt, derivedSize, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

function parse(text: string, key: string): SecretFile {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    content = undefined;
  }
  if (!isSecretFile(content)) {
    throw new SlipwayError('key.unreadable', { key, reason: 'the file of the secret is damaged' });
  }
  return content;
}

function isSecretFile(content: unknown): content is SecretFile {
  if (!isRecord(content) || !isRecord(content.scrypt)) return false;
  const { N, r, p, salt } = content.scrypt;
  const isHex = (value: unknown, least: number): boolean =>
    typeof value === 'string' && value.length >= 2 * least && /^([0-9a-f]{2})*$/.test(value);
  const fits =
    [N, r, p].every((value) => Number.isSafeInteger(value) && (value as number) > 0) &&
    (N as number) * (r as number) * (p as number) <= maxCost &&
    ((N as number) & ((N as number) - 1)) === 0;
  return (
    fits &&
    Number.isSafeInteger(content.size) &&
    isHex(content.keyId, 1) &&
    isHex(salt, 8) &&
    isHex(content.iv, ivSize) &&
    isHex(content.encrypted, tagSize)
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
