import { env, l10n, window, workspace } from 'vscode';
import { SlipwayError } from '../base/errors';
import type { KeyInfo } from '../manifest/stored-key';
import { keyChooser, keyNode } from './key-choice';
import type { Commands, Parts } from './parts';
import { settings } from './settings';

/** Signing keys. On a row of the keys view a command is about that key; from the palette it asks for one. */
export function keyCommands({ keys, keyFiles, ring, secrets }: Parts): Commands {
  const keyOf = keyChooser(ring);
  const copy = async (value: string, what: string): Promise<void> => {
    await env.clipboard.writeText(value);
    window.setStatusBarMessage(l10n.t('$(copy) Copied {0}', what), 3000);
  };
  return {
    'key.generate': async () => {
      const folder = workspace.workspaceFolders?.[0];
      const type = await keys.chooseType(settings.keyType(folder?.uri));
      await keys.generate(folder?.name ?? 'slipway', type);
    },
    'key.import': () => keyFiles.importKey(),
    'key.importPublic': () => keyFiles.importPublic(),
    'key.addCommand': () => keyFiles.addCommand(),
    'key.select': async (argument) => {
      const name = keyNode(argument)?.key;
      if (name === undefined) await keys.select();
      else await ring.choose(name);
    },
    'key.exportPublic': async (argument) => {
      const { name } = await keyOf(
        argument,
        l10n.t('Export the public half of'),
        ({ kind }) => kind !== 'secret',
      );
      await keyFiles.exportPublic(name);
    },
    'key.addChain': async (argument) => {
      const { name } = await keyOf(argument, l10n.t('Add certificates to'), ({ canSign }) => canSign);
      await keyFiles.addChain(name);
    },
    'key.removeChain': async (argument) => {
      const { name } = await keyOf(
        argument,
        l10n.t('Remove certificates of'),
        ({ chain }) => chain.length > 0,
      );
      await ring.removeChain(name);
    },
    'key.copyId': async (argument) => {
      const { keyId } = await keyOf(argument, l10n.t('Copy the key id of'), () => true);
      await copy(keyId, l10n.t('the key id'));
    },
    'key.copyFact': async (argument) => {
      const node = keyNode(argument);
      if (node?.kind === 'keyFact') await copy(node.value, node.label);
    },
    'key.delete': async (argument) => {
      const key = await keyOf(argument, l10n.t('Delete'), () => true);
      const really = l10n.t('Delete');
      const answer = await window.showWarningMessage(
        l10n.t('Delete the key {0}?', key.name),
        { modal: true, detail: deletionText(key) },
        really,
      );
      if (answer !== really) return;
      await ring.delete(key);
      if (key.kind === 'secret') await secrets.forget(key.name);
    },
    'keys.refresh': () => ring.reload(),
    'key.copyPassphrase': async () => {
      if (!(await keys.copyPassphrase())) throw new SlipwayError('key.none', {});
      window.setStatusBarMessage(l10n.t('$(key) Copied the passphrase of the signing key'), 3000);
    },
  };
}

function deletionText({ kind }: KeyInfo): string {
  switch (kind) {
    case 'private':
      return l10n.t(
        'There is no way back. Boards that trust this key alone take no more updates, unless you have a copy of it.',
      );
    case 'secret':
      return l10n.t('There is no way back. Boards know no other secret, unless you have a copy of it.');
    case 'command':
      return l10n.t(
        'The key in the HSM or cloud stays; only its public half, its command and its certificates go.',
      );
    case 'public':
      return l10n.t('Only the public half is here; its owner keeps the key.');
  }
}
