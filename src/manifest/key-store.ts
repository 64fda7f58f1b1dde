import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  type KeyPairKeyObjectResult,
  randomBytes,
} from 'node:crypto';
import { type Clock, systemClock } from '../base/clock';
import { SlipwayError } from '../base/errors';
import { toHex } from '../base/hex';
import type { KeyType } from '../base/key-signer';
import type { Log } from '../base/log';
import { keyHashOf } from '../image/mcuboot/public-key';
import { sampleKeyName } from '../image/mcuboot/sample-keys';
import { checkChain, describeChain, readChain } from './certificate-chain';
import { type KeyFile, KeyFiles, isKeyName } from './key-files';
import { recogniseKey } from './key-content';
import { importPrivateKey, importPublicKey } from './key-import';
import { signWith } from './key-signing';
import { keyIdOf, keyKind, keyTypeOf, publicKeyFromPem, trustAnchorFromPem } from './public-key';
import { decodeSecret, describeSecret, encodeSecret } from './secret-file';
import { type SignerCommand, signByCommand } from './signer-command';
import { decodeSignerCommand, encodeSignerCommand } from './signer-command-file';
import { coseSigner, type KeyInfo, type StoredSigner } from './stored-key';
import { symmetricKey, symmetricKeyFromText } from './symmetric-key';
import type { Signer, SymmetricKey, TrustAnchor } from './types';

/** Understood by OpenSSL and BoringSSL alike, so that desktop VS Code opens what the command line made. */
const cipher = 'aes-256-cbc';

export interface KeyStoreOptions {
  readonly clock?: Clock;
  /** Lets MCUboot's published sample keys sign, for experiments: anyone can sign what they sign. */
  readonly allowSampleKeys?: boolean;
}

/** A file to import: its bytes, and how to call it in messages. */
export interface KeySource {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * Keys in a folder outside the workspace. Of a key named `desk` there may be:
 *
 * - `desk.pem`, an encrypted PKCS#8 private key (RFC 5958, PBES2), or `desk.command.json`, the command that signs;
 * - `desk.pub.pem`, its SPKI public key, alone for keys that only verify or that images are encrypted for;
 * - `desk.chain.pem`, its certificates;
 * - or `desk.secret.json`, a secret that is shared with boards, encrypted.
 *
 * Nothing is ever overwritten. Passphrases are neither kept nor logged. Every method rejects with `key.storage` when
 * the folder can't be used, and those that take a name with `key.invalid-name`.
 */
export class KeyStore {
  private readonly files: KeyFiles;
  private readonly clock: Clock;

  constructor(
    readonly folder: string,
    private readonly log: Log,
    private readonly options: KeyStoreOptions = {},
  ) {
    this.files = new KeyFiles(folder);
    this.clock = options.clock ?? systemClock;
  }

  /** Makes a key pair. Errors: `key.exists`, `key.passphrase-needed` for an empty passphrase. */
  async generate(name: string, type: KeyType, passphrase: string): Promise<KeyInfo> {
    checkNew(name, passphrase);
    const { privateKey } = await generatePair(type);
    return await this.addPrivate(name, privateKey, passphrase, 'made');
  }

  /**
   * Takes a private or a secret key in, encrypted with `passphrase`; `sourcePassphrase` opens the file. Errors: as
   * `generate`, `importPrivateKey` and `symmetricKeyFromText`.
   */
  async import(
    name: string,
    source: KeySource,
    passphrase: string,
    sourcePassphrase?: string,
  ): Promise<KeyInfo> {
    checkNew(name, passphrase);
    if (recogniseKey(source.bytes).holds === 'secret') {
      const text = Buffer.from(source.bytes).toString('utf8');
      return await this.addSecret(name, symmetricKeyFromText(text, source.file), passphrase, 'imported');
    }
    const privateKey = importPrivateKey(source.bytes, source.file, sourcePassphrase);
    return await this.addPrivate(name, privateKey, passphrase, 'imported');
  }

  /**
   * Takes a public key in: one to verify with, one of a board that images are encrypted for, or with a command one
   * that signs elsewhere. Errors: `key.exists`, `key.no-digest`, and as `importPublicKey`.
   */
  async importPublic(name: string, source: KeySource, command?: SignerCommand): Promise<KeyInfo> {
    checkName(name);
    const publicKey = importPublicKey(source.bytes, source.file);
    const type = keyTypeOf(publicKey);
    if (command && !type) throw new SlipwayError('key.unsupported', { key: name, kind: keyKind(publicKey) });
    if (command?.input === 'digest' && type === 'Ed25519') {
      throw new SlipwayError('key.no-digest', { key: name, type });
    }
    await this.files.create(name, {
      public: publicPem(publicKey),
      ...(command && { command: encodeSignerCommand(command) }),
    });
    return await this.added(name, 'imported');
  }

  /** Makes a secret of that many bits: 128 for A128GCM, 256 for A256GCM and HMAC-256. Errors: as `generate`. */
  async generateSecret(name: string, bits: 128 | 256, passphrase: string): Promise<KeyInfo> {
    checkNew(name, passphrase);
    return await this.addSecret(name, symmetricKey(randomBytes(bits / 8), name), passphrase, 'made');
  }

