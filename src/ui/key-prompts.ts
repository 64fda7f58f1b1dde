import { env, l10n, window } from 'vscode';
import { SlipwayError } from '../base/errors';
import type { KeyType } from '../base/key-signer';
import { type KeyInfo, keyTypes, type StoredSigner } from '../manifest/stored-key';
import { askKeyName, askNewPassphrase, askPassphrase } from './key-questions';
import type { KeyRing } from './key-ring';

/** Asks what signing needs to know: which key, its passphrase. Passphrases go to VS Code's secret storage alone. */
export class KeyPrompts {
  constructor(private readonly ring: KeyRing) {}

  /** The signer of the selected key; offers to make one where there is none. Rejects `cancelled`, and as `KeyRing.open`. */
  async signer(wishedName: string, type: KeyType): Promise<StoredSigner> {
    let name = await this.ring.selected();
    if (name === undefined) {
      if ((await this.ring.signingKeys()).length > 0) name = await this.select();
      else {
        await this.generate(wishedName, type);
        name = await this.ring.selected();
      }
    }
    if (name === undefined) throw new SlipwayError('cancelled', {});
    const key = name;
    try {
      return await this.ring.open(key);
    } catch (error) {
      if (!SlipwayError.is(error, 'key.passphrase-needed')) throw error;
      return await askPassphrase(key, (passphrase) => this.ring.unlock(key, passphrase));
    }
  }

  /** Makes a key under a name that the user gives. Rejects `cancelled`, and as `KeyRing.generate`. */
  async generate(wishedName: string, type: KeyType): Promise<KeyInfo> {
    const name = await askKeyName(
      l10n.t('Generate a signing key (1/2)'),
      l10n.t('Name of the new {0} key', type),
      await this.ring.freeName(wishedName),
    );
    const passphrase = await askNewPassphrase(l10n.t('Generate a signing key (2/2)'));
    return await this.ring.generate(name, type, passphrase);
  }

  /** The type of a new key, `preferred` first. Rejects `cancelled`. */
  async chooseType(preferred: KeyType): Promise<KeyType> {
    const types = [preferred, ...keyTypes.filter((type) => type !== preferred)];
    const chosen = await window.showQuickPick(
      types.map((type) => ({ label: type, description: typeHints()[type] })),
      { title: l10n.t('Type of the new signing key') },
    );
    const type = types.find((candidate) => candidate === chosen?.label);
    if (!type) throw new SlipwayError('cancelled', {});
    return type;
  }

  /** Lets the user choose one of their keys for this workspace; gives its name. Rejects `cancelled`, `key.none`. */
  async select(): Promise<string> {
    const keys = await this.ring.signingKeys();
    if (keys.length === 0) throw new SlipwayError('key.none', {});
    const chosen = await window.showQuickPick(
      keys.map(({ name, type, keyId, program }) => ({
        label: name,
        description: program === undefined ? type : l10n.t('{0}, signed by {1}', type, program),
        detail: l10n.t('key id {0}', keyId),
      })),
      { title: l10n.t('Sign packages of this workspace with') },
    );
    if (!chosen) throw new SlipwayError('cancelled', {});
    await this.ring.choose(chosen.label);
    return chosen.label;
  }

  /** Puts the passphrase of the selected key on the clipboard, for a CI job. False where none is kept. */
  async copyPassphrase(): Promise<boolean> {
    const name = await this.ring.selected();
    const passphrase = name === undefined ? undefined : await this.ring.passphrase(name);
    if (passphrase === undefined) return false;
    await env.clipboard.writeText(passphrase);
    return true;
  }
}

function typeHints(): Readonly<Record<KeyType, string>> {
  return {
    'P-256': l10n.t('what most boards verify, some of them in hardware'),
    Ed25519: l10n.t('fast without hardware, deterministic'),
    'P-384': l10n.t('stronger and slower than P-256'),
    'RSA-2048': l10n.t('MCUboot images only: large signatures, verified fast'),
    'RSA-3072': l10n.t('MCUboot images only: larger and stronger'),
  };
}
