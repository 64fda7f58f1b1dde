import { SlipwayError } from '../base/errors';
import type { Board } from '../lwm2m/board';
import type { ResourceValues } from '../lwm2m/values';

/** A component of a board's firmware: an instance of object 33629. */
export interface FirmwareComponent {
  readonly instance: number;
  /** Component Name, or the instance's path where it has none. */
  readonly name: string;
  /** Current Version. */
  readonly version?: string;
}

/** The components by what is known of them, in the order of their instances. */
export function knownComponents(
  values: ResourceValues,
  instances: readonly number[],
): readonly FirmwareComponent[] {
  return [...instances]
    .sort((a, b) => a - b)
    .map((instance) => {
      const name = values.get(`/33629/${instance}/14`);
      const version = values.get(`/33629/${instance}/15`);
      return {
        instance,
        name: typeof name === 'string' && name !== '' ? name : `/33629/${instance}`,
        ...(typeof version === 'string' && version !== '' && { version }),
      };
    });
}

/** Asks a board for its components. Rejects as `Board.read`. */
export async function readComponents(
  board: Board,
  signal: AbortSignal,
): Promise<readonly FirmwareComponent[]> {
  const values = new Map<string, string>();
  for (const instance of board.instancesOf(33629)) {
    for (const resource of [14, 15]) {
      const path = `/33629/${instance}/${resource}`;
      const value = await board.readResource(path, { signal });
      if (typeof value === 'string') values.set(path, value);
    }
  }
  return knownComponents(values, board.instancesOf(33629));
}

/** The component of that name, or of the instance with that number. Throws `components.unknown`. */
export function componentNamed(
  board: string,
  components: readonly FirmwareComponent[],
  wanted: string,
): FirmwareComponent {
  const found = components.find(({ name, instance }) => name === wanted || String(instance) === wanted);
  if (found) return found;
  const known = components.map(({ name }) => name).join(', ');
  throw new SlipwayError('components.unknown', { board, component: wanted, known });
}

/** Instances that a multiple link of an instance names; none where the board has no such resource. */
export async function linkedInstances(
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
    if (SlipwayError.is(error, 'coap.response') && /^4\.0[45]$/.test(error.details.code)) return [];
    throw error;
  }
}
