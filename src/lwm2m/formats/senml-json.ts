import type { Codec } from './codec';
import { booleanField, numberField, numericField, parseExactJson, textField } from './exact-json';
import { malformed } from './malformed';
import { integerValue } from './scalar';
import { type SenmlRecord, readSenml, readSenmlPaths, writeSenml, writeSenmlPaths } from './senml';

const FORMAT = 'SenML JSON';

/** SenML JSON, Content-Format 110 (LwM2M Core §7.4.4; RFC 8428 §5). */
export const senmlJsonCodec: Codec = {
  decode(path, payload, model) {
    return readSenml(FORMAT, path, readPack(payload), model);
  },
  encode(path, values, model) {
    const records = writeSenml(path, values, model).map(({ record }) => writeRecord(record));
    return Buffer.from(`[${records.join(',')}]`, 'utf8');
  },
};

/** Throws `lwm2m.malformed`. */
export function decodeSenmlJsonPaths(payload: Uint8Array): readonly string[] {
  return readSenmlPaths(FORMAT, readPack(payload));
}

export function encodeSenmlJsonPaths(paths: readonly string[]): Uint8Array {
  return Buffer.from(`[${writeSenmlPaths(paths).map(writeRecord).join(',')}]`, 'utf8');
}

function readPack(payload: Uint8Array): readonly SenmlRecord[] {
  const pack = parseExactJson(FORMAT, payload);
  if (!Array.isArray(pack)) throw malformed(FORMAT, 'not an array');
  return pack.map(readRecord);
}

function readRecord(item: unknown): SenmlRecord {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    throw malformed(FORMAT, 'not a record');
  }
  const fields = new Map<string, unknown>(Object.entries(item));
  for (const label of fields.keys()) {
    // RFC 8428 §4.4: a label that ends in an underscore must be understood.
    if (label.endsWith('_')) throw malformed(FORMAT, `unknown label ${JSON.stringify(label.slice(0, 40))}`);
  }
  return {
    ...optional('bver', numberField(FORMAT, fields.get('bver'))),
    ...optional('bn', textField(FORMAT, fields.get('bn'))),
    ...optional('bt', numberField(FORMAT, fields.get('bt'))),
    ...optional('bv', numericField(FORMAT, fields.get('bv'))),
    ...optional('n', textField(FORMAT, fields.get('n'))),
    ...optional('t', numberField(FORMAT, fields.get('t'))),
    ...optional('v', numericField(FORMAT, fields.get('v'))),
    ...optional('vs', textField(FORMAT, fields.get('vs'))),
    ...optional('vb', booleanField(FORMAT, fields.get('vb'))),
    ...optional('vd', base64url(textField(FORMAT, fields.get('vd')))),
    ...optional('vlo', textField(FORMAT, fields.get('vlo'))),
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

/** RFC 8428 §5: base64 with the URL-safe alphabet and no padding; padding and the other alphabet are let through. */
function base64url(value: string | undefined): Uint8Array | undefined {
  if (value === undefined) return undefined;
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(value)) throw malformed(FORMAT, 'not base64');
  return Uint8Array.from(Buffer.from(value, 'base64'));
}

function writeRecord({ v, vd, ...rest }: SenmlRecord): string {
  const fields = Object.entries(rest).map(([label, value]) => `"${label}":${JSON.stringify(value)}`);
  if (v !== undefined) fields.push(`"v":${String(integerValue(v) ?? v)}`);
  if (vd !== undefined) fields.push(`"vd":"${Buffer.from(vd).toString('base64url')}"`);
  return `{${fields.join(',')}}`;
}
