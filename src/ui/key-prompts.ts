import { randomBytes } from 'node:crypto';
import { env, l10n, window } from 'vscode';
import { SlipwayError } from '../base/errors';
import { isKeyName } from '../manifest/key-store';
import type { SignatureAlgorithm, Signer, TrustAnchor } from '../manifest/types';
import type { KeyRing } from './key-ring';

/** Asks what signing needs to know: which key, its passphrase. Passphrases go to VS Code's secret storage alone. */
export class KeyPrompts {
  constructor(private readonly ring: KeyRing) {}

  /** The signer of the selected key; offers to make one where there is none. Rejects `cancelled`, and as `KeyRing.open`. */
  async signer(wishedName: string, algorithm: SignatureAlgorithm): Promise<Signer> {
    let name = await this.ring.selected();
    if (name === undefined) {
      if ((await this.ring.signingKeys()).length > 0) name = await this.select();
      else {
        await this.generate(wishedName, algorithm);
        name = await this.ring.selected();
      }
    }
    if (name === undefined) throw new SlipwayError('cancelled', {});
    try {
      return await this.ring.open(name);
    } catch (error) {
      if (!SlipwayError.is(error, 'key.passphrase-needed')) throw error;
      return await this.unlock(name);
    }
  }

  /** Makes a key under a name that the user gives. Rejects `cancelled`, and as `KeyRing.generate`. */
  async generate(wishedName: string, algorithm: SignatureAlgorithm): Promise<TrustAnchor> {
    const name = await window.showInputBox({
      title: l10n.t('Generate a signing key (1/2)'),
      prompt: l10n.t('Name of the new {0} key', algorithm),
      value: await this.ring.freeName(wishedName),
      ignoreFocusOut: true,
      validateInput: (text) =>
        isKeyName(text) ? undefined : l10n.t('Letters, digits, - and _, at most 64 of them.'),
    });
    if (name === undefined) throw new SlipwayError('cancelled', {});
    const passphrase = await window.showInputBox({
      title: l10n.t('Generate a signing key (2/2)'),
      prompt: l10n.t(
        'Passphrase that encrypts it. Leave empty for a random one; either is kept in VS Code’s secret storage.',
      ),
      password: true,
      ignoreFocusOut: true,
    });
    if (passphrase === undefined) throw new SlipwayError('cancelled', {});
    return await this.ring.generate(name, algorithm, passphrase || randomBytes(24).toString('base64url'));
  }

  /** Lets the user choose one of their keys for this workspace; gives its name. Rejects `cancelled`, `key.none`. */
  async select(): Promise<string> {
    const keys = await this.ring.signingKeys();
    if (keys.length === 0) throw new SlipwayError('key.none', {});
    const chosen = await window.showQuickPick(
      keys.map(({ name, algorithm, keyId }) => ({
        label: name,
        description: algorithm,
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

  private async unlock(name: string): Promise<Signer> {
    for (let wrong = false; ; wrong = true) {
      const passphrase = await window.showInputBox({
        title: wrong ? l10n.t('Wrong passphrase for the key {0}', name) : l10n.t('Unlock the key {0}', name),
        prompt: l10n.t('Passphrase; kept in VS Code’s secret storage'),
        password: true,
        ignoreFocusOut: true,
      });
      if (passphrase === undefined) throw new SlipwayError('cancelled', {});
      try {
        return await this.ring.unlock(name, passphrase);
      } catch (error) {
        const again =
          SlipwayError.is(error, 'key.wrong-passphrase') || SlipwayError.is(error, 'key.passphrase-needed');
        if (!again) throw error;
      }
    }
  }
}
