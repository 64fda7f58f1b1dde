import type { ResourceModel } from '../objects/definition';
import { parsePath, pathIds } from '../path';
import { type Codec, typeAt } from './codec';
import { booleanField, numberField, numericField, parseExactJson, textField } from './exact-json';
import { malformed } from './malformed';
import { integerValue } from './scalar';
import { type SenmlRecord, readSenml, writeSenml } from './senml';

const FORMAT = 'LwM2M JSON';

/**
 * LwM2M JSON, Content-Format 11543, which only version 1.0 has (LwM2M 1.0 §6.4.4): an object with a base name, a base
 * time and an array of entries. It is the ancestor of SenML, so that its entries are read and written as records.
 */
export const lwm2mJsonCodec: Codec = {
  decode(path, payload, model) {
    const { bn, bt, e } = fieldsOf(parseExactJson(FORMAT, payload));
    if (!Array.isArray(e)) throw malformed(FORMAT, 'no array of entries');
    const base = textField(FORMAT, bn) ?? baseOf(path);
    const baseTime = numberField(FORMAT, bt);
    const records = e.map((entry: unknown) => ({
      // Every record carries the base: an entry whose name is whole goes without.
      ...readEntry(base, entry, model),
      ...(baseTime !== undefined && { bt: baseTime }),
    }));
    return readSenml(FORMAT, path, records, model);
  },
  encode(path, values, model) {
    const written = writeSenml(path, values, model);
    const base = written[0]?.record.bn ?? baseOf(path);
    const entries = written.map(({ record }) => writeEntry(record));
    return Buffer.from(`{"bn":${JSON.stringify(base)},"e":[${entries.join(',')}]}`, 'utf8');
  },
};

/** What entries are named below: the path of the request, which ends in no slash where it is that of a value. */
function baseOf(path: string): string {
  return path === '/' || (pathIds(path)?.length ?? 0) >= 3 ? path : `${path}/`;
}

function fieldsOf(item: unknown): Readonly<Record<string, unknown>> {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    throw malformed(FORMAT, 'not an object');
  }
  return item as Record<string, unknown>;
}

function readEntry(base: string, entry: unknown, model: ResourceModel): SenmlRecord {
  const { n, t, v, bv, sv, ov } = fieldsOf(entry);
  const name = textField(FORMAT, n) ?? '';
  const time = numberField(FORMAT, t);
  const number = numericField(FORMAT, v);
  const boolean = booleanField(FORMAT, bv);
  const text = textField(FORMAT, sv);
  const link = textField(FORMAT, ov);
  const whole = nameOf(base, name);
  return {
    bn: '',
    n: whole,
    ...(time !== undefined && { t: time }),
    ...(number !== undefined && { v: number }),
    ...(boolean !== undefined && { vb: boolean }),
    ...(text !== undefined && textOrBytes(text, whole, model)),
    ...(link !== undefined && { vlo: link }),
  };
}

/** Some clients leave out the slash between the base name and the name of an entry. */
function nameOf(base: string, name: string): string {
  if (name.startsWith('/')) return name;
  const needsSlash = name !== '' && base !== '' && !base.endsWith('/');
  return `${base}${needsSlash ? '/' : ''}${name}`;
}

/** Opaque is base64 in a string (LwM2M 1.0, appendix C). */
function textOrBytes(text: string, name: string, model: ResourceModel): SenmlRecord {
  const depth = pathIds(name)?.length ?? 0;
  if (depth < 3 || typeAt(parsePath(name), model) !== 'opaque') return { vs: text };
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw malformed(FORMAT, 'not base64');
  return { vd: Uint8Array.from(Buffer.from(text, 'base64')) };
}

function writeEntry({ n, v, vs, vb, vd, vlo }: SenmlRecord): string {
  const fields = n === undefined ? [] : [`"n":${JSON.stringify(n)}`];
  if (v !== undefined) fields.push(`"v":${String(integerValue(v) ?? v)}`);
  if (vs !== undefined) fields.push(`"sv":${JSON.stringify(vs)}`);
  if (vb !== undefined) fields.push(`"bv":${vb}`);
  if (vd !== undefined) fields.push(`"sv":"${Buffer.from(vd).toString('base64')}"`);
  if (vlo !== undefined) fields.push(`"ov":${JSON.stringify(vlo)}`);
  return `{${fields.join(',')}}`;
}
