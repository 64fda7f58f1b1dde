import { type Disposable, DisposableStore } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { Emitter } from '../base/event';
import type { KeyType } from '../base/key-signer';
import { isKeyName } from '../manifest/key-files';
import type { KeySource, KeyStore } from '../manifest/key-store';
import type { SignerCommand } from '../manifest/signer-command';
import type { KeyInfo, StoredSigner } from '../manifest/stored-key';
import type { TrustAnchor } from '../manifest/types';
import type { KeptPassphrases } from './kept-passphrases';
import type { KeyValueStore } from './remembered-ports';

export interface KeyRingOptions {
  /** The folder of keys, by the settings of the moment. */
  readonly keys: () => KeyStore;
  readonly passphrases: KeptPassphrases;
  /** What belongs to the workspace: the key chosen for it. */
  readonly workspace: KeyValueStore;
  /** The setting slipway.signing.key; empty where it is not set. */
  readonly configuredKey: () => string;
}

const chosenKey = 'slipway.key';

/** The signing keys of the user, which of them this workspace signs with, and their passphrases. */
export class KeyRing implements Disposable {
  private readonly owned = new DisposableStore();
  private readonly changed = this.owned.add(new Emitter<void>());
  private current: TrustAnchor | undefined;
  /** Another key is selected, or the first one. */
  readonly onDidChange = this.changed.event;
  private readonly keysChanged = this.owned.add(new Emitter<void>());
  /** There are other keys, or other things about them, or another one is selected. */
  readonly onDidChangeKeys = this.keysChanged.event;

  constructor(private readonly options: KeyRingOptions) {}

  /** The public half of the selected key, as of the last `reload`. */
  get anchor(): TrustAnchor | undefined {
    return this.current;
  }

  /** Looks again which key is selected. A key that can't be read counts as none until it is used. */
  async reload(): Promise<void> {
    const before = this.current?.keyId;
    try {
      const name = await this.selected();
      this.current = name === undefined ? undefined : await this.options.keys().trustAnchor(name);
    } catch (error) {
      if (!SlipwayError.is(error)) throw error;
      this.current = undefined;
    }
    if (this.current?.keyId !== before) this.changed.fire();
    this.keysChanged.fire();
  }

  /** All keys, those too that don't sign. */
  async all(): Promise<readonly KeyInfo[]> {
    return await this.options.keys().list();
  }

  /** Keys that can sign. */
  async signingKeys(): Promise<readonly KeyInfo[]> {
    return (await this.all()).filter(({ canSign }) => canSign);
  }

  /** The key this workspace signs with: the setting's, the chosen one, or the only one there is. */
  async selected(): Promise<string | undefined> {
    const configured = this.options.configuredKey();
    if (configured !== '') return configured;
    const names = (await this.signingKeys()).map(({ name }) => name);
    const chosen = this.options.workspace.get(chosenKey);
    if (typeof chosen === 'string' && names.includes(chosen)) return chosen;
    return names.length === 1 ? names[0] : undefined;
  }

  /** Lets this workspace sign with that key from now on. */
  async choose(name: string): Promise<void> {
    await this.options.workspace.update(chosenKey, name);
    await this.reload();
  }

  /** Makes a key and chooses it. Errors as `KeyStore.generate`. */
  async generate(name: string, type: KeyType, passphrase: string): Promise<KeyInfo> {
    const key = await this.options.keys().generate(name, type, passphrase);
    await this.options.passphrases.keep(key, passphrase);
    await this.choose(name);
    return key;
  }

  /** Takes a private or secret key in. Errors as `KeyStore.import`. */
  async import(
    name: string,
    source: KeySource,
    passphrase: string,
    sourcePassphrase?: string,
  ): Promise<KeyInfo> {
    const key = await this.options.keys().import(name, source, passphrase, sourcePassphrase);
    await this.options.passphrases.keep(key, passphrase);
    await this.reload();
    return key;
  }

  /** Takes a public key in, or one that a command signs with. Errors as `KeyStore.importPublic`. */
  async importPublic(name: string, source: KeySource, command?: SignerCommand): Promise<KeyInfo> {
    const key = await this.options.keys().importPublic(name, source, command);
    await this.reload();
    return key;
  }

  /** Keeps certificates with a key. Errors as `KeyStore.setChain`. */
  async setChain(name: string, pem: string): Promise<KeyInfo> {
    const key = await this.options.keys().setChain(name, pem);
    await this.reload();
    return key;
  }

  /** Takes the certificates of a key away. Errors as `KeyStore.removeChain`. */
  async removeChain(name: string): Promise<KeyInfo> {
    const key = await this.options.keys().removeChain(name);
    await this.reload();
    return key;
  }

  /** SPKI PEM of a key. Errors as `KeyStore.publicKeyPem`. */
  async publicKeyPem(name: string): Promise<string> {
    return await this.options.keys().publicKeyPem(name);
  }

  /** Deletes a key and forgets its passphrase; there is no way back. Errors as `KeyStore.delete`. */
  async delete(key: Pick<KeyInfo, 'name' | 'keyId'>): Promise<void> {
    await this.options.keys().delete(key.name);
    await this.options.passphrases.forget(key);
    await this.reload();
  }

  /** The passphrase that is kept for a key, if there is one. */
  async passphrase(name: string): Promise<string | undefined> {
    return await this.options.passphrases.of(await this.options.keys().describe(name));
  }

  /**
   * The signer of a key by the passphrase that is kept. Errors as `KeyStore.openKey`; `key.passphrase-needed` where
   * none is kept, or a wrong one, which is dropped.
   */
  async open(name: string): Promise<StoredSigner> {
    const key = await this.options.keys().describe(name);
    const open = (passphrase: string): Promise<StoredSigner> => this.options.keys().openKey(name, passphrase);
    // Nothing of the others is encrypted.
    return key.kind === 'private' ? await this.options.passphrases.open(key, open) : await open('');
  }

  /** The signer of the selected key, if it needs no question; undefined where it does, or there is none. */
  async signerAtHand(): Promise<StoredSigner | undefined> {
    try {
      const name = await this.selected();
      return name === undefined ? undefined : await this.open(name);
    } catch (error) {
      if (SlipwayError.is(error)) return undefined;
      throw error;
    }
  }

  /** The signer by this passphrase, which is kept if it is right. Errors as `KeyStore.openKey`. */
  async unlock(name: string, passphrase: string): Promise<StoredSigner> {
    const signer = await this.options.keys().openKey(name, passphrase);
    await this.options.passphrases.keep(signer, passphrase);
    return signer;
  }

  /** A name for a new key, after `wish` (a workspace's name), that is not taken. */
  async freeName(wish: string): Promise<string> {
    const slug = wish
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 48);
    const name = isKeyName(slug) ? slug : 'slipway';
    const taken = new Set((await this.options.keys().list()).map((key) => key.name));
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : `${name}-${number}`;
      if (!taken.has(candidate)) return candidate;
    }
  }

  dispose(): void {
    this.owned.dispose();
  }
}
