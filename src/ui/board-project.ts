import { isAbsolute, join } from 'node:path';
import { workspace } from 'vscode';
import { SlipwayError } from '../base/errors';
import type { BoardProject } from './project-board';
import { settings } from './settings';

/** The project of the first workspace folder. Throws `build.no-folder`, and `build.untrusted`: its code would run. */
export function boardProject(): BoardProject {
  const uri = workspace.workspaceFolders?.[0]?.uri;
  if (!uri) throw new SlipwayError('build.no-folder', {});
  const folder = uri.fsPath;
  if (!workspace.isTrusted) throw new SlipwayError('build.untrusted', { folder });
  const inFolder = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  return {
    folder,
    bootloader: inFolder(settings.emulatedBootloader(uri)),
    factoryImage: inFolder(settings.emulatedFactoryImage(uri)),
    qemu: settings.emulatorProgram(uri),
    confirmSeconds: settings.emulatedConfirmSeconds(uri),
  };
}
