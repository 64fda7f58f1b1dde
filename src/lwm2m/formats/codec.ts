import { SlipwayError } from '../../base/errors';
import type { ResourceModel, ResourceType } from '../objects/definition';
import { type ModelPath, parsePath } from '../path';
import type { ResourceValue, ResourceValues } from '../values';

/** A data format: a pure pair. `path` is what the payload belongs to: the path of the request, root path left out. */
export interface Codec {
  /** Throws `lwm2m.malformed`. */
  decode(path: string, payload: Uint8Array, model: ResourceModel): ResourceValues;
  /** Throws `lwm2m.bad-value` where a value can't be written as the model wants it, or is not below `path`. */
  encode(path: string, values: ResourceValues, model: ResourceModel): Uint8Array;
}

/** The model's data type of the resource that `path` names; undefined when it names none, or an unknown one. */
export function typeAt(path: ModelPath, model: ResourceModel): ResourceType | undefined {
  if (path.resourceId === undefined) return undefined;
  const type = model(path.objectId, path.resourceId)?.type;
  return type === 'none' ? undefined : type;
}

/** The one value at `path`, for formats that carry no more. Throws `lwm2m.bad-value`. */
export function singleValue(path: string, values: ResourceValues): ResourceValue {
  const value = values.get(path);
  if (value === undefined || values.size !== 1) {
    throw new SlipwayError('lwm2m.bad-value', { path, reason: 'this format carries exactly one value' });
  }
  return value;
}

/** Takes apart the path of a resource or resource instance. Throws `lwm2m.bad-value` on any other. */
export function parseResourcePath(path: string): ModelPath {
  const parsed = parsePath(path);
  if (parsed.resourceId === undefined) {
    throw new SlipwayError('lwm2m.bad-value', { path, reason: 'not the path of a resource' });
  }
  return parsed;
}
