/** Data types of LwM2M Core, appendix C; `none` is that of an executable resource. */
export type ResourceType =
  'string' | 'integer' | 'unsigned' | 'float' | 'boolean' | 'time' | 'opaque' | 'objlnk' | 'none';

/** What a server may do with a resource; empty for the resources of Security, which only a bootstrap server sees. */
export type Operations = '' | 'R' | 'W' | 'RW' | 'E';

/** A resource as the OMA registry defines it. */
export interface ResourceDefinition {
  readonly id: number;
  readonly name: string;
  readonly type: ResourceType;
  /** Unit in the registry's notation (SenML units, RFC 8428 §12.1), or one its description names: `mV`, `KB`. */
  readonly units?: string;
  readonly multiple: boolean;
  readonly mandatory: boolean;
  readonly operations: Operations;
  /** Least and greatest value; of a string or opaque, the least and greatest length in bytes. */
  readonly range?: readonly [number, number];
  readonly description?: string;
  /** Values with a name of their own. A value outside of it is legal where `range` allows it. */
  readonly enumeration?: ReadonlyMap<number, string>;
}

/** An object as the OMA registry defines it. */
export interface ObjectDefinition {
  readonly id: number;
  readonly name: string;
  readonly version: string;
  readonly multiple: boolean;
  readonly mandatory: boolean;
  readonly description?: string;
  readonly resources: ReadonlyMap<number, ResourceDefinition>;
}

/** What codecs ask of a model: the type of a resource, undefined when it is not known. */
export type ResourceModel = (
  objectId: number,
  resourceId: number,
) => Pick<ResourceDefinition, 'type' | 'multiple'> | undefined;

type ResourceExtras = Partial<
  Pick<ResourceDefinition, 'units' | 'multiple' | 'mandatory' | 'range' | 'description'>
> & {
  readonly values?: Readonly<Record<number, string>>;
};

/** One row of an object's table. */
export function resource(
  id: number,
  name: string,
  operations: Operations,
  type: ResourceType,
  { values, ...extras }: ResourceExtras = {},
): ResourceDefinition {
  return {
    id,
    name,
    operations,
    type,
    multiple: false,
    mandatory: false,
    ...extras,
    ...(values && {
      enumeration: new Map(Object.entries(values).map(([value, label]) => [Number(value), label])),
    }),
  };
}

/** An object's table from its rows. */
export function defineObject(
  header: Omit<ObjectDefinition, 'resources'>,
  resources: readonly ResourceDefinition[],
): ObjectDefinition {
  return { ...header, resources: new Map(resources.map((row) => [row.id, row])) };
}
