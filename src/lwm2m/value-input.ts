import { fromHex } from '../base/hex';
import { UINT64_MAX, INT64_MIN, integerValue, parseObjectLink } from './formats/scalar';
import type { ResourceDefinition, ResourceType } from './objects/definition';
import type { ResourceValue } from './values';

/** Why a text is no value for a resource. */
export type InputProblem =
  | { readonly kind: 'type'; readonly type: ResourceType }
  | { readonly kind: 'range'; readonly low: number; readonly high: number }
  /** Lengths of strings and opaque values, bytes. */
  | { readonly kind: 'length'; readonly low: number; readonly high: number };

export type Input = { readonly value: ResourceValue } | { readonly problem: InputProblem };

/** What the input of a value asks of its definition. */
export type InputDefinition = Pick<ResourceDefinition, 'type' | 'range' | 'enumeration'>;

/**
 * Takes what a person typed for the value of a resource: a number, `true` or `1`, a time in ISO 8601 or in seconds
 * since 1970, hexadecimal for opaque, `3:0` for a link, the name of a value that has one; text as it is.
 */
export function parseInput(text: string, definition: InputDefinition): Input {
  const { type, range } = definition;
  const value = namedValue(text, definition) ?? parse(text, type);
  if (value === undefined) return { problem: { kind: 'type', type } };
  if (!range) return { value };
  const [low, high] = range;
  if (typeof value === 'number' || typeof value === 'bigint') {
    return value < low || value > high ? { problem: { kind: 'range', low, high } } : { value };
  }
  const length = typeof value === 'string' ? Buffer.byteLength(value) : bytesOf(value);
  if (length === undefined) return { value };
  return length < low || length > high ? { problem: { kind: 'length', low, high } } : { value };
}

function parse(text: string, type: ResourceType): ResourceValue | undefined {
  const trimmed = text.trim();
  switch (type) {
    case 'string':
      return text;
    case 'integer':
      return whole(trimmed, INT64_MIN, 2n ** 63n - 1n);
    case 'unsigned':
      return whole(trimmed, 0n, UINT64_MAX);
    case 'float':
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? finite(Number(trimmed)) : undefined;
    case 'boolean':
      if (/^(1|true|on|yes)$/i.test(trimmed)) return true;
      return /^(0|false|off|no)$/i.test(trimmed) ? false : undefined;
    case 'time':
      return parseTime(trimmed);
    case 'opaque':
      return parseHex(trimmed);
    case 'objlnk':
      return parseObjectLink(trimmed.replace(/^\/(\d+)\/(\d+)$/, '$1:$2'));
    case 'none':
      return undefined;
  }
}

function namedValue(text: string, { type, enumeration }: InputDefinition): number | undefined {
  if (type !== 'integer' && type !== 'unsigned') return undefined;
  const wanted = text.trim().toLowerCase();
  return [...(enumeration ?? [])].find(([, name]) => name.toLowerCase() === wanted)?.[0];
}

/** In decimal, or in hexadecimal with `0x`. */
function whole(text: string, low: bigint, high: bigint): number | bigint | undefined {
  if (!/^(?:[+-]?\d{1,20}|0x[0-9a-f]{1,16})$/i.test(text)) return undefined;
  const value = BigInt(text.replace('+', ''));
  return value >= low && value <= high ? integerValue(value) : undefined;
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** Time goes over the wire in whole seconds (LwM2M Core, appendix C). A text without a zone is UTC. */
function parseTime(text: string): Date | undefined {
  if (/^-?\d{1,12}$/.test(text)) return new Date(Number(text) * 1000);
  const match =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?))?\s*(UTC|Z|[+-]\d\d:?\d\d)?$/i.exec(text);
  if (!match) return undefined;
  const [, day = '', time = '00:00', zone = 'Z'] = match;
  const date = new Date(
    `${day}T${time}${/^(utc|z)$/i.test(zone) ? 'Z' : zone.replace(/(\d\d)(\d\d)$/, '$1:$2')}`,
  );
  if (Number.isNaN(date.getTime())) return undefined;
  date.setUTCMilliseconds(0);
  return date;
}

/** Bytes may stand apart: `0x01 02`, `01:02`. */
function parseHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/^0x/i, '').replace(/[\s:]/g, '');
  return digits.length % 2 === 0 && /^[0-9a-f]*$/i.test(digits) ? fromHex(digits) : undefined;
}

function bytesOf(value: ResourceValue): number | undefined {
  return value instanceof Uint8Array ? value.length : undefined;
}
