import { SlipwayError } from '../../base/errors';
import type { ResourceType } from '../objects/definition';
import type { ObjectLink, ResourceValue } from '../values';

/** Bounds of Integer and Unsigned Integer (LwM2M Core, appendix C: 64 bits). */
export const INT64_MIN = -(2n ** 63n);
export const UINT64_MAX = 2n ** 64n - 1n;

const MAX_LINK_ID = 65535;

/** Largest distance of a JavaScript date from the epoch, in seconds. */
const MAX_DATE_SECONDS = 8.64e12;

export function isObjectLink(value: ResourceValue): value is ObjectLink {
  return typeof value === 'object' && !(value instanceof Date) && !(value instanceof Uint8Array);
}

/** `5:0`, as Objlnk is written in text, CBOR and SenML. */
export function formatObjectLink({ objectId, instanceId }: ObjectLink): string {
  return `${objectId}:${instanceId}`;
}

/** The Objlnk that `text` writes; undefined when it is none. */
export function parseObjectLink(text: string): ObjectLink | undefined {
  const match = /^(\d{1,5}):(\d{1,5})$/.exec(text);
  if (!match) return undefined;
  const link = { objectId: Number(match[1]), instanceId: Number(match[2]) };
  return link.objectId <= MAX_LINK_ID && link.instanceId <= MAX_LINK_ID ? link : undefined;
}

/** A whole number as the product holds it: a number where that is exact, else a bigint. Undefined beyond 64 bits. */
export function integerValue(value: number | bigint): number | bigint | undefined {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
    if (!Number.isInteger(value)) return undefined;
    return integerValue(BigInt(value));
  }
  if (value < INT64_MIN || value > UINT64_MAX) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The date that lies `seconds` after the Unix epoch; undefined beyond what a date can hold. */
export function dateFromSeconds(seconds: number | bigint): Date | undefined {
  const number = Number(seconds);
  return Math.abs(number) <= MAX_DATE_SECONDS ? new Date(number * 1000) : undefined;
}

/** Whole seconds since the Unix epoch, as Time goes over the wire. */
export function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** The data type a value is written as where the model knows none. */
function naturalType(value: ResourceValue): ResourceType {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    case 'bigint':
      return 'integer';
    case 'number':
      return Number.isInteger(value) ? 'integer' : 'float';
    default:
      if (value instanceof Date) return 'time';
      return value instanceof Uint8Array ? 'opaque' : 'objlnk';
  }
}

function fits(value: ResourceValue, type: ResourceType): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'integer':
      return isInteger(value) && value < 2n ** 63n;
    case 'unsigned':
      return isInteger(value) && value >= 0;
    case 'float':
      return typeof value === 'number' && Number.isFinite(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'time':
      return value instanceof Date && !Number.isNaN(value.getTime());
    case 'opaque':
      return value instanceof Uint8Array;
    case 'objlnk':
      return isObjectLink(value) && parseObjectLink(formatObjectLink(value)) !== undefined;
    case 'none':
      return false;
  }
}

function isInteger(value: ResourceValue): value is number | bigint {
  return (typeof value === 'number' || typeof value === 'bigint') && integerValue(value) !== undefined;
}

/**
 * The data type to write `value` as: the model's, else the value's own.
 * Throws `lwm2m.bad-value` when the value is not of the model's type.
 */
export function typeToWrite(
  path: string,
  value: ResourceValue,
  type: ResourceType | undefined,
): ResourceType {
  const wanted = type ?? naturalType(value);
  if (!fits(value, wanted)) {
    throw new SlipwayError('lwm2m.bad-value', { path, reason: `not a value of type ${wanted}` });
  }
  return wanted;
}

/** Whether two values are the same, type included. */
export function sameValue(a: ResourceValue | undefined, b: ResourceValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime();
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  if (typeof a === 'object') {
    return (
      typeof b === 'object' && isObjectLink(b) && a.objectId === b.objectId && a.instanceId === b.instanceId
    );
  }
  return Object.is(a, b);
}
