import { SlipwayError } from '../base/errors';
import type { Board } from '../lwm2m/board';
import type { ResourceValues } from '../lwm2m/values';
import { linkedComponents } from './software-links';
import type { SoftwareStatus } from './software-states';

/**
 * Asks a board how an instance of object 9 stands. Where it links to software components, they tell what is active:
 * Activation State (9/x/12) is to be ignored then (OMA LWM2M_SwMgmt, resource 17).
 *
 * Rejects as `Board.read`, and `update.no-object` when it does not tell its Update State.
 */
export async function readSoftware(
  board: Board,
  instance: number,
  signal: AbortSignal,
): Promise<SoftwareStatus> {
  const values = await board.read(`/9/${instance}`, { signal });
  const state = values.get(`/9/${instance}/7`);
  const result = values.get(`/9/${instance}/9`);
  if (typeof state !== 'number' || typeof result !== 'number') {
    throw new SlipwayError('update.no-object', { board: board.endpoint, objectId: 9 });
  }
  const components = linkedComponents(values, instance).filter((id) => board.instancesOf(14).includes(id));
  const known = new Map(values);
  for (const component of components) {
    const path = `/14/${component}/5`;
    const active = await board.readResource(path, { signal });
    if (active !== undefined) known.set(path, active);
  }
  return { state, result, active: activation(known, instance) };
}

/** Whether the software of an instance is active, by what is known; undefined where nothing tells. */
export function activation(values: ResourceValues, instance: number): boolean | undefined {
  const parts = linkedComponents(values, instance)
    .map((component) => values.get(`/14/${component}/5`))
    .filter((active) => typeof active === 'boolean');
  if (parts.length > 0) return parts.every(Boolean);
  const own = values.get(`/9/${instance}/12`);
  return typeof own === 'boolean' ? own : undefined;
}
