import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { SlipwayError } from '../base/errors';
import { type KeyContent, recogniseKey } from './key-content';
import { openScryptPkcs8 } from './scrypt-pkcs8';
import { keyKind, keyTypeOf } from './public-key';

/** Whether a private key in those bytes asks for a passphrase. */
export function isEncryptedKey(bytes: Uint8Array): boolean {
  const content = recogniseKey(bytes);
  return content.holds === 'private' && content.encrypted;
}

/** Refuses files that hold neither a private nor a secret key, before anything is asked. Errors as below. */
export function checkKeyFile(bytes: Uint8Array, file: string): void {
  const content = recogniseKey(bytes);
  if (content.holds === 'public') throw new SlipwayError('key.import-public', { file });
  if (content.holds !== 'private' && content.holds !== 'secret') throw notImportable(content, file);
}

/**
 * The private key in a file of PKCS#8, SEC1 or PKCS#1, as PEM or DER, or of JWK. `file` names it in messages.
 *
 * Errors: `key.not-a-key`, `key.import-public`, `key.import-certificate`, `key.import-secret`,
 * `key.passphrase-needed`, `key.wrong-passphrase` (a damaged key can't be told from one), `key.import-unreadable`,
 * `key.unsupported` for types, curves, sizes and formats that aren't signed with. No error has a cause: those of
 * parsers may quote what they read.
 */
export function importPrivateKey(bytes: Uint8Array, file: string, passphrase = ''): KeyObject {
  const content = recogniseKey(bytes);
  if (content.holds === 'public') throw new SlipwayError('key.import-public', { file });
  if (content.holds !== 'private') throw notImportable(content, file);
  const { input, encrypted } = content;
  if (encrypted && passphrase === '') throw new SlipwayError('key.passphrase-needed', { key: file });
  let key: KeyObject;
  try {
    const opened = encrypted ? openScrypt(input, passphrase) : undefined;
    key = opened ?? createPrivateKey(encrypted ? { ...input, passphrase } : input);
  } catch {
    if (encrypted) throw new SlipwayError('key.wrong-passphrase', { key: file });
    throw unopened(input, file);
  }
  if (!keyTypeOf(key)) throw new SlipwayError('key.unsupported', { key: file, kind: keyKind(key) });
  return key;
}

/** Undefined where it is encrypted in another way. */
function openScrypt({ key }: KeyInput, passphrase: string): KeyObject | undefined {
  if (typeof key === 'string') {
    return openScryptPkcs8(Buffer.from(key.replace(/-----[^-]+-----|\s/g, ''), 'base64'), passphrase);
  }
  return key instanceof Uint8Array ? openScryptPkcs8(key, passphrase) : undefined;
}

/**
 * The public key in a file of SPKI or PKCS#1, as PEM or DER, or of JWK: one that can be signed with, or that of a
 * board which images are encrypted for, X25519 too. Errors as above, and `key.import-private`: a private key is never
 * taken for its public half.
 */
export function importPublicKey(bytes: Uint8Array, file: string): KeyObject {
  const content = recogniseKey(bytes);
  if (content.holds === 'private') throw new SlipwayError('key.import-private', { file });
  if (content.holds !== 'public') throw notImportable(content, file);
  let key: KeyObject;
  try {
    key = createPublicKey(content.input);
  } catch {
    throw unopened(content.input, file);
  }
  if (!keyTypeOf(key) && key.asymmetricKeyType !== 'x25519') {
    throw new SlipwayError('key.unsupported', { key: file, kind: keyKind(key) });
  }
  return key;
}

function notImportable(content: KeyContent, file: string): SlipwayError {
  switch (content.holds) {
    case 'certificate':
      return new SlipwayError('key.import-certificate', { file });
    case 'secret':
      return new SlipwayError('key.import-secret', { file });
    case 'foreign':
      return new SlipwayError('key.unsupported', { key: file, kind: content.format });
    default:
      return new SlipwayError('key.not-a-key', { file });
  }
}

type KeyInput = (KeyContent & { holds: 'private' | 'public' })['input'];

/** A key that the library doesn't open: a JWK names what it is, anything else is damaged or of a kind it lacks. */
function unopened(input: KeyInput, file: string): SlipwayError {
  if ('format' in input && input.format === 'jwk') {
    const { kty, crv } = input.key as JsonWebKey;
    const known = kty === 'RSA' || ['P-256', 'P-384', 'Ed25519', 'X25519'].includes(crv ?? '');
    if (!known) {
      return new SlipwayError('key.unsupported', { key: file, kind: `${kty} ${crv ?? ''}`.trim() });
    }
  }
  return new SlipwayError('key.import-unreadable', { file, reason: 'damaged, or of an unknown kind' });
}
