import {
  type ObjectDefinition,
  type Operations,
  type ResourceType,
  defineObject,
  resource,
} from '../objects/definition';
import rows from './registry.json';

/** An object as make.mjs writes it from the OMA registry's XML. */
interface RegistryObject {
  readonly id: number;
  readonly name: string;
  readonly version: string;
  readonly multiple?: boolean;
  readonly description: string;
  readonly resources: readonly {
    readonly id: number;
    readonly name: string;
    readonly operations: Operations;
    readonly type: ResourceType;
    readonly multiple?: boolean;
    readonly mandatory?: boolean;
    readonly units?: string;
    readonly range?: readonly [number, number];
    readonly description?: string;
    readonly values?: Readonly<Record<string, string>>;
  }[];
}

const objects: ReadonlyMap<number, RegistryObject> = new Map(
  (rows as unknown as readonly RegistryObject[]).map((object) => [object.id, object]),
);
/** Those that were asked for. */
const made = new Map<number, ObjectDefinition>();

/** The OMA registry's definition of an object beside the core ones; undefined for one that is not in it. */
export function registryDefinition(objectId: number): ObjectDefinition | undefined {
  const known = made.get(objectId);
  const row = objects.get(objectId);
  if (known || !row) return known;
  const { resources, ...header } = row;
  const definition = defineObject(
    { multiple: false, mandatory: false, ...header },
    resources.map(({ id, name, operations, type, ...extras }) =>
      resource(id, name, operations, type, extras),
    ),
  );
  made.set(objectId, definition);
  return definition;
}

/** The numbers of the objects in it, in ascending order. */
export const registryObjects: readonly number[] = [...objects.keys()];
