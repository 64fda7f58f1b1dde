import { l10n, window } from 'vscode';
import { SlipwayError } from '../base/errors';
import type { Board } from '../lwm2m/board';
import { objectDefinition, resourceDefinition } from '../lwm2m/objects/objects';
import { parsePath, pathIds } from '../lwm2m/path';
import { chooseBoard } from './choosing';
import { nodeOf } from './node-argument';
import { type Parts, onlineBoards } from './parts';
import type { TreeNode } from './tree-row';

/** What a command works on. */
export interface Target {
  readonly board: Board;
  readonly path: string;
}

/** How many numbers a path may have: 1 for an object, 2 for an instance, 3 for a resource, 4 for one of its values. */
export type Depths = readonly number[];

/** The row that a command was called on, or else a board and a path that are asked for. Rejects `cancelled`, `lwm2m.no-board`. */
export async function targetOf(
  parts: Pick<Parts, 'server'>,
  argument: unknown,
  depths: Depths,
  title: string,
): Promise<Target> {
  const node = nodeOf(argument);
  const path = node && pathOf(node);
  if (node && node.kind !== 'link' && path !== undefined) {
    return { board: parts.server.board(node.board), path };
  }
  const board = await chooseBoard(onlineBoards(parts), title);
  const typed = await window.showInputBox({
    title,
    prompt: l10n.t('The path on {0}, such as {1}', board.endpoint, example(depths)),
    ignoreFocusOut: true,
    validateInput: (text) =>
      depths.includes(pathIds(text)?.length ?? 0)
        ? undefined
        : l10n.t('Type a path such as {0}.', example(depths)),
  });
  if (typed === undefined) throw new SlipwayError('cancelled', {});
  return { board, path: typed };
}

/** The path that a row stands for, if it does. */
export function pathOf(node: TreeNode): string | undefined {
  switch (node.kind) {
    case 'object':
      return `/${node.objectId}`;
    case 'instance':
      return `/${node.objectId}/${node.instanceId}`;
    case 'resource':
      return node.path;
    default:
      return undefined;
  }
}

/** `Reboot (/3/0/4)`. */
export function nameOf(path: string): string {
  const { objectId, resourceId } = parsePath(path);
  const name =
    resourceId === undefined
      ? objectDefinition(objectId)?.name
      : resourceDefinition(objectId, resourceId)?.name;
  return name === undefined ? path : `${name} (${path})`;
}

function example(depths: Depths): string {
  return (
    ['/3', '/3/0', '/3/0/13', '/3/0/7/0'][Math.max(...depths.filter((depth) => depth <= 3)) - 1] ?? '/3/0'
  );
}
