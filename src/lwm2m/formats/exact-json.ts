import { decodeUtf8, malformed } from './malformed';

/** Marks an integer that JSON.parse would round; it stands in a string until its field is read. */
const LONG_INTEGER = '\u0000integer:';

/** JSON.parse, but integers beyond 2^53 keep their digits until their field is read. Throws `lwm2m.malformed`. */
export function parseExactJson(format: string, payload: Uint8Array): unknown {
  const text = decodeUtf8(format, payload);
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
    throw malformed(format, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** A field of that kind, if it is there. Throws `lwm2m.malformed`. */
export function numericField(format: string, value: unknown): number | bigint | undefined {
  if (value === undefined || typeof value === 'number') return value;
  if (typeof value === 'string' && value.startsWith(LONG_INTEGER)) {
    const digits = value.slice(LONG_INTEGER.length);
    if (/^-?\d+$/.test(digits)) return BigInt(digits);
  }
  throw malformed(format, 'not a number');
}

/** A field of that kind, if it is there. Throws `lwm2m.malformed`. */
export function numberField(format: string, value: unknown): number | undefined {
  const read = numericField(format, value);
  return read === undefined ? undefined : Number(read);
}

/** A field of that kind, if it is there. Throws `lwm2m.malformed`. */
export function textField(format: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && !value.startsWith(LONG_INTEGER)) return value;
  throw malformed(format, 'not a string');
}

/** A field of that kind, if it is there. Throws `lwm2m.malformed`. */
export function booleanField(format: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw malformed(format, 'not a boolean');
}
