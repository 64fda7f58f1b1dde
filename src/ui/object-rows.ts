import type { SlipwayError } from '../base/errors';
import type { ResourceDefinition, ResourceType } from '../lwm2m/objects/definition';
import { objectDefinition, resourceDefinition } from '../lwm2m/objects/objects';
import { parsePath } from '../lwm2m/path';
import type { ResourceValue } from '../lwm2m/values';
import { type SoftwareOperation, isFailure, softwareState } from '../update/software-states';
import { activation } from '../update/software-status';
import type { UpdateProgress } from '../update/types';
import { progressText } from './board-row';
import type { ShownBoard } from './boards-source';
import { exactText, valueText } from './resource-text';
import { softwareResultText } from './software-wording';
import { allowedOperations, shownInstances, softwareOf } from './software-tree';
import { markdownText, nodeId, type RowColor, type TreeRow } from './tree-row';
import { updateResultText } from './update-result-wording';
import { describeError } from './wording';

const objectIcons: Readonly<Record<number, string>> = {
  5: 'package',
  33629: 'layers',
  9: 'extensions',
  14: 'symbol-method',
};

/** The row of an object: its name, and in short how it stands. */
export function objectRow(board: ShownBoard, objectId: number): TreeRow {
  const label = objectDefinition(objectId)?.name.replace(/^LwM2M /, '') ?? `Object ${objectId}`;
  const version = board.registration.objects.find((object) => object.objectId === objectId)?.version;
  const shown = shownInstances(board, objectId);
  const instances = shown.length;
  const [first] = shown;
  const state = instances === 1 && first !== undefined ? summary(board, objectId, first) : undefined;
  return {
    id: nodeId({ kind: 'object', board: board.endpoint, objectId }),
    label,
    description: state ?? (instances === 1 ? `/${objectId}` : `${instances} instances`),
    tooltip: `**${label}**\n\nObject /${objectId}${version ? `, version ${markdownText(version)}` : ''}, ${
      instances === 1 ? '1 instance' : `${instances} instances`
    }`,
    icon: objectIcons[objectId] ?? 'symbol-class',
    contextValue: [
      'object',
      board.online ? 'online' : 'offline',
      ...(objectId === 33629 ? ['components'] : []),
    ].join(' '),
    children: instances > 0 ? 'collapsed' : 'none',
    spoken: `object ${label}${state ? `, ${state}` : ''}`,
  };
}

/** The row of an instance; `progress` is that of what is under way with it. */
export function instanceRow(
  board: ShownBoard,
  objectId: number,
  instanceId: number,
  progress: UpdateProgress | undefined,
): TreeRow {
  // A component that is shown below its software: that comes first.
  const isComponent = objectId === 14 && softwareOf(board, instanceId) !== undefined;
  const name = instanceName(board, objectId, instanceId);
  const label = name ?? `${isComponent ? 'Component' : 'Instance'} ${instanceId}`;
  const state = progress ? progressText(progress) : summary(board, objectId, instanceId);
  return {
    id: nodeId({ kind: 'instance', board: board.endpoint, objectId, instanceId }),
    label,
    description: state ?? `/${objectId}/${instanceId}`,
    tooltip: `**${markdownText(label)}**\n\n/${objectId}/${instanceId}`,
    icon: progress ? 'sync~spin' : isComponent ? 'symbol-method' : 'symbol-object',
    ...(progress && { color: 'charts.blue' as const }),
    contextValue: [
      'instance',
      board.online ? 'online' : 'offline',
      ...(objectId === 9 ? softwareContext(board, instanceId, progress !== undefined) : []),
      ...(objectId === 33629 ? ['component'] : []),
    ].join(' '),
    children: isComponent ? 'collapsed' : 'expanded',
    spoken: `${isComponent ? 'component' : 'instance'} ${instanceId}${name ? ` ${name}` : ''}${state ? `, ${state}` : ''}`,
  };
}

/** The row of a resource, or of one value of a multiple resource. */
export function resourceRow(board: ShownBoard, path: string): TreeRow {
  const { objectId, resourceId = 0, resourceInstanceId } = parsePath(path);
  const definition = resourceDefinition(objectId, resourceId);
  const name = definition?.name ?? `Resource ${resourceId}`;
  // The row is below its object: its name need not be said again. Those of object 33629 have the name of object 5.
  const object = objectDefinition(objectId === 33629 ? 5 : objectId)?.name;
  const short = object === undefined ? name : name.replace(`${object} `, '');
  const label = resourceInstanceId === undefined ? short : `[${resourceInstanceId}]`;
  const value = board.values.get(path);
  const count = value === undefined ? countBelow(board, path) : 0;
  const text =
    value === undefined ? `${count} ${count === 1 ? 'value' : 'values'}` : valueText(value, definition);
  const look = value === undefined ? undefined : stateLook(objectId, resourceId, value);
  return {
    id: nodeId({ kind: 'resource', board: board.endpoint, path }),
    label,
    description: text,
    tooltip: resourceTooltip(path, name, value, definition),
    icon: look?.icon ?? (value === undefined ? 'list-ordered' : typeIcon(definition?.type, value)),
    ...(look && { color: look.color }),
    contextValue: value === undefined ? 'resources' : 'resource',
    children: value === undefined ? 'collapsed' : 'none',
    spoken: `${name}${resourceInstanceId === undefined ? '' : ` ${resourceInstanceId}`}: ${text}`,
  };
}

