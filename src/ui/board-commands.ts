import { env, l10n, window } from 'vscode';
import { SlipwayError } from '../base/errors';
import type { Board } from '../lwm2m/board';
import { triggerBootstrap } from '../lwm2m/bootstrap-trigger';
import { chooseBoard, chooseName } from './choosing';
import { boardNameOf, nodeOf } from './node-argument';
import { type Commands, type Parts, knownBoards, onlineBoards } from './parts';
import { copyText } from './resource-text';
import { settings } from './settings';
import { virtualBoardRequestOf } from './virtual-board-request';

/** Boards: virtual and emulated ones, their consoles, what the tree shows of them. */
export function boardCommands(parts: Parts): Commands {
  const { server, bootstrap, desk, virtualBoards, projectBoard, values, consoles } = parts;
  const boardFor = async (argument: unknown, boards: readonly Board[], title: string): Promise<Board> => {
    const name = boardNameOf(argument);
    return name === undefined ? await chooseBoard(boards, title) : server.board(name);
  };
  return {
    'board.startVirtual': async (argument) => {
      await desk.start();
      await virtualBoards.start(virtualBoardRequestOf(argument));
    },
    'board.stopVirtual': async (argument) => {
      const name = boardNameOf(argument) ?? (await chooseName(virtualBoards.names, l10n.t('Stop')));
      await virtualBoards.stop(name);
    },
    'board.start': async () => {
      await desk.start();
      await projectBoard.start();
    },
    'board.stop': () => projectBoard.stop(),
    'board.erase': async () => {
      const erase = l10n.t('Erase');
      const question = l10n.t('Erase the flash of the emulated board?');
      const detail = l10n.t('It starts again as from the factory, with the firmware that was built last.');
      const answer = await window.showWarningMessage(question, { modal: true, detail }, erase);
      if (answer !== erase) throw new SlipwayError('cancelled', {});
      await projectBoard.erase();
    },
    'board.openConsole': async (argument) => {
      const boards = knownBoards(parts).filter(({ link }) => consoles.textOf(link.id) !== undefined);
      const board = await boardFor(argument, boards, l10n.t('Open the console of'));
      consoles.open(board.link.id, board.endpoint);
    },
    'board.forget': async (argument) => {
      const offline = knownBoards(parts).filter(({ online }) => !online);
      const name = boardNameOf(argument) ?? (await chooseBoard(offline, l10n.t('Remove from view'))).endpoint;
      // One that asked for a bootstrap alone has no registration to end.
      const isUnregistered = bootstrap.states.has(name) && !server.boards.has(name);
      bootstrap.forget(name);
      if (!isUnregistered) server.forget(name);
    },
    'board.bootstrap': async (argument) => {
      const board = await boardFor(argument, onlineBoards(parts), l10n.t('Bootstrap again'));
      if (!settings.bootstrap()) throw new SlipwayError('bootstrap.off', { board: board.endpoint });
      await triggerBootstrap(board, new AbortController().signal);
      window.setStatusBarMessage(l10n.t('$(check) {0} was asked to bootstrap again', board.endpoint), 5000);
    },
    'boards.refresh': async (argument) => {
      const node = nodeOf(argument);
      if (node && node.kind !== 'link') {
        await values.refresh(server.board(node.board), node.kind === 'object' ? node.objectId : undefined);
      } else {
        await Promise.all(onlineBoards(parts).map((board) => values.refresh(board)));
      }
    },
    'resource.copyValue': async (argument) => {
      const node = nodeOf(argument);
      if (node?.kind !== 'resource') throw new SlipwayError('cancelled', {});
      const value = server.board(node.board).values.get(node.path);
      if (value === undefined) throw new SlipwayError('cancelled', {});
      await env.clipboard.writeText(copyText(value));
      window.setStatusBarMessage(l10n.t('$(copy) Copied the value of {0}', node.path), 3000);
    },
  };
}
