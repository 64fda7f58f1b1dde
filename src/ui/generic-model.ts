import type { DiscoveredLink } from '../lwm2m/board';
import { objectDefinition, resourceDefinition } from '../lwm2m/objects/objects';
import { parsePath, pathIds } from '../lwm2m/path';
import type { ShownBoard } from './boards-source';
import type { ResourceSource } from './resource-access';
import type { TreeNode } from './tree-row';

/** Objects that the tree shows by themselves, in its order: firmware, its components, software, software components. */
export const shownObjects: readonly number[] = [5, 33629, 9, 14];

/** All other objects of a board's registration, in the order of their numbers. */
export function otherObjects(board: ShownBoard): readonly number[] {
  return board.registration.objects
    .map(({ objectId }) => objectId)
    .filter((objectId) => !shownObjects.includes(objectId))
    .sort((a, b) => a - b);
}

/** The group of them, where there are any. */
export function moreNode(board: ShownBoard): readonly TreeNode[] {
  return otherObjects(board).length === 0 ? [] : [{ kind: 'more', board: board.endpoint }];
}

/** The rows below an instance of such an object: what it told it has, and what is known of it. */
export function resourcesBelow(
  board: ShownBoard,
  source: ResourceSource,
  instance: string,
): readonly TreeNode[] {
  const paths = new Set<string>();
  for (const path of [...linkPaths(source.discovered(board.endpoint, instance)), ...board.values.keys()]) {
    if (!path.startsWith(`${instance}/`)) continue;
    paths.add(path.split('/').slice(0, 4).join('/'));
  }
  const { endpoint } = board;
  if (paths.size === 0) return [{ kind: 'note', board: endpoint, path: instance }];
  return [...paths]
    .sort((a, b) => (parsePath(a).resourceId ?? 0) - (parsePath(b).resourceId ?? 0))
    .map((path) => ({ kind: 'resource', board: endpoint, path }));
}

function linkPaths(links: readonly DiscoveredLink[] | undefined): readonly string[] {
  return (links ?? []).map(({ path }) => path).filter((path) => (pathIds(path)?.length ?? 0) >= 3);
}

/** What can be done with a resource, in the words that menus look for. One without definition may take anything. */
export function resourceWords(board: ShownBoard, path: string, isObserved: boolean): readonly string[] {
  const { objectId, resourceId = 0 } = parsePath(path);
  const operations = resourceDefinition(objectId, resourceId)?.operations ?? 'RWE';
  const isReadable = operations.includes('R');
  return [
    ...(board.values.has(path) ? ['valued'] : []),
    ...(isReadable ? ['readable', isObserved ? 'observed' : 'observable'] : []),
    ...(operations.includes('W') ? ['writable'] : []),
    ...(operations.includes('E') && parsePath(path).resourceInstanceId === undefined ? ['executable'] : []),
    board.online ? 'online' : 'offline',
  ];
}

/** The same for objects and instances: those of objects that there is only one of stay as they are. */
export function instanceWords(
  objectId: number,
  kind: 'object' | 'instance',
  isObserved: boolean,
): readonly string[] {
  const isOnly = objectDefinition(objectId)?.multiple === false;
  const change = kind === 'object' ? 'creatable' : 'deletable';
  return ['readable', isObserved ? 'observed' : 'observable', ...(isOnly ? [] : [change])];
}
