import type { JsonWebKeyInput, JsonWebKey, PrivateKeyInput, PublicKeyInput } from 'node:crypto';
import { derTag, type DerValue, derValues } from './der';

/** What the bytes of a key file are, without having opened anything. */
export type KeyContent =
  | {
      readonly holds: 'private';
      readonly input: PrivateKeyInput | JsonWebKeyInput;
      readonly encrypted: boolean;
    }
  | { readonly holds: 'public'; readonly input: PublicKeyInput | JsonWebKeyInput }
  /** A JWK of a secret (RFC 7518 §6.4), or one in hex. */
  | { readonly holds: 'secret' }
  | { readonly holds: 'certificate' }
  /** Some key, but of a kind that isn't read. */
  | { readonly holds: 'foreign'; readonly format: string }
  | { readonly holds: 'nothing' };

const nothing: KeyContent = { holds: 'nothing' };

/** Tells by their content what the bytes of a file are: PEM (RFC 7468, and its forerunners), JWK (RFC 7517) or DER. */
export function recogniseKey(bytes: Uint8Array): KeyContent {
  const text = Buffer.from(bytes).toString('latin1');
  if (text.includes('-----BEGIN ')) return recognisePem(text);
  if (text.trimStart().startsWith('{')) return recogniseJwk(Buffer.from(bytes).toString('utf8'));
  return hexSecret.test(text) ? { holds: 'secret' } : recogniseDer(bytes);
}

/** 16 bytes and more. */
const hexSecret = /^\s*([0-9a-f]{2}){16,}\s*$/i;

/** Labels of PEM, the most wanted first: a file may hold a key together with its certificate. */
const labels: readonly (readonly [label: RegExp, content: (pem: string) => KeyContent])[] = [
  [/^PRIVATE KEY$/, (pem) => privatePem(pem, 'pkcs8', false)],
  [/^ENCRYPTED PRIVATE KEY$/, encryptedPem],
  [/^EC PRIVATE KEY$/, (pem) => privatePem(pem, 'sec1', isEncrypted(pem))],
  [/^RSA PRIVATE KEY$/, (pem) => privatePem(pem, 'pkcs1', isEncrypted(pem))],
  [/^(\S+) PRIVATE KEY( BLOCK)?$/, (pem) => foreign(`${/BEGIN (\S+) /.exec(pem)?.[1] ?? ''} private key`)],
  [/^PUBLIC KEY$/, (key) => ({ holds: 'public', input: { key, format: 'pem', type: 'spki' } })],
  [/^RSA PUBLIC KEY$/, (key) => ({ holds: 'public', input: { key, format: 'pem', type: 'pkcs1' } })],
  [/CERTIFICATE( REQUEST)?$/, () => ({ holds: 'certificate' })],
];

function recognisePem(text: string): KeyContent {
  const blocks = [...text.matchAll(/-----BEGIN ([^-\r\n]+)-----[\s\S]*?-----END \1-----/g)];
  for (const [label, content] of labels) {
    const block = blocks.find(([, found = '']) => label.test(found));
    if (block) return content(block[0]);
  }
  return nothing;
}

/** RFC 1421 §4.6.1.1, as OpenSSL's traditional formats use it. */
function isEncrypted(pem: string): boolean {
  return /^Proc-Type: *4,ENCRYPTED/m.test(pem);
}

function privatePem(key: string, type: 'pkcs8' | 'sec1' | 'pkcs1', encrypted: boolean): KeyContent {
  return { holds: 'private', input: { key, format: 'pem', type }, encrypted };
}

/** PBES2 (RFC 8018 §A.4). What came before it, OpenSSL has left behind, or soon will. */
const pbes2 = Buffer.from('06092a864886f70d01050d', 'hex');
const oldEncryption = foreign('a private key in an encryption older than PBES2');

function encryptedPem(pem: string): KeyContent {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return der.includes(pbes2) ? privatePem(pem, 'pkcs8', true) : oldEncryption;
}

function encryptedDer(der: Buffer): KeyContent {
  return der.includes(pbes2) ? privateDer(der, 'pkcs8', true) : oldEncryption;
}

function foreign(format: string): KeyContent {
  return { holds: 'foreign', format };
}

function recogniseJwk(text: string): KeyContent {
  let key: unknown;
  try {
    key = JSON.parse(text);
  } catch {
    return nothing;
  }
  const { kty, d } = key as JsonWebKey;
  if (typeof kty !== 'string') return nothing;
  if (kty === 'oct') return { holds: 'secret' };
  const input: JsonWebKeyInput = { key: key as JsonWebKey, format: 'jwk' };
  return d === undefined ? { holds: 'public', input } : { holds: 'private', input, encrypted: false };
}

/** By the types of the parts of the outermost SEQUENCE. */
const shapes: readonly (readonly [parts: readonly number[], content: (key: Buffer) => KeyContent])[] = [
  // PrivateKeyInfo (RFC 5958 §2): version, algorithm, key.
  [[derTag.integer, derTag.sequence, derTag.octetString], (key) => privateDer(key, 'pkcs8', false)],
  // EncryptedPrivateKeyInfo (§3): algorithm, data.
  [[derTag.sequence, derTag.octetString], encryptedDer],
  // ECPrivateKey (RFC 5915 §3): version, key.
  [[derTag.integer, derTag.octetString], (key) => privateDer(key, 'sec1', false)],
  // RSAPrivateKey (RFC 8017 §A.1.2): version, n, e, d, …
  [Array<number>(9).fill(derTag.integer), (key) => privateDer(key, 'pkcs1', false)],
  // SubjectPublicKeyInfo (RFC 5280 §4.1).
  [
    [derTag.sequence, derTag.bitString],
    (key) => ({ holds: 'public', input: { key, format: 'der', type: 'spki' } }),
  ],
  // RSAPublicKey (RFC 8017 §A.1.1): n, e.
  [
    [derTag.integer, derTag.integer],
    (key) => ({ holds: 'public', input: { key, format: 'der', type: 'pkcs1' } }),
  ],
  // Certificate (RFC 5280 §4.1): what is signed, algorithm, signature.
  [[derTag.sequence, derTag.sequence, derTag.bitString], () => ({ holds: 'certificate' })],
  // PFX (RFC 7292 §4): version, content.
  [[derTag.integer, derTag.sequence], () => foreign('PKCS#12')],
];

function recogniseDer(bytes: Uint8Array): KeyContent {
  let parts: readonly DerValue[];
  try {
    const [outermost, ...others] = derValues(bytes);
    if (outermost?.tag !== derTag.sequence || others.length > 0) return nothing;
    parts = derValues(outermost.content);
  } catch {
    return nothing;
  }
  for (const [shape, content] of shapes) {
    if (shape.every((tag, index) => parts[index]?.tag === tag)) return content(Buffer.from(bytes));
  }
  return nothing;
}

function privateDer(key: Buffer, type: 'pkcs8' | 'sec1' | 'pkcs1', encrypted: boolean): KeyContent {
  return { holds: 'private', input: { key, format: 'der', type }, encrypted };
}
