import { createPrivateKey, generateKeyPair, type KeyObject, type KeyPairKeyObjectResult } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../base/errors';
import type { Log } from '../base/log';
import { createExclusive, fsErrorCode, storageError } from './create-exclusive';
import { describePublicKey, trustAnchorFromPem } from './public-key';
import { createSigner } from './signer';
import type { SignatureAlgorithm, Signer, TrustAnchor } from './types';

/** A key as the folder shows it, without opening it. */
export interface KeyInfo {
  readonly name: string;
  readonly algorithm: SignatureAlgorithm;
  readonly keyId: string;
  /** False where only the public key is there: it verifies, but can't sign. */
  readonly canSign: boolean;
}

const publicSuffix = '.pub.pem';
const privateSuffix = '.pem';
/** Understood by OpenSSL and BoringSSL alike, so that desktop VS Code opens what the command line made. */
const cipher = 'aes-256-cbc';

/**
 * Keys in a folder outside the workspace: `<name>.pem` is an encrypted PKCS#8 private key (RFC 5958, PBES2)
 * that only its owner may read, `<name>.pub.pem` its SPKI public key. Nothing is ever overwritten. Passphrases
 * are neither kept nor logged. Every method rejects with `key.storage` when the folder can't be used, and those
 * that take a name with `key.invalid-name`.
 */
export class KeyStore {
  constructor(
    readonly folder: string,
    private readonly log: Log,
  ) {}

  /** Makes a key pair. Errors: `key.exists`, `key.passphrase-needed` for an empty passphrase. */
  async generate(name: string, algorithm: SignatureAlgorithm, passphrase: string): Promise<TrustAnchor> {
    checkName(name);
    if (passphrase === '') throw new SlipwayError('key.passphrase-needed', { key: name });
    const { publicKey, privateKey } = await generatePair(algorithm);
    const anchor = describePublicKey(publicKey, name);
    const secret = privateKey.export({ type: 'pkcs8', format: 'pem', cipher, passphrase }).toString();
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      // The public key first: left alone by a crash it is listed, and can be deleted by the user.
      if (!(await createExclusive(this.publicPath(name), anchor.publicKeyPem, 0o644))) {
        throw new SlipwayError('key.exists', { key: name });
      }
      await this.createPrivate(name, secret);
    } catch (error) {
      throw storageError(this.folder, error);
    }
    this.log.info(`key ${name} (${algorithm}) made, key id ${anchor.keyId}`);
    return anchor;
  }

  /** The keys in the folder by name; none if there is no folder. A file that isn't a key is logged and left out. */
  async list(): Promise<readonly KeyInfo[]> {
    const files = new Set(await this.readFolder());
    const names = [...files]
      .filter((file) => file.endsWith(publicSuffix))
      .map((file) => file.slice(0, -publicSuffix.length))
      .filter(isKeyName)
      .sort();
    const keys: KeyInfo[] = [];
    for (const name of names) {
      try {
        const { algorithm, keyId } = await this.trustAnchor(name);
        keys.push({ name, algorithm, keyId, canSign: files.has(name + privateSuffix) });
      } catch (error) {
        if (!SlipwayError.is(error)) throw error;
        this.log.warn(`left out of the keys: ${error.message}`);
      }
    }
    return keys;
  }

  /**
   * The signer of a key. Errors: `key.not-found`, `key.public-only`, `key.passphrase-needed`,
   * `key.wrong-passphrase` (a damaged key can't be told from one), `key.unsupported` (other types and curves,
   * and private keys that aren't encrypted), `key.unreadable`.
   */
  async open(name: string, passphrase: string): Promise<Signer> {
    checkName(name);
    const pem = await this.readKey(this.privatePath(name));
    if (pem === undefined) {
      const publicPem = await this.readKey(this.publicPath(name));
      throw new SlipwayError(publicPem === undefined ? 'key.not-found' : 'key.public-only', { key: name });
    }
    return createSigner(decryptPrivateKey(name, pem, passphrase), name);
  }

  /** The public key, to verify with. Errors: `key.not-found`, `key.unreadable`, `key.unsupported`. */
  async trustAnchor(name: string): Promise<TrustAnchor> {
    checkName(name);
    const pem = await this.readKey(this.publicPath(name));
    if (pem === undefined) throw new SlipwayError('key.not-found', { key: name });
    return trustAnchorFromPem(pem, name);
  }

  /** Deletes both halves of a key; there is no way back. Errors: `key.not-found`. */
  async delete(name: string): Promise<void> {
    checkName(name);
    const files = new Set(await this.readFolder());
    if (!files.has(name + privateSuffix) && !files.has(name + publicSuffix)) {
      throw new SlipwayError('key.not-found', { key: name });
    }
    try {
      await rm(this.privatePath(name), { force: true });
      await rm(this.publicPath(name), { force: true });
    } catch (error) {
      throw storageError(this.folder, error);
    }
    this.log.info(`key ${name} deleted`);
  }

  private async createPrivate(name: string, pem: string): Promise<void> {
    let created = false;
    try {
      created = await createExclusive(this.privatePath(name), pem, 0o600);
      if (!created) throw new SlipwayError('key.exists', { key: name });
    } finally {
      if (!created) await rm(this.publicPath(name), { force: true });
    }
  }

  private async readFolder(): Promise<readonly string[]> {
    try {
      return await readdir(this.folder);
    } catch (error) {
      if (fsErrorCode(error) === 'ENOENT') return [];
      throw storageError(this.folder, error);
    }
  }

  private async readKey(path: string): Promise<string | undefined> {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (fsErrorCode(error) === 'ENOENT') return undefined;
      throw storageError(path, error);
    }
  }

  private privatePath(name: string): string {
    return join(this.folder, name + privateSuffix);
  }

  private publicPath(name: string): string {
    return join(this.folder, name + publicSuffix);
  }
}

