import { basename } from 'node:path';
import { type Uri, l10n, window } from 'vscode';
import { SlipwayError } from '../base/errors';
import { readBytes } from '../image/read-image';
import type { Board } from '../lwm2m/board';
import {
  type ComponentPackage,
  type FirmwareComponent,
  knownComponents,
} from '../update/firmware-components';
import { toUpdatePackage } from '../update/package-file';
import { chooseBoard } from './choosing';
import { endError } from './firmware-steps';
import { nodeOf } from './node-argument';
import { type Commands, type Parts, onlineBoards } from './parts';

/** Several firmware components of a board, updated together (object 33629). */
export function componentsCommands(parts: Parts): Commands {
  return {
    'firmware.pushComponents': async (argument, files) => {
      const board = await boardOf(parts, argument);
      const components = await chooseComponents(board, argument);
      const packages: ComponentPackage[] = [];
      for (const { instance, name } of components) {
        const file = filesOf(files)?.[name] ?? (await chooseFile(name));
        const bytes = await readBytes(file.fsPath);
        packages.push({ instance, name, package: toUpdatePackage(basename(file.fsPath), bytes) });
      }
      const [first, ...others] = packages;
      if (!first) throw new SlipwayError('cancelled', {});
      const record = await parts.updates.startComponents(board, [first, ...others]).finished;
      if (record.outcome !== 'succeeded') throw endError(record);
    },
  };
}

async function boardOf(parts: Parts, argument: unknown): Promise<Board> {
  const node = nodeOf(argument);
  if (node && node.kind !== 'link') return parts.server.board(node.board);
  const boards = onlineBoards(parts).filter((board) => board.hasObject(33629));
  return await chooseBoard(boards, l10n.t('Push to components of'));
}

/** Those that the user ticks; the one that the command was called on is ticked, else all are. */
async function chooseComponents(board: Board, argument: unknown): Promise<readonly FirmwareComponent[]> {
  const components = knownComponents(board.values, board.instancesOf(33629));
  if (components.length === 0) {
    throw new SlipwayError('update.no-object', { board: board.endpoint, objectId: 33629 });
  }
  const node = nodeOf(argument);
  const only = node?.kind === 'instance' ? node.instanceId : undefined;
  const items = components.map((component) => ({
    label: component.name,
    description: component.version ?? '',
    picked: only === undefined || only === component.instance,
    component,
  }));
  const chosen = await window.showQuickPick(items, {
    title: l10n.t('Components of {0} to update together', board.endpoint),
    placeHolder: l10n.t('Tick those to update, each with a package of its own'),
    canPickMany: true,
  });
  if (!chosen || chosen.length === 0) throw new SlipwayError('cancelled', {});
  return chosen.map(({ component }) => component);
}

async function chooseFile(component: string): Promise<Uri> {
  const [file] =
    (await window.showOpenDialog({
      title: l10n.t('Package for {0}', component),
      openLabel: l10n.t('Push'),
      filters: { [l10n.t('Signed packages')]: ['suit', 'mcuboot'], [l10n.t('All files')]: ['*'] },
    })) ?? [];
  if (!file) throw new SlipwayError('cancelled', {});
  return file;
}

/** Files by the names of components, for those who run the command from elsewhere. */
function filesOf(argument: unknown): Readonly<Record<string, Uri>> | undefined {
  return typeof argument === 'object' && argument !== null && !Array.isArray(argument)
    ? (argument as Readonly<Record<string, Uri>>)
    : undefined;
}
