import { type Disposable, DisposableStore } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { Emitter } from '../base/event';
import type { KeyInfo, KeyStore } from '../manifest/key-store';
import { isKeyName } from '../manifest/key-store';
import type { SignatureAlgorithm, Signer, TrustAnchor } from '../manifest/types';
import type { KeyValueStore } from './remembered-ports';

/** `vscode.SecretStorage`, as far as it is used here. */
export interface SecretStore {
  get(key: string): Thenable<string | undefined>;
  store(key: string, value: string): Thenable<void>;
  delete(key: string): Thenable<void>;
}

export interface KeyRingOptions {
  /** The folder of keys, by the settings of the moment. */
  readonly keys: () => KeyStore;
  readonly secrets: SecretStore;
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
  }

  /** Keys that can sign. */
  async signingKeys(): Promise<readonly KeyInfo[]> {
    return (await this.options.keys().list()).filter(({ canSign }) => canSign);
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
  async generate(name: string, algorithm: SignatureAlgorithm, passphrase: string): Promise<TrustAnchor> {
    const anchor = await this.options.keys().generate(name, algorithm, passphrase);
    await this.options.secrets.store(secretName(anchor.keyId), passphrase);
    await this.choose(name);
    return anchor;
  }

  /** The passphrase that is kept for a key, if there is one. */
  async passphrase(name: string): Promise<string | undefined> {
    const { keyId } = await this.options.keys().trustAnchor(name);
    return await this.options.secrets.get(secretName(keyId));
  }

  /**
   * The signer of a key by the passphrase that is kept. Errors as `KeyStore.open`; `key.passphrase-needed` where none
   * is kept, or a wrong one, which is dropped.
   */
  async open(name: string): Promise<Signer> {
    const { keyId } = await this.options.keys().trustAnchor(name);
    const passphrase = await this.options.secrets.get(secretName(keyId));
    if (passphrase === undefined) throw new SlipwayError('key.passphrase-needed', { key: name });
    try {
      return await this.options.keys().open(name, passphrase);
    } catch (error) {
      if (!SlipwayError.is(error, 'key.wrong-passphrase')) throw error;
      await this.options.secrets.delete(secretName(keyId));
      throw new SlipwayError('key.passphrase-needed', { key: name }, { cause: error });
    }
  }

  /** The signer by this passphrase, which is kept if it is right. Errors as `KeyStore.open`. */
  async unlock(name: string, passphrase: string): Promise<Signer> {
    const signer = await this.options.keys().open(name, passphrase);
    await this.options.secrets.store(secretName(signer.keyId), passphrase);
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

function secretName(keyId: string): string {
  return `slipway.passphrase.${keyId}`;
}
