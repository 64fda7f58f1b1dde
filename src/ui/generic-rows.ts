import { objectDefinition, resourceDefinition } from '../lwm2m/objects/objects';
import { parsePath } from '../lwm2m/path';
import type { BoardsSource, ShownBoard } from './boards-source';
import { instanceWords, otherObjects, resourceWords, shownObjects } from './generic-model';
import { instanceRow, noteRow, objectRow, resourceRow } from './object-rows';
import type { ResourceSource } from './resource-access';
import { operationsText, rangeText, typeHint } from './resource-wording';
import { markdownText, nodeId, type TreeRow } from './tree-row';

/** The row of the group of all objects that have no place of their own. */
export function moreRow(board: ShownBoard): TreeRow {
  const count = otherObjects(board).length;
  const text = count === 1 ? '1 object' : `${count} objects`;
  return {
    id: nodeId({ kind: 'more', board: board.endpoint }),
    label: 'More objects',
    description: text,
    tooltip:
      'Every other object of the registration. Instances are read when they are opened, and when you ask for it.',
    icon: 'list-tree',
    contextValue: ['more', board.online ? 'online' : 'offline'].join(' '),
    children: 'collapsed',
    spoken: `more objects, ${text}`,
  };
}

/** The row of any object: as `objectRow`, with what can be done with it. */
export function genericObjectRow(board: ShownBoard, objectId: number, source: ResourceSource): TreeRow {
  const row = objectRow(board, objectId);
  const path = `/${objectId}`;
  const isObserved = source.isObserved(board.endpoint, path);
  const about = objectDefinition(objectId)?.description;
  return marked(
    {
      ...row,
      ...(about && { tooltip: `${row.tooltip}\n\n${markdownText(about)}` }),
      contextValue: [row.contextValue, ...instanceWords(objectId, 'object', isObserved)].join(' '),
    },
    isObserved,
  );
}

/** The row of any instance; those below `More objects` are closed until somebody wants to see them. */
export function genericInstanceRow(
  board: ShownBoard,
  objectId: number,
  instanceId: number,
  source: BoardsSource,
): TreeRow {
  const { endpoint } = board;
  const job = objectId === 9 ? source.softwareJobOf(endpoint, instanceId) : undefined;
  const row = instanceRow(board, objectId, instanceId, job?.progress);
  const isObserved = source.resources.isObserved(endpoint, `/${objectId}/${instanceId}`);
  // What is being worked on is not to be deleted meanwhile.
  const words = instanceWords(objectId, 'instance', isObserved).filter(
    (word) => !job || word !== 'deletable',
  );
  return marked(
    {
      ...row,
      ...(!shownObjects.includes(objectId) && { children: 'collapsed' as const }),
      contextValue: [row.contextValue, ...words].join(' '),
    },
    isObserved,
  );
}

/** The row of any resource, also of one that has no value to show. */
export function genericResourceRow(board: ShownBoard, path: string, source: ResourceSource): TreeRow {
  const row = resourceRow(board, path);
  const isObserved = source.isObserved(board.endpoint, path);
  const { objectId, resourceId = 0 } = parsePath(path);
  const definition = resourceDefinition(objectId, resourceId);
  const words = [row.contextValue, ...resourceWords(board, path, isObserved)].join(' ');
  const facts = definition && [
    `Can be ${operationsText(definition.operations)}`,
    ...(definition.type === 'none' ? [] : [`takes ${typeHint(definition.type)}`]),
    ...[rangeText(definition)].filter((text) => text !== undefined),
  ];
  const tooltip = facts ? `${row.tooltip}\n\n${markdownText(facts.join('; '))}.` : row.tooltip;
  if (hasValue(board, path)) return marked({ ...row, tooltip, contextValue: words }, isObserved);
  const isExecutable = definition?.operations === 'E';
  const state = isExecutable ? 'executable' : definition?.operations === 'W' ? 'write-only' : 'no value read';
  return marked(
    {
      ...row,
      tooltip,
      description: state,
      icon: isExecutable ? 'play-circle' : definition?.operations === 'W' ? 'edit' : 'circle-outline',
      contextValue: words.replace(/^resources\b/, 'resource'),
      children: 'none',
      spoken: `${definition?.name ?? `Resource ${resourceId}`}: ${state}`,
    },
    isObserved,
  );
}

/** The row in place of the resources of an instance below `More objects`. */
export function genericNoteRow(board: ShownBoard, instance: string, source: ResourceSource): TreeRow {
  const problem = source.problem(board.endpoint, instance);
  const row = noteRow(board, instance, problem);
  if (problem || !board.online) return row;
  const isRead = source.isRead(board.endpoint, instance);
  if (!isRead && !source.isUpdating(board.endpoint)) return row;
  const label = isRead ? 'No resources' : 'Read when the update has ended';
  return { ...row, label, tooltip: label, icon: 'circle-slash', spoken: label };
}

/** Observed rows tell so. */
function marked(row: TreeRow, isObserved: boolean): TreeRow {
  if (!isObserved) return row;
  return {
    ...row,
    icon: 'eye',
    color: 'charts.blue',
    tooltip: `${row.tooltip}\n\nObserved: the board tells when it changes.`,
    spoken: `${row.spoken}, observed`,
  };
}

function hasValue(board: ShownBoard, path: string): boolean {
  return [...board.values.keys()].some((key) => key === path || key.startsWith(`${path}/`));
}