/** The row in place of values: on their way, or what keeps them. */
export function noteRow(board: ShownBoard, path: string, error: SlipwayError | undefined): TreeRow {
  const id = nodeId({ kind: 'note', board: board.endpoint, path });
  if (error) {
    const { message, remedy } = describeError(error);
    return {
      ...{ id, label: 'Could not be read', description: message, icon: 'warning', color: 'charts.yellow' },
      ...{ tooltip: markdownText([message, remedy].join(' ')), contextValue: 'note', children: 'none' },
      spoken: `values could not be read, ${message}`,
    };
  }
  const label = board.online ? 'Reading…' : 'No values known';
  return {
    ...{ id, label, tooltip: label, icon: board.online ? 'loading~spin' : 'circle-slash' },
    ...{ contextValue: 'note', children: 'none', spoken: label },
  };
}

/** `software canInstall canUninstall`, or `software busy`. */
function softwareContext(board: ShownBoard, instance: number, isBusy: boolean): readonly string[] {
  if (isBusy) return ['software', 'busy'];
  return ['software', ...allowedOperations(board, instance).map((operation) => permissions[operation])];
}

/** Words that menus look for. */
const permissions: Readonly<Record<SoftwareOperation, string>> = {
  deliver: 'canDeliver',
  install: 'canInstall',
  activate: 'canActivate',
  deactivate: 'canDeactivate',
  uninstall: 'canUninstall',
  'uninstall-for-update': 'canUninstallForUpdate',
};

/** How an instance stands, in words: State of object 5, Update State of 9, Activation State of 14. */
function summary(board: ShownBoard, objectId: number, instanceId: number): string | undefined {
  const resourceId = { 5: 3, 33629: 3, 9: 7, 14: 5 }[objectId];
  if (resourceId === undefined) return undefined;
  const value = board.values.get(`/${objectId}/${instanceId}/${resourceId}`);
  if (value === undefined) return undefined;
  const state = valueText(value, resourceDefinition(objectId, resourceId));
  if (objectId === 33629) {
    const version = board.values.get(`/33629/${instanceId}/15`);
    return typeof version === 'string' && version !== '' ? `${version} · ${state}` : state;
  }
  if (objectId !== 9 || value !== softwareState.installed) return state;
  const active = activation(board.values, instanceId);
  return active === undefined ? state : `${state} · ${active ? 'active' : 'inactive'}`;
}

/** PkgName of object 9, Component Identity of 14, Component Name of 33629. */
function instanceName(board: ShownBoard, objectId: number, instanceId: number): string | undefined {
  const resourceId = { 9: 0, 14: 0, 33629: 14 }[objectId];
  const value =
    resourceId === undefined ? undefined : board.values.get(`/${objectId}/${instanceId}/${resourceId}`);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** States and results have icons of their own, so that they can be told at a glance. */
function stateLook(
  objectId: number,
  resourceId: number,
  value: ResourceValue,
): { icon: string; color: RowColor } | undefined {
  const isFirmware = objectId === 5 || objectId === 33629;
  if (isFirmware && resourceId === 3) return firmwareStates[Number(value)];
  if (isFirmware && resourceId === 5) return resultLook(Number(value) === 0, Number(value) === 1);
  if (objectId === 9 && resourceId === 9) {
    return resultLook(Number(value) < 2, [2, 3].includes(Number(value)));
  }
  return undefined;
}

const firmwareStates: Readonly<Record<number, { icon: string; color: RowColor }>> = {
  0: { icon: 'circle-large-outline', color: 'charts.green' },
  1: { icon: 'cloud-download', color: 'charts.blue' },
  2: { icon: 'archive', color: 'charts.blue' },
  3: { icon: 'sync~spin', color: 'charts.blue' },
};

function resultLook(isOpen: boolean, isGood: boolean): { icon: string; color: RowColor } {
  if (isOpen) return { icon: 'dash', color: 'disabledForeground' };
  return isGood ? { icon: 'pass', color: 'charts.green' } : { icon: 'error', color: 'charts.red' };
}

function typeIcon(type: ResourceType | undefined, value: ResourceValue): string {
  if (type === 'time' || value instanceof Date) return 'calendar';
  if (value instanceof Uint8Array) return 'file-binary';
  if (type === 'objlnk' || typeof value === 'object') return 'link';
  if (typeof value === 'boolean') return 'symbol-boolean';
  return typeof value === 'string' ? 'symbol-string' : 'symbol-number';
}

function resourceTooltip(
  path: string,
  name: string,
  value: ResourceValue | undefined,
  definition: ResourceDefinition | undefined,
): string {
  const lines = [`**${markdownText(name)}** ${path}`];
  if (value !== undefined) lines.push(markdownText(exactText(value, definition)));
  const { objectId, resourceId } = parsePath(path);
  const isResult = resourceId === 5 && (objectId === 5 || objectId === 33629);
  if (isResult && typeof value === 'number' && value > 1) {
    lines.push(markdownText(updateResultText(value).remedy));
  }
  if (objectId === 9 && resourceId === 9 && typeof value === 'number' && isFailure(value)) {
    lines.push(markdownText(softwareResultText(value).remedy));
  }
  if (definition?.description) lines.push(markdownText(definition.description));
  return lines.join('\n\n');
}

function countBelow(board: ShownBoard, path: string): number {
  return [...board.values.keys()].filter((key) => key.startsWith(`${path}/`)).length;
}
