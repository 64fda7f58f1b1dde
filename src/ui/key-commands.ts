import { l10n, window, workspace } from 'vscode';
import { SlipwayError } from '../base/errors';
import type { Commands, Parts } from './parts';
import { settings } from './settings';

/** Signing keys. */
export function keyCommands({ keys }: Parts): Commands {
  return {
    'key.generate': async () => {
      const folder = workspace.workspaceFolders?.[0];
      const type = await keys.chooseType(settings.keyType(folder?.uri));
      await keys.generate(folder?.name ?? 'slipway', type);
    },
    'key.select': async () => {
      await keys.select();
    },
    'key.copyPassphrase': async () => {
      if (!(await keys.copyPassphrase())) throw new SlipwayError('key.none', {});
      window.setStatusBarMessage(l10n.t('$(key) Copied the passphrase of the signing key'), 3000);
    },
  };
}
