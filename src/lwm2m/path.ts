import { SlipwayError } from '../base/errors';

/** Largest Object, Instance, Resource and Resource Instance ID; 65535 is reserved (LwM2M Core §7.1). */
export const MAX_ID = 65534;

/** A path of the data model, taken apart. Later parts are there only where the earlier ones are. */
export interface ModelPath {
  readonly objectId: number;
  readonly instanceId?: number;
  readonly resourceId?: number;
  readonly resourceInstanceId?: number;
}

/**
 * The numbers of a path of one to four IDs: `/3/0/7/1` → `[3, 0, 7, 1]`; `/` gives none.
 * Undefined for anything else.
 */
export function pathIds(path: string): readonly number[] | undefined {
  if (path === '/') return [];
  if (!/^(?:\/(?:0|[1-9]\d{0,4})){1,4}$/.test(path)) return undefined;
  const ids = path.slice(1).split('/').map(Number);
  return ids.every((id) => id <= MAX_ID) ? ids : undefined;
}

/** Takes apart a path to an object or below it. Throws `lwm2m.bad-value`. */
export function parsePath(path: string): ModelPath {
  const [objectId, instanceId, resourceId, resourceInstanceId] = pathIds(path) ?? [];
  if (objectId === undefined) {
    throw new SlipwayError('lwm2m.bad-value', { path, reason: 'not a path of the data model' });
  }
  return {
    objectId,
    ...(instanceId !== undefined && { instanceId }),
    ...(resourceId !== undefined && { resourceId }),
    ...(resourceInstanceId !== undefined && { resourceInstanceId }),
  };
}

/** `[5, 0, 3]` → `/5/0/3`. */
export function formatPath(ids: readonly number[]): string {
  return `/${ids.join('/')}`;
}

/** Whether `path` is `parent` itself or below it. */
export function isWithin(path: string, parent: string): boolean {
  return parent === '/' || path === parent || path.startsWith(`${parent}/`);
}
