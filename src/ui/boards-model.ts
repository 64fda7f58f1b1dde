import { isNetwork } from '../link/link';
import { parsePath } from '../lwm2m/path';
import { BoardNodes, compareNames } from './board-nodes';
import { boardRow } from './board-row';
import type { BoardsSource, ShownBoard, ShownLink } from './boards-source';
import { bootstrapParts, bootstrapRow } from './bootstrap-rows';
import { moreNode, otherObjects, resourcesBelow, shownObjects } from './generic-model';
import {
  genericInstanceRow,
  genericNoteRow,
  genericObjectRow,
  genericResourceRow,
  moreRow,
} from './generic-rows';
import { linkRow } from './link-row';
import { noteRow } from './object-rows';
import { componentsBelow, shownInstances, softwareOf } from './software-tree';
import type { TreeNode, TreeRow } from './tree-row';

/** Where there are more boards, what they offer is folded away. */
const unfoldedBoards = 5;

/** The nodes below `node`, or the first level, of boards by `nodes`. */
export function childrenOf(
  source: BoardsSource,
  node?: TreeNode,
  nodes = new BoardNodes(),
): readonly TreeNode[] {
  if (!node) return [...nodes.list(source.boards), ...bootstrapNodes(source), ...linkNodes(source)];
  if (node.kind === 'bootstrap') {
    const state = node.path === undefined ? source.bootstraps.get(node.board) : undefined;
    return state ? bootstrapParts(state) : [];
  }
  if (node.kind === 'link' || node.kind === 'note') return [];
  const board = source.boards.get(node.board);
  if (!board) return [];
  switch (node.kind) {
    case 'board':
      return [
        ...objectNodes(
          node.board,
          shownObjects
            .filter((objectId) => board.hasObject(objectId))
            .filter((objectId) => objectId !== 14 || shownInstances(board, objectId).length > 0),
        ),
        ...(source.bootstraps.has(node.board) ? [{ kind: 'bootstrap', board: node.board } as const] : []),
        ...moreNode(board),
      ];
    case 'more':
      return objectNodes(node.board, otherObjects(board));
    case 'object':
      return shownInstances(board, node.objectId).map((instanceId) => ({
        kind: 'instance',
        board: node.board,
        objectId: node.objectId,
        instanceId,
      }));
    case 'instance': {
      const path = `/${node.objectId}/${node.instanceId}`;
      if (!shownObjects.includes(node.objectId)) return resourcesBelow(board, source.resources, path);
      const resources = pathsBelow(board, path);
      if (resources.length === 0) return [{ kind: 'note', board: node.board, path }];
      return [
        ...components(board, node),
        ...resources.map((resource): TreeNode => ({ kind: 'resource', board: node.board, path: resource })),
      ];
    }
    case 'resource':
      if (board.values.has(node.path)) return [];
      return pathsBelow(board, node.path).map((path) => ({ kind: 'resource', board: node.board, path }));
  }
}

/** The row of a node; undefined for one that is gone. */
export function rowOf(source: BoardsSource, node: TreeNode): TreeRow | undefined {
  if (node.kind === 'link') {
    const link = source.links.find(({ id }) => id === node.link);
    return link && linkRow(link);
  }
  const board = source.boards.get(node.board);
  if (node.kind === 'bootstrap') {
    const state = source.bootstraps.get(node.board);
    return state && bootstrapRow(state, node, board !== undefined);
  }
  if (!board) return undefined;
  switch (node.kind) {
    case 'board':
      return boardRow(
        board,
        source.jobOf(board.endpoint)?.progress,
        source.standIn(board.link.id),
        source.boards.size <= unfoldedBoards ? 'expanded' : 'collapsed',
      );
    case 'object':
      return genericObjectRow(board, node.objectId, source.resources);
    case 'instance':
      return genericInstanceRow(board, node.objectId, node.instanceId, source);
    case 'resource':
      return genericResourceRow(board, node.path, source.resources);
    case 'more':
      return moreRow(board);
    case 'note': {
      const { objectId } = parsePath(node.path);
      if (shownObjects.includes(objectId)) {
        return noteRow(board, node.path, source.readError(board.endpoint, objectId));
      }
      return genericNoteRow(board, node.path, source.resources);
    }
  }
}

