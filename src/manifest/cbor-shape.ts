import { SlipwayError } from '../base/errors';
import { type CborValue, CborTag } from './canonical-cbor';

/** The `suit.malformed` error with that reason. */
export function malformed(reason: string): SlipwayError<'suit.malformed'> {
  return new SlipwayError('suit.malformed', { reason });
}

/** `value` as a byte string; otherwise `suit.malformed`, with `what` in its reason, as below. */
export function asBytes(value: CborValue | undefined, what: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw malformed(`${what} is not a byte string`);
}

/** `value` as a text string. */
export function asText(value: CborValue | undefined, what: string): string {
  if (typeof value === 'string') return value;
  throw malformed(`${what} is not a text`);
}

/** `value` as an unsigned integer. */
export function asUint(value: CborValue | undefined, what: string): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw malformed(`${what} is not an unsigned integer`);
}

/** `value` as an array. */
export function asArray(value: CborValue | undefined, what: string): readonly CborValue[] {
  if (Array.isArray(value)) return value as readonly CborValue[];
  throw malformed(`${what} is not an array`);
}

/** `value` as a map. */
export function asMap(value: CborValue | undefined, what: string): ReadonlyMap<CborValue, CborValue> {
  if (value instanceof Map) return value as ReadonlyMap<CborValue, CborValue>;
  throw malformed(`${what} is not a map`);
}

/** The item under tag number `tag`. */
export function asTagged(value: CborValue | undefined, tag: number, what: string): CborValue {
  if (value instanceof CborTag && value.tag === tag) return value.value;
  throw malformed(`${what} has no tag ${tag}`);
}
