import { ProgressLocation, Uri, l10n, window, workspace } from 'vscode';
import { SlipwayError } from '../base/errors';
import { exportHistory } from '../update/history';
import { chooseBoard, chooseName } from './choosing';
import { boardNameOf, boardNamesOf, nodeOf } from './node-argument';
import { type Commands, type Parts, knownBoards, onlineBoards } from './parts';
import { forgottenProfileText } from './profile-wording';

/** The component whose row a command was called on (object 33629). */
function componentOf(argument: unknown): number | undefined {
  const node = nodeOf(argument);
  return node?.kind === 'instance' && node.objectId === 33629 ? node.instanceId : undefined;
}

/** Updates under way, their state on the board, panel and history. */
export function updateCommands(parts: Parts): Commands {
  const { server, updates, batches, panel, history, profiles } = parts;
  return {
    'update.cancel': async (argument, selected) => {
      const running = updates.jobs.map(({ board }) => board);
      const called = boardNamesOf(argument, selected);
      const names = called.length > 0 ? called : [await chooseName(running, l10n.t('Cancel the update of'))];
      for (const name of names) {
        // A board that waits for its turn in a batch has no run yet.
        batches.latest?.cancel(name);
        updates.jobOf(name)?.cancel();
      }
    },
    'update.cancelAll': () => {
      batches.latest?.cancelAll();
      for (const job of updates.jobs) job.cancel();
    },
    'update.reset': async (argument) => {
      const name = boardNameOf(argument);
      const board =
        name === undefined
          ? await chooseBoard(onlineBoards(parts), l10n.t('Reset the update state of'))
          : server.board(name);
      const title = l10n.t('Resetting the update state of {0}', board.endpoint);
      await window.withProgress(
        { location: ProgressLocation.Notification, title, cancellable: true },
        async (_progress, token) => {
          const abort = new AbortController();
          token.onCancellationRequested(() => abort.abort());
          await updates.reset(board, abort.signal, componentOf(argument));
        },
      );
    },
    'update.forgetProfile': async (argument) => {
      const name =
        boardNameOf(argument) ??
        (await chooseBoard(knownBoards(parts), l10n.t('Forget the transfer profile of'))).endpoint;
      const profile = profiles.get(name);
      await profiles.forget(name);
      void window.showInformationMessage(forgottenProfileText(name, profile, l10n.t));
    },
    'update.showPanel': () => panel.show(),
    'update.exportHistory': async () => {
      const folder = workspace.workspaceFolders?.[0]?.uri;
      const target = await window.showSaveDialog({
        title: l10n.t('Export the update history'),
        filters: { JSON: ['json'] },
        ...(folder && { defaultUri: Uri.joinPath(folder, 'slipway-history.json') }),
      });
      if (!target) throw new SlipwayError('cancelled', {});
      await workspace.fs.writeFile(target, Buffer.from(exportHistory(history.records), 'utf8'));
      await window.showTextDocument(target);
    },
  };
}
