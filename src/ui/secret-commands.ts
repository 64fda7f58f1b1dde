import { l10n } from 'vscode';
import { keyChooser } from './key-choice';
import type { Commands, Parts } from './parts';

/** Secrets that boards share, and what packages of this workspace are made with. */
export function secretCommands({ ring, secrets, secretPrompts }: Parts): Commands {
  const keyOf = keyChooser(ring);
  return {
    'key.generateSecret': async () => {
      await secretPrompts.generate();
    },
    'key.useForMacs': async (argument) => {
      const { name } = await keyOf(argument, l10n.t('Make MACs with'), ({ kind }) => kind === 'secret');
      await secrets.useForMacs(name, await secretPrompts.macOnly(name));
    },
    'key.useForEncryption': async (argument) => {
      const { name } = await keyOf(
        argument,
        l10n.t('Encrypt packages with'),
        ({ kind }) => kind === 'secret',
      );
      await secrets.useForEncryption(name);
    },
    'key.stopUsing': async (argument) => {
      const { macKeys, encryptKey } = secrets.choice;
      const { name } = await keyOf(
        argument,
        l10n.t('Stop using'),
        (key) => macKeys.includes(key.name) || key.name === encryptKey,
      );
      await secrets.stopUsing(name);
    },
  };
}
