import { randomBytes } from 'node:crypto';
import { l10n, window } from 'vscode';
import { SlipwayError } from '../base/errors';
import { isKeyName } from '../manifest/key-files';

/** Asks for the name of a new key. Rejects `cancelled`. */
export async function askKeyName(title: string, prompt: string, value: string): Promise<string> {
  const name = await window.showInputBox({
    title,
    prompt,
    value,
    ignoreFocusOut: true,
    validateInput: (text) =>
      isKeyName(text) ? undefined : l10n.t('Letters, digits, - and _, at most 64 of them.'),
  });
  if (name === undefined) throw new SlipwayError('cancelled', {});
  return name;
}

/** Asks for the passphrase of a key until `open` takes it. Rejects `cancelled`, and as `open`. */
export async function askPassphrase<T>(name: string, open: (passphrase: string) => Promise<T>): Promise<T> {
  for (let wrong = false; ; wrong = true) {
    const passphrase = await window.showInputBox({
      title: wrong ? l10n.t('Wrong passphrase for the key {0}', name) : l10n.t('Unlock the key {0}', name),
      prompt: l10n.t('Passphrase; kept in VS Code’s secret storage'),
      password: true,
      ignoreFocusOut: true,
    });
    if (passphrase === undefined) throw new SlipwayError('cancelled', {});
    try {
      return await open(passphrase);
    } catch (error) {
      const again =
        SlipwayError.is(error, 'key.wrong-passphrase') || SlipwayError.is(error, 'key.passphrase-needed');
      if (!again) throw error;
    }
  }
}

/** Asks for the passphrase of a new key, and makes one up if the user wants none of their own. Rejects `cancelled`. */
export async function askNewPassphrase(title: string): Promise<string> {
  const passphrase = await window.showInputBox({
    title,
    prompt: l10n.t(
      'Passphrase that encrypts it. Leave empty for a random one; either is kept in VS Code’s secret storage.',
    ),
    password: true,
    ignoreFocusOut: true,
  });
  if (passphrase === undefined) throw new SlipwayError('cancelled', {});
  return passphrase || randomBytes(24).toString('base64url');
}
