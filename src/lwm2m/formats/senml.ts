import { SlipwayError } from '../../base/errors';
import type { ResourceModel, ResourceType } from '../objects/definition';
import { formatPath, isWithin, parsePath, pathIds } from '../path';
import type { ResourceValue, ResourceValues } from '../values';
import { typeAt } from './codec';
import { malformed } from './malformed';
import {
  dateFromSeconds,
  formatObjectLink,
  integerValue,
  isObjectLink,
  parseObjectLink,
  secondsOf,
  typeToWrite,
} from './scalar';

/** Highest version of SenML that is read (RFC 8428 §4.4). */
const SENML_VERSION = 10;

/** One SenML record (RFC 8428 §4), by the labels of its JSON form; `vlo` is LwM2M's Objlnk (Core §7.4.4). */
export interface SenmlRecord {
  readonly bver?: number;
  readonly bn?: string;
  readonly bt?: number;
  readonly bv?: number | bigint;
  readonly n?: string;
  readonly t?: number;
  readonly v?: number | bigint;
  readonly vs?: string;
  readonly vb?: boolean;
  readonly vd?: Uint8Array;
  readonly vlo?: string;
}

/**
 * Resolves names, times and values of a pack (RFC 8428 §4.6). Of several values of one name the latest counts.
 * Throws `lwm2m.malformed`.
 */
export function readSenml(
  format: string,
  path: string,
  records: readonly SenmlRecord[],
  model: ResourceModel,
): ResourceValues {
  const values = new Map<string, ResourceValue>();
  const times = new Map<string, number>();
  let baseName = '';
  let baseTime = 0;
  let baseValue: number | bigint | undefined;
  for (const record of records) {
    if (record.bver !== undefined && record.bver > SENML_VERSION) {
      throw malformed(format, `version ${record.bver}`);
    }
    baseName = record.bn ?? baseName;
    baseTime = record.bt ?? baseTime;
    baseValue = record.bv ?? baseValue;
    const name = resolveName(format, path, baseName + (record.n ?? ''));
    const value = recordValue(format, record, baseValue, typeAt(parsePath(name), model));
    const time = baseTime + (record.t ?? 0);
    if (time < (times.get(name) ?? -Infinity)) continue;
    times.set(name, time);
    values.set(name, value);
  }
  return values;
}

function resolveName(format: string, path: string, name: string): string {
  const absolute = name.startsWith('/') ? name : `/${name}`;
  const depth = pathIds(absolute)?.length ?? 0;
  if (depth < 3) throw malformed(format, `${JSON.stringify(name.slice(0, 60))} names no value`);
  if (!isWithin(absolute, path)) throw malformed(format, `${absolute} is not in ${path}`);
  return absolute;
}

function recordValue(
  format: string,
  record: SenmlRecord,
  baseValue: number | bigint | undefined,
  type: ResourceType | undefined,
): ResourceValue {
  const { v, vs, vb, vd, vlo } = record;
  if ([v, vs, vb, vd, vlo].filter((field) => field !== undefined).length > 1) {
    throw malformed(format, 'more than one value in a record');
  }
  if (vs !== undefined) return (type === 'objlnk' ? parseObjectLink(vs) : undefined) ?? vs;
  if (vb !== undefined) return vb;
  if (vd !== undefined) return vd;
  if (vlo !== undefined) {
    const link = parseObjectLink(vlo);
    if (!link) throw malformed(format, 'not an object link');
    return link;
  }
  if (v === undefined && baseValue === undefined) throw malformed(format, 'a record without a value');
  return numberValue(format, sum(baseValue ?? 0, v ?? 0), type);
}

function sum(a: number | bigint, b: number | bigint): number | bigint {
  if (a === 0) return b;
  if (b === 0) return a;
  const exact = Number.isInteger(Number(a)) && Number.isInteger(Number(b));
  return exact ? BigInt(a) + BigInt(b) : Number(a) + Number(b);
}

function numberValue(format: string, value: number | bigint, type: ResourceType | undefined): ResourceValue {
  if (typeof value === 'number' && !Number.isFinite(value)) throw malformed(format, 'not a finite number');
  if (type === 'float') return Number(value);
  if (type === 'boolean' && (Number(value) === 0 || Number(value) === 1)) return Number(value) === 1;
  if (type === 'time') {
    const date = dateFromSeconds(value);
    if (!date) throw malformed(format, 'time out of range');
    return date;
  }
  if (typeof value === 'number' && !Number.isInteger(value)) return value;
  const integer = integerValue(value);
  if (integer !== undefined) return integer;
  // A float that happens to be whole, of a resource that the model does not know.
  if (typeof value === 'number' && type === undefined) return value;
  throw malformed(format, 'integer beyond 64 bits');
}

/** A record to write, with the data type that its value is written as. */
export interface TypedRecord {
  readonly record: SenmlRecord;
  readonly type: ResourceType;
}

/** The records of a pack for `path`, the base name in the first. Throws `lwm2m.bad-value`. */
export function writeSenml(
  path: string,
  values: ResourceValues,
  model: ResourceModel,
): readonly TypedRecord[] {
  const depth = pathIds(path)?.length ?? 0;
  const base = depth >= 3 || path === '/' ? path : `${path}/`;
  return [...values].map(([valuePath, value], index) => {
    const ids = pathIds(valuePath) ?? [];
    if (ids.length < 3 || !isWithin(valuePath, path)) {
      throw new SlipwayError('lwm2m.bad-value', { path: valuePath, reason: `not a value in ${path}` });
    }
    const type = typeToWrite(valuePath, value, typeAt(parsePath(valuePath), model));
    const name = formatPath(ids).slice(base.length);
    return {
      record: { ...(index === 0 && { bn: base }), ...(name && { n: name }), ...valueField(value) },
      type,
    };
  });
}

function valueField(value: ResourceValue): SenmlRecord {
  switch (typeof value) {
    case 'string':
      return { vs: value };
    case 'boolean':
      return { vb: value };
    case 'number':
    case 'bigint':
      return { v: value };
    default:
      if (value instanceof Date) return { v: secondsOf(value) };
      return isObjectLink(value) ? { vlo: formatObjectLink(value) } : { vd: value };
  }
}

/** The paths of a pack whose records have names only, as Read-Composite asks (LwM2M Core §6.3.9). */
export function readSenmlPaths(format: string, records: readonly SenmlRecord[]): readonly string[] {
  let baseName = '';
  return records.map((record) => {
    baseName = record.bn ?? baseName;
    const name = `/${(baseName + (record.n ?? '')).replace(/^\/|\/$/g, '')}`;
    if (pathIds(name) === undefined) {
      throw malformed(format, `${JSON.stringify(name.slice(0, 60))} is no path`);
    }
    return name;
  });
}

/** A pack that asks for those paths. */
export function writeSenmlPaths(paths: readonly string[]): readonly SenmlRecord[] {
  return paths.map((path) => ({ n: path }));
}
