import { SlipwayError } from '../base/errors';
import { isAbsence } from '../lwm2m/absence';
import type { Board } from '../lwm2m/board';
import { type ComponentPackage, readComponents } from './firmware-components';

/** Linked Instances and Conflicting Instances of object 33629. */
const linkedId = 16;
const conflictingId = 17;

/** Instances that are updated with one unless its Update says otherwise. Rejects as `Board.read`. */
export function linkedWith(board: Board, instance: number, signal: AbortSignal): Promise<readonly number[]> {
  return linkedInstances(board, instance, linkedId, signal);
}

/**
 * What is updated with the first component: those that packages were pushed to, and those that one of these packages
 * was for too, of the instances that were `emptied` before. Rejects `components.conflict` where a component that stays
 * as it is conflicts with them, and as `Board.read`.
 */
export async function updatedTogether(
  board: Board,
  parts: readonly ComponentPackage[],
  emptied: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const [first, ...rest] = parts.map(({ instance }) => instance);
  const together = new Set(rest);
  for (const { instance } of parts) {
    for (const linked of await linkedWith(board, instance, signal)) {
      if (linked !== first && emptied.has(linked)) together.add(linked);
    }
  }
  for (const { instance, name } of parts) {
    const conflicts = await linkedInstances(board, instance, conflictingId, signal);
    const others = conflicts.filter((other) => other !== first && !together.has(other));
    if (others.length > 0) {
      const conflicting = await namesOf(board, others, signal);
      throw new SlipwayError('components.conflict', { board: board.endpoint, component: name, conflicting });
    }
  }
  return [...together];
}

/** The names of those that an instance says are in its way; undefined where there are none. Rejects as `Board.read`. */
export async function conflictingWith(
  board: Board,
  instance: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const others = await linkedInstances(board, instance, conflictingId, signal);
  return others.length > 0 ? await namesOf(board, others, signal) : undefined;
}

/** Instances that a multiple link of an instance names; none where the board has no such resource. */
async function linkedInstances(
  board: Board,
  instance: number,
  resource: number,
  signal: AbortSignal,
): Promise<readonly number[]> {
  try {
    const values = await board.read(`/33629/${instance}/${resource}`, { signal });
    return [...values.values()].flatMap((value) =>
      typeof value === 'object' && 'objectId' in value && value.objectId === 33629 ? [value.instanceId] : [],
    );
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

async function namesOf(board: Board, instances: readonly number[], signal: AbortSignal): Promise<string> {
  const components = await readComponents(board, signal);
  return components
    .filter(({ instance }) => instances.includes(instance))
    .map(({ name }) => name)
    .join(', ');
}
