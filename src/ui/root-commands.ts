import { relative } from 'node:path';
import { ConfigurationTarget, l10n, window, workspace } from 'vscode';
import { SlipwayError } from '../base/errors';
import { readCertificates } from '../manifest/read-certificates';
import type { Commands } from './parts';
import { settings } from './settings';

/** Root certificates that chains are verified against. */
export function rootCommands(): Commands {
  return {
    /** Adds files to the setting; VS Code's settings take them out again. */
    'roots.add': async () => {
      const folder = workspace.workspaceFolders?.[0];
      if (!folder) throw new SlipwayError('build.no-folder', {});
      const chosen = await window.showOpenDialog({
        title: l10n.t('Trust the root certificates of'),
        openLabel: l10n.t('Trust'),
        canSelectMany: true,
      });
      if (!chosen) throw new SlipwayError('cancelled', {});
      const files = [...settings.roots(folder.uri)];
      for (const { fsPath } of chosen) {
        await readCertificates(fsPath);
        const inside = relative(folder.uri.fsPath, fsPath).replaceAll('\\', '/');
        const file = inside.startsWith('..') || inside.includes(':') ? fsPath : inside;
        if (!files.includes(file)) files.push(file);
      }
      await workspace
        .getConfiguration('slipway')
        .update('signing.roots', files, ConfigurationTarget.Workspace);
    },
  };
}
