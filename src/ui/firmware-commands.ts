import { l10n } from 'vscode';
import { chooseBoard, chooseFolder } from './choosing';
import type { FirmwareTask } from './firmware-steps';
import { boardNameOf } from './node-argument';
import { type Commands, type Parts, onlineBoards } from './parts';

/** The way of a firmware, as tasks. */
export function firmwareCommands(parts: Parts): Commands {
  const { tasks } = parts;
  const here = (task: FirmwareTask, title: string) => async (): Promise<void> => {
    await tasks.run(task, await chooseFolder(title));
  };
  const there = (task: FirmwareTask, title: string) => async (argument: unknown) => {
    const folder = await chooseFolder(title);
    const board =
      boardNameOf(argument) ?? (await chooseBoard(onlineBoards(parts), l10n.t('Push to'))).endpoint;
    await tasks.run(task, folder, board);
  };
  return {
    'firmware.build': here('build', l10n.t('Build')),
    'firmware.sign': here('sign', l10n.t('Sign')),
    'firmware.push': there('push', l10n.t('Push')),
    'firmware.ship': there('ship', l10n.t('Build, sign and push')),
  };
}
