import { Uri, l10n, window } from 'vscode';
import type { Board } from '../lwm2m/board';
import { failureSummary } from './batch-wording';
import { compareNames } from './board-nodes';
import { chooseBoards } from './choosing';
import { choosePackage } from './firmware-commands';
import { boardNamesOf } from './node-argument';
import { type Commands, type Parts, onlineBoards } from './parts';
import { settings } from './settings';

/** One package to several boards. */
export function severalCommands(parts: Parts): Commands {
  const { tasks, batches, panel, log } = parts;
  return {
    'firmware.pushSeveral': async (argument, selected) => {
      const boards = await boardsFor(parts, boardNamesOf(argument, selected));
      const file = argument instanceof Uri ? argument.fsPath : await choosePackage(parts);
      const batch = batches.start(boards, await tasks.readPackage(file), settings.concurrency());
      panel.show();
      const summary = failureSummary(await batch.finished, l10n.t);
      if (!summary) return;
      log.error(summary.text);
      // Not waited for: it stays as long as the user wants.
      const showPanel = l10n.t('Show Panel');
      void window.showErrorMessage(summary.text, showPanel).then((chosen) => {
        if (chosen === showPanel) panel.show();
      });
    },
  };
}

/** The boards that are selected in the tree, or those that the user ticks. */
async function boardsFor(parts: Parts, names: readonly string[]): Promise<readonly Board[]> {
  if (names.length > 1) return names.map((name) => parts.server.board(name));
  const boards = onlineBoards(parts)
    .filter((board) => board.hasObject(5))
    .sort((a, b) => compareNames(a.endpoint, b.endpoint));
  return await chooseBoards(boards, l10n.t('Push one package to several boards'), names);
}