  /**
   * Keeps a certificate chain (PEM) with a key, in place of the one before. Errors: `key.not-found`, `key.chain`,
   * `key.unsupported` for keys that certificates have no use for here.
   */
  async setChain(name: string, pem: string): Promise<KeyInfo> {
    const { keyId } = await this.trustAnchor(name);
    const chain = readChain(pem, name);
    checkChain(chain, name, keyId, this.now());
    await this.files.replace(name, 'chain', pem);
    this.log.info(`key ${name} has a chain of ${chain.length} certificates`);
    return await this.describe(name);
  }

  /** Takes the certificates of a key away; without any, nothing happens. Errors: `key.not-found`. */
  async removeChain(name: string): Promise<KeyInfo> {
    await this.describe(name);
    await this.files.remove(name, ['chain']);
    this.log.info(`key ${name} has no certificates any more`);
    return await this.describe(name);
  }

  /** The keys in the folder by name; none if there is no folder. A file that isn't a key is logged and left out. */
  async list(): Promise<readonly KeyInfo[]> {
    const keys: KeyInfo[] = [];
    for (const [name, files] of await this.files.list()) {
      if (!files.has('public') && !files.has('secret')) continue;
      try {
        keys.push(await this.describeFiles(name, files));
      } catch (error) {
        if (!SlipwayError.is(error)) throw error;
        this.log.warn(`left out of the keys: ${error.message}`);
      }
    }
    return keys;
  }

  /** One key of `list`. Errors: `key.not-found`, `key.unreadable`, `key.unsupported`. */
  async describe(name: string): Promise<KeyInfo> {
    checkName(name);
    return await this.describeFiles(name, (await this.files.list()).get(name) ?? new Set());
  }

  /** What signs manifests with a key. Errors: as `openKey`, and `key.no-cose`. */
  async open(name: string, passphrase: string): Promise<Signer> {
    return coseSigner(await this.openKey(name, passphrase));
  }

  /**
   * What signs with a key; the passphrase doesn't matter where a command signs. Errors: `key.not-found`,
   * `key.public-only`, `key.passphrase-needed`, `key.wrong-passphrase` (a damaged key can't be told from one),
   * `key.unsupported` (other types and curves, and private keys that aren't encrypted), `key.unreadable`,
   * `key.sample`, `key.chain` for certificates that have expired meanwhile.
   */
  async openKey(name: string, passphrase: string): Promise<StoredSigner> {
    checkName(name);
    const pem = await this.files.read(name, 'private');
    if (pem === undefined) return await this.openCommand(name);
    const privateKey = decryptPrivateKey(name, pem, passphrase);
    const type = keyTypeOf(privateKey);
    if (!type) throw new SlipwayError('key.unsupported', { key: name, kind: keyKind(privateKey) });
    const sign = (message: Uint8Array): Promise<Uint8Array> => signWith(privateKey, type, message);
    return await this.signer(name, createPublicKey(privateKey), type, sign);
  }

  /**
   * A secret, to authenticate or encrypt with. Errors: `key.not-found`, `key.not-secret`, `key.wrong-passphrase`,
   * `key.unreadable`.
   */
  async openSecret(name: string, passphrase: string): Promise<SymmetricKey> {
    checkName(name);
    const text = await this.files.read(name, 'secret');
    if (text === undefined) {
      const isPair = (await this.files.read(name, 'public')) !== undefined;
      throw new SlipwayError(isPair ? 'key.not-secret' : 'key.not-found', { key: name });
    }
    return await decodeSecret(text, name, passphrase);
  }

  /** The public key, to verify manifests with. Errors: `key.not-found`, `key.unreadable`, `key.unsupported`. */
  async trustAnchor(name: string): Promise<TrustAnchor> {
    return trustAnchorFromPem(await this.publicKeyPem(name), name);
  }

  /** SPKI PEM of a key. Errors: `key.not-found`, `key.secret-only`. */
  async publicKeyPem(name: string): Promise<string> {
    checkName(name);
    const pem = await this.files.read(name, 'public');
    if (pem !== undefined) return pem;
    const isSecret = (await this.files.read(name, 'secret')) !== undefined;
    throw new SlipwayError(isSecret ? 'key.secret-only' : 'key.not-found', { key: name });
  }

  /** Deletes all there is of a key; there is no way back. Errors: `key.not-found`. */
  async delete(name: string): Promise<void> {
    checkName(name);
    const files = (await this.files.list()).get(name);
    if (!files) throw new SlipwayError('key.not-found', { key: name });
    await this.files.remove(name, [...files]);
    this.log.info(`key ${name} deleted`);
  }

  private async addPrivate(
    name: string,
    privateKey: KeyObject,
    passphrase: string,
    how: string,
  ): Promise<KeyInfo> {
    // The public key first: left alone by a crash it is listed, and can be deleted by the user.
    await this.files.create(name, {
      public: publicPem(createPublicKey(privateKey)),
      private: privateKey.export({ type: 'pkcs8', format: 'pem', cipher, passphrase }).toString(),
    });
    return await this.added(name, how);
  }

