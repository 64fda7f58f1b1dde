import { createPublicKey } from 'node:crypto';
import { SlipwayError } from '../base/errors';
import { toHex } from '../base/hex';
import { keyHashOf, publicKeyBytes } from '../image/mcuboot/public-key';
import { keyTypeOf } from './public-key';

/** In what forms the public half of a key goes to those who verify. */
export const publicKeyFormats = ['pem', 'c', 'keyhash', 'jwk'] as const;
export type PublicKeyFormat = (typeof publicKeyFormats)[number];

/** What MCUboot's `keys.c` expects the arrays to be called, as `imgtool getpub` names them. */
const arrayNames = {
  Ed25519: 'ed25519',
  'P-256': 'ecdsa',
  'P-384': 'ecdsap384',
  'RSA-2048': 'rsa',
  'RSA-3072': 'rsa',
} as const;

const bytesPerLine = 8;

/**
 * The public half (SPKI PEM) in another form, as text with a line end: SPKI PEM, MCUboot's C array, KEYHASH in hex,
 * or JWK (RFC 7517). Errors: `key.not-exportable`; `key` names it.
 */
export function exportPublicKey(publicKeyPem: string, format: PublicKeyFormat, key: string): string {
  const publicKey = createPublicKey(publicKeyPem);
  switch (format) {
    case 'pem':
      return publicKeyPem;
    case 'c': {
      const type = keyTypeOf(publicKey);
      // MCUboot is built with the private half of what it decrypts with.
      if (!type) throw new SlipwayError('key.not-exportable', { key, format });
      return cArray(`${arrayNames[type]}_pub_key`, publicKeyBytes(publicKey));
    }
    case 'keyhash':
      return `${toHex(keyHashOf(publicKey, 256))}\n`;
    case 'jwk':
      return `${JSON.stringify(publicKey.export({ format: 'jwk' }), undefined, 2)}\n`;
  }
}

function cArray(name: string, bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += bytesPerLine) {
    const line = [...bytes.subarray(at, at + bytesPerLine)];
    lines.push(`    ${line.map((byte) => `0x${byte.toString(16).padStart(2, '0')},`).join(' ')}`);
  }
  return [
    `const unsigned char ${name}[] = {`,
    ...lines,
    '};',
    `const unsigned int ${name}_len = ${bytes.length};`,
    '',
  ].join('\n');
}
