import { commands, l10n, Uri, window } from 'vscode';
import { SlipwayError } from '../base/errors';
import { inspectorViewTypes } from './inspector';
import type { Commands } from './parts';

/** Looking into images and packages. */
export function inspectorCommands(): Commands {
  return {
    'file.inspect': async (argument) => {
      const uri = argument instanceof Uri ? argument : await chooseFile();
      const isPackage = /\.(suit|mcuboot)$/i.test(uri.path);
      const viewType = isPackage ? inspectorViewTypes.package : inspectorViewTypes.image;
      await commands.executeCommand('vscode.openWith', uri, viewType);
    },
  };
}

/** Rejects `cancelled`. */
async function chooseFile(): Promise<Uri> {
  const files = await window.showOpenDialog({
    title: l10n.t('Inspect an image or package'),
    openLabel: l10n.t('Inspect'),
    filters: {
      [l10n.t('Images and packages')]: ['suit', 'mcuboot', 'bin', 'hex', 'elf'],
      [l10n.t('All files')]: ['*'],
    },
  });
  const [file] = files ?? [];
  if (!file) throw new SlipwayError('cancelled', {});
  return file;
}
