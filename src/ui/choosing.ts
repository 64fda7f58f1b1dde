import { type WorkspaceFolder, l10n, window, workspace } from 'vscode';
import { SlipwayError } from '../base/errors';
import type { Link } from '../link/link';
import type { Board } from '../lwm2m/board';
import { runningVersion } from '../update/running-version';
import { inOrderOfChoice } from './order-of-choice';
import { linkName } from './wording';

/**
 * One of `boards`: the only one, or the one the user picks.
 * Rejects `cancelled`, `lwm2m.no-board` where there is none.
 */
export async function chooseBoard(boards: readonly Board[], title: string): Promise<Board> {
  if (boards.length === 0) throw new SlipwayError('lwm2m.no-board', {});
  return await choose(boards, title, shownBoard);
}

function shownBoard(board: Board): Shown {
  return {
    label: `$(circuit-board) ${board.endpoint}`,
    description: runningVersion(board.values) ?? '',
    detail: linkName(board.link.id),
  };
}

/**
 * Several of `boards`, in the order in which the user ticks them; those named in `ticked` are ticked already.
 * Rejects `cancelled`, also where none was ticked, `lwm2m.no-board` where there is none.
 */
export async function chooseBoards(
  boards: readonly Board[],
  title: string,
  ticked: readonly string[],
): Promise<readonly Board[]> {
  if (boards.length === 0) throw new SlipwayError('lwm2m.no-board', {});
  const items = boards.map((board) => ({
    ...shownBoard(board),
    picked: ticked.includes(board.endpoint),
    board,
  }));
  let order = items.filter(({ picked }) => picked);
  const picker = window.createQuickPick<(typeof items)[number]>();
  picker.title = title;
  picker.placeholder = l10n.t('Choose the boards; they are updated in the order in which you tick them');
  picker.canSelectMany = true;
  picker.items = items;
  picker.selectedItems = order;
  return await new Promise<readonly Board[]>((resolve, reject) => {
    picker.onDidChangeSelection((selected) => (order = inOrderOfChoice(order, selected)));
    picker.onDidAccept(() => {
      if (order.length > 0) resolve(order.map(({ board }) => board));
      picker.hide();
    });
    picker.onDidHide(() => {
      reject(new SlipwayError('cancelled', {}));
      picker.dispose();
    });
    picker.show();
  });
}

/** One of `links`, likewise. Rejects `cancelled` also where there is none. */
export async function chooseLink(links: readonly Link[], title: string): Promise<Link> {
  return await choose(links, title, ({ id, state }) => ({ label: linkName(id), description: state }));
}

/** The workspace folder to work on. Rejects `cancelled`, `build.no-folder`. */
export async function chooseFolder(title: string): Promise<WorkspaceFolder> {
  const folders = workspace.workspaceFolders ?? [];
  if (folders.length === 0) throw new SlipwayError('build.no-folder', {});
  const active =
    window.activeTextEditor && workspace.getWorkspaceFolder(window.activeTextEditor.document.uri);
  return (
    active ?? (await choose(folders, title, ({ name, uri }) => ({ label: name, description: uri.fsPath })))
  );
}

/** One of `names`, likewise. */
export async function chooseName(names: readonly string[], title: string): Promise<string> {
  return await choose(names, title, (label) => ({ label }));
}

interface Shown {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
}

async function choose<T>(items: readonly T[], title: string, show: (item: T) => Shown): Promise<T> {
  const [only] = items;
  if (only !== undefined && items.length === 1) return only;
  if (items.length === 0) throw new SlipwayError('cancelled', {});
  const rows = items.map((item) => ({ ...show(item), item }));
  const chosen = await window.showQuickPick(rows, { title, placeHolder: l10n.t('Choose one') });
  if (!chosen) throw new SlipwayError('cancelled', {});
  return chosen.item;
}
