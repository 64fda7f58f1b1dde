import type { ResourceValues } from '../lwm2m/values';

/** Instances of object 14 that an instance of object 9 links to (Software Component Link, 9/x/17), in their order. */
export function linkedComponents(values: ResourceValues, instance: number): readonly number[] {
  const root = `/9/${instance}/17`;
  const ids = new Set<number>();
  for (const [path, value] of values) {
    if (path !== root && !path.startsWith(`${root}/`)) continue;
    if (typeof value === 'object' && 'objectId' in value && value.objectId === 14) ids.add(value.instanceId);
  }
  return [...ids].sort((a, b) => a - b);
}
