import { basename } from 'node:path';
import { type QuickPickItem, Uri, type WorkspaceFolder, l10n, window, workspace } from 'vscode';
import { SlipwayError } from '../base/errors';
import { chooseBoard, chooseFolder } from './choosing';
import { boardNameOf, nodeOf } from './node-argument';
import { type Commands, type Parts, onlineBoards } from './parts';

/** The way of a firmware, as tasks. */
export function firmwareCommands(parts: Parts): Commands {
  const { tasks } = parts;
  const boardFor = async (argument: unknown): Promise<string> =>
    boardNameOf(argument) ?? (await chooseBoard(onlineBoards(parts), l10n.t('Push to'))).endpoint;
  return {
    'firmware.build': async () => {
      await tasks.run('build', await chooseFolder(l10n.t('Build')));
    },
    'firmware.sign': async () => {
      await tasks.run('sign', await chooseFolder(l10n.t('Sign')));
    },
    'firmware.push': async (argument, board) => {
      const file = argument instanceof Uri ? argument.fsPath : await choosePackage(parts);
      const folder = workspace.getWorkspaceFolder(Uri.file(file));
      await tasks.run('push', folder, {
        board: await boardFor(nodeOf(board) ? board : argument),
        package: file,
      });
    },
    'firmware.ship': async (argument) => {
      const folder = await chooseFolder(l10n.t('Build, sign and push'));
      await tasks.run('ship', folder, { board: await boardFor(argument) });
    },
  };
}

interface PackageItem extends QuickPickItem {
  readonly file?: string;
}

/** The package that was signed last in one of the folders, or any file. Rejects `cancelled`. */
export async function choosePackage({ tasks }: Parts): Promise<string> {
  const last = await Promise.all(
    (workspace.workspaceFolders ?? []).map((folder) => lastPackage(tasks, folder)),
  );
  const packages = last.filter((item) => item !== undefined);
  if (packages.length > 0) {
    const items: PackageItem[] = [...packages, { label: l10n.t('$(folder-opened) Choose a file…') }];
    const chosen = await window.showQuickPick(items, { title: l10n.t('Push a signed package') });
    if (!chosen) throw new SlipwayError('cancelled', {});
    if (chosen.file !== undefined) return chosen.file;
  }
  const files = await window.showOpenDialog({
    title: l10n.t('Push a signed package'),
    openLabel: l10n.t('Push'),
    filters: { [l10n.t('Signed packages')]: ['suit', 'mcuboot'], [l10n.t('All files')]: ['*'] },
  });
  const [file] = files ?? [];
  if (!file) throw new SlipwayError('cancelled', {});
  return file.fsPath;
}

async function lastPackage(tasks: Parts['tasks'], folder: WorkspaceFolder): Promise<PackageItem | undefined> {
  const file = await tasks.lastPackage(folder);
  if (file === undefined) return undefined;
  return { label: `$(package) ${basename(file)}`, description: folder.name, detail: file, file };
}