  private async addSecret(
    name: string,
    key: SymmetricKey,
    passphrase: string,
    how: string,
  ): Promise<KeyInfo> {
    if ((await this.files.list()).has(name)) throw new SlipwayError('key.exists', { key: name });
    await this.files.create(name, { secret: await encodeSecret(key, passphrase) });
    return await this.added(name, how);
  }

  private async added(name: string, how: string): Promise<KeyInfo> {
    const info = await this.describe(name);
    this.log.info(`key ${name} (${info.type}) ${how}, key id ${info.keyId}`);
    return info;
  }

  private async describeFiles(name: string, files: ReadonlySet<KeyFile>): Promise<KeyInfo> {
    if (!files.has('public')) return await this.describeSecret(name);
    const publicKey = publicKeyFromPem(await this.publicKeyPem(name), name);
    const type = keyTypeOf(publicKey) ?? (publicKey.asymmetricKeyType === 'x25519' ? 'X25519' : undefined);
    if (!type) throw new SlipwayError('key.unsupported', { key: name, kind: keyKind(publicKey) });
    const kind = files.has('private') ? 'private' : files.has('command') ? 'command' : 'public';
    const command = kind === 'command' ? await this.readCommand(name) : undefined;
    const chain = await this.files.read(name, 'chain');
    const keyHash = keyHashOf(publicKey, 256);
    const sample = sampleKeyName(keyHash);
    return {
      name,
      kind,
      type,
      keyId: keyIdOf(publicKey),
      keyHash: toHex(keyHash),
      canSign: kind !== 'public',
      created: await this.files.written(name, 'public'),
      chain: chain === undefined ? [] : describeChain(readChain(chain, name)),
      ...(command && { program: command.program }),
      ...(sample !== undefined && { sample }),
    };
  }

  private async describeSecret(name: string): Promise<KeyInfo> {
    const text = await this.files.read(name, 'secret');
    if (text === undefined) throw new SlipwayError('key.not-found', { key: name });
    const { keyId, size } = describeSecret(text, name);
    const created = await this.files.written(name, 'secret');
    return {
      name,
      kind: 'secret',
      type: 'secret',
      keyId,
      canSign: false,
      created,
      chain: [],
      bits: size * 8,
    };
  }

  private async openCommand(name: string): Promise<StoredSigner> {
    const publicKeyPem = await this.publicKeyPem(name);
    const command = await this.readCommand(name);
    if (!command) throw new SlipwayError('key.public-only', { key: name });
    const publicKey = publicKeyFromPem(publicKeyPem, name);
    const type = keyTypeOf(publicKey);
    if (!type) throw new SlipwayError('key.unsupported', { key: name, kind: keyKind(publicKey) });
    const key = { name, type, publicKeyPem, folder: this.folder };
    return await this.signer(name, publicKey, type, (message) =>
      signByCommand(command, key, message, this.clock),
    );
  }

  private async signer(
    name: string,
    publicKey: KeyObject,
    keyType: KeyType,
    sign: StoredSigner['sign'],
  ): Promise<StoredSigner> {
    const sample = sampleKeyName(keyHashOf(publicKey, 256));
    if (sample !== undefined && !this.options.allowSampleKeys) {
      throw new SlipwayError('key.sample', { key: name, sample });
    }
    const keyId = keyIdOf(publicKey);
    const pem = await this.files.read(name, 'chain');
    const certificateChain = pem === undefined ? undefined : readChain(pem, name);
    if (certificateChain) checkChain(certificateChain, name, keyId, this.now());
    return {
      name,
      keyType,
      keyId,
      publicKeyPem: publicPem(publicKey),
      ...(certificateChain && { certificateChain }),
      sign,
    };
  }

  private async readCommand(name: string): Promise<SignerCommand | undefined> {
    const text = await this.files.read(name, 'command');
    return text === undefined ? undefined : decodeSignerCommand(text, name);
  }

  private now(): Date {
    return new Date(this.clock.wallTime());
  }
}

function checkName(name: string): void {
  if (!isKeyName(name)) throw new SlipwayError('key.invalid-name', { key: name });
}

function checkNew(name: string, passphrase: string): void {
  checkName(name);
  if (passphrase === '') throw new SlipwayError('key.passphrase-needed', { key: name });
}

function publicPem(publicKey: KeyObject): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

function generatePair(type: KeyType): Promise<KeyPairKeyObjectResult> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, publicKey: KeyObject, privateKey: KeyObject): void =>
      error ? reject(error) : resolve({ publicKey, privateKey });
    if (type === 'Ed25519') generateKeyPair('ed25519', undefined, done);
    else if (type === 'P-256' || type === 'P-384') generateKeyPair('ec', { namedCurve: type }, done);
    else generateKeyPair('rsa', { modulusLength: type === 'RSA-2048' ? 2048 : 3072 }, done);
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
