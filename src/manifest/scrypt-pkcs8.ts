import { createDecipheriv, createPrivateKey, type KeyObject, scryptSync } from 'node:crypto';
import { type DerValue, derTag, derValues } from './der';

/** Object identifiers as the hex of their DER: id-PBES2 (RFC 8018 §A.4) and id-scrypt (RFC 7914 §7). */
const pbes2Id = '2a864886f70d01050d';
const scryptId = '2b06010401da47040b';
/** Bits of the key by the identifier of AES-CBC-PAD (RFC 8018 §B.2.5). */
const aesBits: Readonly<Record<string, number>> = {
  '608648016503040102': 128,
  '608648016503040116': 192,
  '60864801650304012a': 256,
};
/** The most memory that a file may ask for, bytes; OpenSSL writes files that take 16 MiB. */
const maxMemory = 256 * 2 ** 20;

/**
 * Opens PKCS#8 that is encrypted by PBES2 with scrypt (RFC 7914 §7), DER. Desktop VS Code's BoringSSL knows scrypt, but
 * not there. Undefined for any other file. Throws where it is damaged or the passphrase is wrong, which can't be told
 * apart.
 */
export function openScryptPkcs8(der: Uint8Array, passphrase: string): KeyObject | undefined {
  const encrypted = parse(der);
  if (!encrypted) return undefined;
  const { salt, N, r, p, bits, iv, data } = encrypted;
  const maxmem = 128 * N * r + 2 ** 20;
  if (maxmem > maxMemory) throw new RangeError('scrypt wants more memory than any key is worth');
  const key = scryptSync(passphrase, salt, bits / 8, { N, r, p, maxmem });
  const decipher = createDecipheriv(`aes-${bits}-cbc`, key, iv);
  const plain = Buffer.concat([decipher.update(data), decipher.final()]);
  return createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' });
}

interface Encrypted {
  readonly salt: Uint8Array;
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly bits: number;
  readonly iv: Uint8Array;
  readonly data: Uint8Array;
}

/** EncryptedPrivateKeyInfo (RFC 5958 §3) with PBES2-params (RFC 8018 §A.4) and scrypt-params. */
function parse(der: Uint8Array): Encrypted | undefined {
  try {
    const [algorithm, data] = parts(derValues(der)[0]);
    const [scheme, parameters] = parts(algorithm);
    const [kdf, cipher] = parts(parameters);
    const [kdfId, costs] = parts(kdf);
    const [cipherId, iv] = parts(cipher);
    const [salt, N, r, p] = parts(costs);
    const bits = aesBits[hex(cipherId)];
    if (hex(scheme) !== pbes2Id || hex(kdfId) !== scryptId || bits === undefined) return undefined;
    if (!salt || !iv || data?.tag !== derTag.octetString) return undefined;
    return {
      ...{ salt: salt.content, N: numberOf(N), r: numberOf(r), p: numberOf(p) },
      ...{ bits, iv: iv.content, data: data.content },
    };
  } catch {
    return undefined;
  }
}

function parts(value: DerValue | undefined): readonly DerValue[] {
  return value?.tag === derTag.sequence ? derValues(value.content) : [];
}

function hex(value: DerValue | undefined): string {
  return Buffer.from(value?.content ?? []).toString('hex');
}

function numberOf(value: DerValue | undefined): number {
  return parseInt(hex(value), 16);
}
