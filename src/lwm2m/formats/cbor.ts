import type { ResourceType } from '../objects/definition';
import type { ResourceValue } from '../values';
import { cborInteger, decodeCborItem, encodeCborItem } from './cbor-library';
import { type Codec, parseResourcePath, singleValue, typeAt } from './codec';
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

const FORMAT = 'CBOR';

/** CBOR, Content-Format 60: one value (LwM2M Core §7.4.3 of version 1.1; types in appendix C). */
export const cborCodec: Codec = {
  decode(path, payload, model) {
    const type = typeAt(parseResourcePath(path), model);
    return new Map([[path, fromCborValue(FORMAT, decodeCborItem(FORMAT, payload), type)]]);
  },
  encode(path, values, model) {
    const value = singleValue(path, values);
    const type = typeToWrite(path, value, typeAt(parseResourcePath(path), model));
    return encodeCborItem(cborValue(value, type));
  },
};

/** The value that a decoded CBOR item is (LwM2M Core, appendix C). Throws `lwm2m.malformed` naming `format`. */
export function fromCborValue(format: string, item: unknown, type: ResourceType | undefined): ResourceValue {
  switch (typeof item) {
    case 'string': {
      const link = type === 'objlnk' ? parseObjectLink(item) : undefined;
      return link ?? item;
    }
    case 'boolean':
      return item;
    case 'number':
    case 'bigint':
      return numberValue(format, item, type);
    default:
      // Epoch time arrives as a tagged item here (RFC 8949 §3.4.2), unlike in SenML.
      if (item instanceof Date && !Number.isNaN(item.getTime())) return item;
      if (item instanceof Uint8Array) return item;
      throw malformed(format, 'not a single value');
  }
}

function numberValue(format: string, item: number | bigint, type: ResourceType | undefined): ResourceValue {
  if (type === 'time') {
    const date = dateFromSeconds(item);
    if (!date) throw malformed(format, 'time out of range');
    return date;
  }
  if (typeof item === 'number' && (type === 'float' || !Number.isInteger(item))) {
    if (!Number.isFinite(item)) throw malformed(format, 'not a finite number');
    return item;
  }
  if (type === 'float') return Number(item);
  const integer = integerValue(item);
  if (integer === undefined) throw malformed(format, 'integer beyond 64 bits');
  return integer;
}

/** The CBOR item that writes a value of that type. */
export function cborValue(value: ResourceValue, type: ResourceType): unknown {
  if (value instanceof Date) return cborInteger(secondsOf(value));
  if (typeof value === 'bigint') return cborInteger(value);
  if (typeof value === 'number') return type === 'float' ? value : cborInteger(value);
  if (typeof value === 'object' && isObjectLink(value)) return formatObjectLink(value);
  return value;
}
