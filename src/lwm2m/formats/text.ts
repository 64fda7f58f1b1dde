import type { ResourceType } from '../objects/definition';
import type { ResourceValue } from '../values';
import { type Codec, parseResourcePath, singleValue, typeAt } from './codec';
import { decodeUtf8, malformed } from './malformed';
import {
  dateFromSeconds,
  formatObjectLink,
  integerValue,
  isObjectLink,
  parseObjectLink,
  secondsOf,
  typeToWrite,
} from './scalar';

const FORMAT = 'text';

/** Plain text, Content-Format 0: one value (LwM2M Core §7.4.1; types in appendix C). */
export const textCodec: Codec = {
  decode(path, payload, model) {
    const type = typeAt(parseResourcePath(path), model) ?? 'string';
    return new Map([[path, parseText(decodeUtf8(FORMAT, payload), type)]]);
  },
  encode(path, values, model) {
    const value = singleValue(path, values);
    typeToWrite(path, value, typeAt(parseResourcePath(path), model));
    return Buffer.from(formatText(value), 'utf8');
  },
};

function parseText(text: string, type: ResourceType): ResourceValue {
  switch (type) {
    case 'integer':
    case 'unsigned':
      return found(parseInteger(text), text, type);
    case 'time': {
      const seconds = parseInteger(text);
      return found(seconds === undefined ? undefined : dateFromSeconds(seconds), text, type);
    }
    case 'float':
      return found(/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined, text, type);
    case 'boolean':
      return found(text === '0' ? false : text === '1' ? true : undefined, text, type);
    case 'objlnk':
      return found(parseObjectLink(text), text, type);
    case 'opaque':
      return found(parseBase64(text), text, type);
    default:
      return text;
  }
}

function found<T>(value: T | undefined, text: string, type: ResourceType): T {
  if (value === undefined) {
    throw malformed(FORMAT, `${JSON.stringify(text.slice(0, 40))} is not of type ${type}`);
  }
  return value;
}

function parseInteger(text: string): number | bigint | undefined {
  return /^[+-]?\d{1,20}$/.test(text) ? integerValue(BigInt(text.replace('+', ''))) : undefined;
}

function parseBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return Uint8Array.from(Buffer.from(text, 'base64'));
}

function formatText(value: ResourceValue): string {
  if (value instanceof Date) return String(secondsOf(value));
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'boolean') return value ? '1' : '0';
  return isObjectLink(value) ? formatObjectLink(value) : String(value);
}
