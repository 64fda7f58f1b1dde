import { linkedComponents } from '../update/software-links';
import { type SoftwareOperation, isAllowed, softwareOperations } from '../update/software-states';
import { activation } from '../update/software-status';
import type { ShownBoard } from './boards-source';

/** The instance of object 9 that a component (object 14) is shown below: the first that links to it. */
export function softwareOf(board: ShownBoard, component: number): number | undefined {
  return sorted(board.instancesOf(9)).find((instance) =>
    linkedComponents(board.values, instance).includes(component),
  );
}

/** The components that are shown below an instance of object 9. */
export function componentsBelow(board: ShownBoard, instance: number): readonly number[] {
  const present = board.instancesOf(14);
  return linkedComponents(board.values, instance).filter(
    (component) => present.includes(component) && softwareOf(board, component) === instance,
  );
}

/** The instances that are shown below an object: components that software links to are shown there instead. */
export function shownInstances(board: ShownBoard, objectId: number): readonly number[] {
  const instances = sorted(board.instancesOf(objectId));
  return objectId === 14
    ? instances.filter((component) => softwareOf(board, component) === undefined)
    : instances;
}

/** What can be asked of an instance of object 9 by what is known of it; nothing while its state is not known. */
export function allowedOperations(board: ShownBoard, instance: number): readonly SoftwareOperation[] {
  const state = board.values.get(`/9/${instance}/7`);
  if (typeof state !== 'number') return [];
  const active = activation(board.values, instance);
  return softwareOperations.filter((operation) => isAllowed(operation, { state, active }));
}

function sorted(instances: readonly number[]): readonly number[] {
  return [...instances].sort((a, b) => a - b);
}