/** The node that `node` lies below; undefined on the first level. */
export function parentOf(source: BoardsSource, node: TreeNode): TreeNode | undefined {
  if (node.kind === 'board' || node.kind === 'link') return undefined;
  const { board } = node;
  if (node.kind === 'bootstrap') {
    if (node.path !== undefined) return { kind: 'bootstrap', board };
    return source.boards.has(board) ? { kind: 'board', board } : undefined;
  }
  if (node.kind === 'more') return { kind: 'board', board };
  if (node.kind === 'object') return { kind: shownObjects.includes(node.objectId) ? 'board' : 'more', board };
  if (node.kind === 'instance') {
    const shown = node.objectId === 14 ? source.boards.get(board) : undefined;
    const software = shown && softwareOf(shown, node.instanceId);
    if (software !== undefined) return { kind: 'instance', board, objectId: 9, instanceId: software };
    return { kind: 'object', board, objectId: node.objectId };
  }
  const { objectId, instanceId = 0, resourceInstanceId } = parsePath(node.path);
  if (node.kind === 'resource' && resourceInstanceId !== undefined) {
    return { kind: 'resource', board, path: node.path.slice(0, node.path.lastIndexOf('/')) };
  }
  return { kind: 'instance', board, objectId, instanceId };
}

/**
 * Whether the only thing to show is ports that other programs hold: then the view says what to do instead of
 * listing them.
 */
export function onlyBusyPorts(source: BoardsSource): boolean {
  const links = boardlessLinks(source);
  return source.boards.size === 0 && links.length > 0 && links.every(isBusy);
}

function objectNodes(board: string, objects: readonly number[]): TreeNode[] {
  return objects.map((objectId) => ({ kind: 'object', board, objectId }));
}

/** Boards that asked for a bootstrap and have not registered. */
function bootstrapNodes(source: BoardsSource): TreeNode[] {
  return [...source.bootstraps.keys()]
    .filter((board) => !source.boards.has(board))
    .sort(compareNames)
    .map((board) => ({ kind: 'bootstrap', board }));
}

function linkNodes(source: BoardsSource): TreeNode[] {
  if (onlyBusyPorts(source)) return [];
  return boardlessLinks(source).map(({ id }) => ({ kind: 'link', link: id }));
}

/**
 * Links with no board to show them on. A UDP socket that works and the wire of a virtual board are no news, and
 * UDP trouble alone must not hide what the empty view offers.
 */
function boardlessLinks(source: BoardsSource): readonly ShownLink[] {
  const taken = new Set([...source.boards.values()].map(({ link }) => link.id));
  const links = source.links.filter(({ id, kind, state, error }) => {
    if (taken.has(id) || source.standIn(id) === 'virtual') return false;
    return !isNetwork(kind) || (state === 'waiting' && error !== undefined);
  });
  return source.boards.size === 0 && links.every(({ kind }) => isNetwork(kind)) ? [] : links;
}

function isBusy({ state, error }: ShownLink): boolean {
  return state === 'waiting' && error?.code === 'link.busy';
}

/** The components of software, above its resources. */
function components(board: ShownBoard, node: Extract<TreeNode, { kind: 'instance' }>): readonly TreeNode[] {
  if (node.objectId !== 9) return [];
  return componentsBelow(board, node.instanceId).map((instanceId) => ({
    ...{ kind: 'instance', board: node.board, objectId: 14, instanceId },
  }));
}

/** Paths one level below `parent` that have values, or parts with values, in the order of their numbers. */
function pathsBelow(board: ShownBoard, parent: string): readonly string[] {
  const depth = parent.split('/').length;
  const paths = new Set<string>();
  for (const path of board.values.keys()) {
    if (path.startsWith(`${parent}/`)) {
      paths.add(
        path
          .split('/')
          .slice(0, depth + 1)
          .join('/'),
      );
    }
  }
  return [...paths].sort((a, b) => lastId(a) - lastId(b));
}

function lastId(path: string): number {
  return Number(path.slice(path.lastIndexOf('/') + 1));
}
