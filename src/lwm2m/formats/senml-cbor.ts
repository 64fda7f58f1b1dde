import { cborInteger, decodeCborItem, encodeCborItem } from './cbor-library';
import type { Codec } from './codec';
import { malformed } from './malformed';
import {
  type SenmlRecord,
  type TypedRecord,
  readSenml,
  readSenmlPaths,
  writeSenml,
  writeSenmlPaths,
} from './senml';

const FORMAT = 'SenML CBOR';

/** RFC 8428 §6, table 4. Objlnk keeps its text label (LwM2M Core §7.4.5). */
const LABELS: Readonly<Record<keyof SenmlRecord, number | string>> = {
  bver: -1,
  bn: -2,
  bt: -3,
  bv: -5,
  n: 0,
  v: 2,
  vs: 3,
  vb: 4,
  t: 6,
  vd: 8,
  vlo: 'vlo',
};

/** SenML CBOR, Content-Format 112 (LwM2M Core §7.4.5; RFC 8428 §6). */
export const senmlCborCodec: Codec = {
  decode(path, payload, model) {
    return readSenml(FORMAT, path, readPack(payload), model);
  },
  encode(path, values, model) {
    return encodeCborItem(writeSenml(path, values, model).map(writeRecord));
  },
};

/** Throws `lwm2m.malformed`. */
export function decodeSenmlCborPaths(payload: Uint8Array): readonly string[] {
  return readSenmlPaths(FORMAT, readPack(payload));
}

export function encodeSenmlCborPaths(paths: readonly string[]): Uint8Array {
  return encodeCborItem(writeSenmlPaths(paths).map((record) => writeRecord({ record, type: 'none' })));
}

function readPack(payload: Uint8Array): readonly SenmlRecord[] {
  const pack = decodeCborItem(FORMAT, payload);
  if (!Array.isArray(pack)) throw malformed(FORMAT, 'not an array');
  return pack.map(readRecord);
}

function readRecord(item: unknown): SenmlRecord {
  if (!(item instanceof Map)) throw malformed(FORMAT, 'not a record');
  const record: Record<string, unknown> = {};
  for (const [label, field] of Object.entries(LABELS)) {
    // Text labels are for JSON, but some clients write them here, too.
    const value: unknown = item.get(field) ?? item.get(label);
    if (value === undefined) continue;
    if (!isOfType(label as keyof SenmlRecord, value)) throw malformed(FORMAT, `wrong type of ${label}`);
    record[label] = label === 'bt' || label === 't' || label === 'bver' ? Number(value) : value;
  }
  for (const label of item.keys() as Iterable<unknown>) {
    if (typeof label === 'string' && label.endsWith('_')) throw malformed(FORMAT, 'unknown label');
  }
  return record;
}

function isOfType(label: keyof SenmlRecord, value: unknown): boolean {
  switch (label) {
    case 'bn':
    case 'n':
    case 'vs':
    case 'vlo':
      return typeof value === 'string';
    case 'vb':
      return typeof value === 'boolean';
    case 'vd':
      return value instanceof Uint8Array;
    default:
      return typeof value === 'number' || typeof value === 'bigint';
  }
}

function writeRecord({ record, type }: TypedRecord): ReadonlyMap<number | string, unknown> {
  const fields = new Map<number | string, unknown>();
  for (const [label, field] of Object.entries(record)) {
    const whole = label === 'v' && type !== 'float';
    fields.set(LABELS[label as keyof SenmlRecord], whole ? cborInteger(field as number | bigint) : field);
  }
  return fields;
}
