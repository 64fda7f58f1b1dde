import type { Codec } from './codec';
import { decodeUtf8, malformed } from './malformed';
import { integerValue } from './scalar';
import { type SenmlRecord, readSenml, writeSenml } from './senml';

const FORMAT = 'SenML JSON';

/** Marks an integer that JSON.parse would round; it stands in a string until its field is read. */
const LONG_INTEGER = '\u0000integer:';

/** SenML JSON, Content-Format 110 (LwM2M Core §7.4.4; RFC 8428 §5). */
export const senmlJsonCodec: Codec = {
  decode(path, payload, model) {
    const pack = parseExactly(decodeUtf8(FORMAT, payload));
    if (!Array.isArray(pack)) throw malformed(FORMAT, 'not an array');
    return readSenml(FORMAT, path, pack.map(readRecord), model);
  },
  encode(path, values, model) {
    const records = writeSenml(path, values, model).map(({ record }) => writeRecord(record));
    return Buffer.from(`[${records.join(',')}]`, 'utf8');
  },
};

/** JSON.parse, but integers beyond 2^53 keep their digits. */
function parseExactly(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!/\d{16}/.test(text)) return parsed;
    // Well-formed from here on: a quote that opens a string is closed.
    const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
      /^-?\d{16,20}$/.test(token) ? JSON.stringify(LONG_INTEGER + token) : token,
    );
    const exact: unknown = JSON.parse(marked);
    return exact;
  } catch (cause) {
    throw malformed(FORMAT, cause instanceof Error ? cause.message : String(cause), cause);
  }
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
    ...optional('bver', number(fields.get('bver'))),
    ...optional('bn', text(fields.get('bn'))),
    ...optional('bt', number(fields.get('bt'))),
    ...optional('bv', numeric(fields.get('bv'))),
    ...optional('n', text(fields.get('n'))),
    ...optional('t', number(fields.get('t'))),
    ...optional('v', numeric(fields.get('v'))),
    ...optional('vs', text(fields.get('vs'))),
    ...optional('vb', boolean(fields.get('vb'))),
    ...optional('vd', base64url(text(fields.get('vd')))),
    ...optional('vlo', text(fields.get('vlo'))),
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

function numeric(value: unknown): number | bigint | undefined {
  if (value === undefined || typeof value === 'number') return value;
  if (typeof value === 'string' && value.startsWith(LONG_INTEGER)) {
    const digits = value.slice(LONG_INTEGER.length);
    if (/^-?\d+$/.test(digits)) return BigInt(digits);
  }
  throw malformed(FORMAT, 'not a number');
}

function number(value: unknown): number | undefined {
  const read = numeric(value);
  return read === undefined ? undefined : Number(read);
}

function text(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && !value.startsWith(LONG_INTEGER)) return value;
  throw malformed(FORMAT, 'not a string');
}

function boolean(value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw malformed(FORMAT, 'not a boolean');
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
