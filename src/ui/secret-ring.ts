import { type Disposable, DisposableStore } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { Emitter } from '../base/event';
import type { KeyStore } from '../manifest/key-store';
import type { KeyInfo } from '../manifest/stored-key';
import type { SymmetricKey } from '../manifest/types';
import type { KeptPassphrases } from './kept-passphrases';
import type { KeyValueStore } from './remembered-ports';

/** What the secrets of a workspace are for, each by its name. */
export interface SecretChoice {
  /** Packages get a COSE_Mac0 by each. */
  readonly macKeys: readonly string[];
  /** No signature beside the MACs. */
  readonly macOnly: boolean;
  /** Payloads are encrypted with it. */
  readonly encryptKey?: string;
}

export interface SecretRingOptions {
  /** The folder of keys, by the settings of the moment. */
  readonly keys: () => KeyStore;
  readonly passphrases: KeptPassphrases;
  /** What belongs to the workspace: names alone. */
  readonly workspace: KeyValueStore;
  /** The settings slipway.signing.macKeys, macOnly and encryptKey; they come before what was chosen. */
  readonly configured: () => SecretChoice;
}

/** Secrets that are open, by what they are for. */
export interface HeldSecrets {
  readonly macKeys: readonly SymmetricKey[];
  readonly decryptionKeys: readonly SymmetricKey[];
}

const chosenKey = 'slipway.secrets';
const none: SecretChoice = { macKeys: [], macOnly: false };

/** The secrets that the user shares with boards, and which of them this workspace's packages are made with. */
export class SecretRing implements Disposable {
  private readonly owned = new DisposableStore();
  private readonly changed = this.owned.add(new Emitter<void>());
  private opened: HeldSecrets = { macKeys: [], decryptionKeys: [] };
  private loads = 0;
  /** Others are chosen, or known. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly options: SecretRingOptions) {}

  /** The chosen secrets that open without a question, as of the last `reload`: what a board of this workspace holds. */
  get held(): HeldSecrets {
    return this.opened;
  }

  get choice(): SecretChoice {
    const { macKeys, macOnly, encryptKey } = this.options.configured();
    const chosen = this.chosen;
    const encrypt = encryptKey ?? chosen.encryptKey;
    return {
      ...(macKeys.length > 0 ? { macKeys, macOnly } : { ...chosen, macOnly: chosen.macOnly || macOnly }),
      ...(encrypt !== undefined && { encryptKey: encrypt }),
    };
  }

  /** Makes a secret, which nothing uses yet. Errors as `KeyStore.generateSecret`. */
  async generate(name: string, bits: 128 | 256, passphrase: string): Promise<KeyInfo> {
    const key = await this.options.keys().generateSecret(name, bits, passphrase);
    await this.options.passphrases.keep(key, passphrase);
    return key;
  }

  /** Packages of this workspace get a MAC by that secret; `only`: and no signature. Rejects `key.use-is-set`. */
  async useForMacs(name: string, only: boolean): Promise<void> {
    this.demandUnset(name, 'macs');
    const { macKeys, ...chosen } = this.chosen;
    await this.choose({
      ...chosen,
      macKeys: [...macKeys.filter((key) => key !== name), name],
      macOnly: only,
    });
  }

  /** Payloads of this workspace's packages are encrypted with that secret. Rejects `key.use-is-set`. */
  async useForEncryption(name: string): Promise<void> {
    this.demandUnset(name, 'encryption');
    await this.choose({ ...this.chosen, encryptKey: name });
  }

  /** Nothing of this workspace is made with that secret any more. Rejects `key.use-is-set` where a setting names it. */
  async stopUsing(name: string): Promise<void> {
    const configured = this.options.configured();
    if (configured.macKeys.includes(name)) this.demandUnset(name, 'macs');
    if (configured.encryptKey === name) this.demandUnset(name, 'encryption');
    await this.forget(name);
  }

  /** Takes back what was chosen of a secret, whatever the settings say. */
  async forget(name: string): Promise<void> {
    const { macKeys, macOnly, encryptKey } = this.chosen;
    const left = macKeys.filter((key) => key !== name);
    await this.choose({
      macKeys: left,
      macOnly: macOnly && left.length > 0,
      ...(encryptKey !== undefined && encryptKey !== name && { encryptKey }),
    });
  }

  /**
   * A secret by the passphrase that is kept. Errors as `KeyStore.openSecret`; `key.passphrase-needed` where none is
   * kept, or a wrong one, which is dropped.
   */
  async open(name: string): Promise<SymmetricKey> {
    return await this.options.passphrases.open(
      await this.options.keys().describe(name),
      async (passphrase) => await this.options.keys().openSecret(name, passphrase),
    );
  }

  /** A secret by this passphrase, which is kept if it is right. Errors as `KeyStore.openSecret`. */
  async unlock(name: string, passphrase: string): Promise<SymmetricKey> {
    const key = await this.options.keys().openSecret(name, passphrase);
    await this.options.passphrases.keep(key, passphrase);
    await this.reload();
    return key;
  }

  /** Looks again which secrets are chosen and known. What can't be opened without a question is left out. */
  async reload(): Promise<void> {
    const load = ++this.loads;
    const { macKeys, encryptKey } = this.choice;
    const opened = {
      macKeys: await this.atHand(macKeys),
      decryptionKeys: await this.atHand(encryptKey === undefined ? [] : [encryptKey]),
    };
    // A later one has begun, and sees what this one saw or what came after it.
    if (load !== this.loads) return;
    this.opened = opened;
    this.changed.fire();
  }

  dispose(): void {
    this.owned.dispose();
  }

  /** What a setting says can't be chosen otherwise. */
  private demandUnset(key: string, use: 'macs' | 'encryption'): void {
    const { macKeys, encryptKey } = this.options.configured();
    if (use === 'macs' ? macKeys.length === 0 : encryptKey === undefined) return;
    const setting = use === 'macs' ? 'slipway.signing.macKeys' : 'slipway.signing.encryptKey';
    throw new SlipwayError('key.use-is-set', { key, setting });
  }

  private get chosen(): SecretChoice {
    return { ...none, ...(this.options.workspace.get(chosenKey) as Partial<SecretChoice> | undefined) };
  }

  private async choose(choice: SecretChoice): Promise<void> {
    await this.options.workspace.update(chosenKey, choice);
    await this.reload();
  }

  private async atHand(names: readonly string[]): Promise<readonly SymmetricKey[]> {
    const keys: SymmetricKey[] = [];
    for (const name of names) {
      try {
        keys.push(await this.open(name));
      } catch (error) {
        if (!SlipwayError.is(error)) throw error;
      }
    }
    return keys;
  }
}