/** Whether `name` can name a key: a file name on every platform, that stays in the folder. */
export function isKeyName(name: string): boolean {
  return /^[a-z0-9][a-z0-9_-]{0,63}$/i.test(name) && !windowsDevice.test(name);
}

/** Names Windows keeps for devices, with any extension. */
const windowsDevice = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/i;

function checkName(name: string): void {
  if (!isKeyName(name)) throw new SlipwayError('key.invalid-name', { key: name });
}

function generatePair(algorithm: SignatureAlgorithm): Promise<KeyPairKeyObjectResult> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, publicKey: KeyObject, privateKey: KeyObject): void =>
      error ? reject(error) : resolve({ publicKey, privateKey });
    if (algorithm === 'Ed25519') generateKeyPair('ed25519', undefined, done);
    else generateKeyPair('ec', { namedCurve: algorithm === 'ESP384' ? 'P-384' : 'P-256' }, done);
  });
}

function decryptPrivateKey(name: string, pem: string, passphrase: string): KeyObject {
  const label = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(pem)?.[1];
  if (label === undefined) throw new SlipwayError('key.unreadable', { key: name, reason: 'not a PEM key' });
  if (label === 'PUBLIC KEY') throw new SlipwayError('key.public-only', { key: name });
  if (label !== 'ENCRYPTED PRIVATE KEY') {
    throw new SlipwayError('key.unsupported', {
      key: name,
      kind: `unencrypted or foreign format (${label})`,
    });
  }
  if (passphrase === '') throw new SlipwayError('key.passphrase-needed', { key: name });
  try {
    return createPrivateKey({ key: pem, format: 'pem', passphrase });
  } catch (cause) {
    // Wrong padding, or by chance right padding around nonsense: OpenSSL and BoringSSL word it in many ways.
    throw new SlipwayError('key.wrong-passphrase', { key: name }, { cause });
  }
}
