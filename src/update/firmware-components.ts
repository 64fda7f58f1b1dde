import { SlipwayError } from '../base/errors';
import type { Board } from '../lwm2m/board';
import type { ResourceValues } from '../lwm2m/values';
import type { UpdatePackage } from './types';

/** A component of a board's firmware: an instance of object 33629. */
export interface FirmwareComponent {
  readonly instance: number;
  /** Component Name, or the instance's path where it has none. */
  readonly name: string;
  /** Current Version. */
  readonly version?: string;
}

/** A package, and the component of the board that it is for. */
export interface ComponentPackage extends Pick<FirmwareComponent, 'instance' | 'name'> {
  readonly package: UpdatePackage;
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

/** What components run: `application 1.0.0, radio 2.1.0`. */
export function versionsOf(
  of: readonly Pick<FirmwareComponent, 'instance' | 'name'>[],
  components: readonly FirmwareComponent[],
): string {
  return of
    .map(({ instance, name }) => {
      const version = components.find((component) => component.instance === instance)?.version;
      return version === undefined ? name : `${name} ${version}`;
    })
    .join(', ');
}
