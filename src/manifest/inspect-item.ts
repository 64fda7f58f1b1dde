import { toHex } from '../base/hex';
import type { ByteRange, InspectionField } from '../image/inspection';
import { type CborItem, majorType, readWrapped } from './cbor-items';
import { SlipwayError } from '../base/errors';

/** A field; `at` is left out for what isn't in the file as such. */
export function field(
  name: string,
  value: string,
  at: ByteRange,
  children: readonly InspectionField[] = [],
): InspectionField {
  return { name, value, at, ...(children.length > 0 && { children }) };
}

/** Bytes in words: short ones in full. */
const shownBytes = 64;

/** What an item is, without knowing what it means. */
export function itemText({ major, number, content, items }: CborItem): string {
  switch (major) {
    case majorType.bytes:
      return bytesText(content ?? new Uint8Array());
    case majorType.text:
      return Buffer.from(content ?? new Uint8Array()).toString('utf8');
    case majorType.array:
      return `[${items.map(itemText).join(', ')}]`;
    case majorType.map:
      return `map of ${items.length / 2}`;
    case majorType.tag:
      return `tag ${number ?? 0}`;
    case majorType.simple:
      return simpleValues[number ?? 0] ?? `simple value ${number ?? 0}`;
    default:
      return String(number);
  }
}

/** RFC 8949 §3.3. */
const simpleValues: Readonly<Record<number, string>> = { 20: 'false', 21: 'true', 22: 'null' };

/** Bytes as hex; of long ones the beginning and how many they are. */
export function bytesText(bytes: Uint8Array): string {
  if (bytes.length <= shownBytes) return toHex(bytes);
  return `${toHex(bytes.subarray(0, 16))}… (${bytes.length} bytes)`;
}

/** An id as text where it is one, else as hex. */
export function idText({ items }: CborItem): string {
  return items
    .map(({ content = new Uint8Array() }) => {
      const text = Buffer.from(content).toString('utf8');
      return /^[\x21-\x7e]+$/.test(text) ? text : `h'${toHex(content)}'`;
    })
    .join('/');
}

/**
 * A field of what a byte string holds; where that can't be read, the field ends there and says why.
 */
export function wrappedField(
  name: string,
  item: CborItem,
  children: (inner: CborItem) => readonly InspectionField[],
): InspectionField {
  try {
    return field(name, '', item.at, children(readWrapped(item)));
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    return field(name, `can’t be read: ${reasonOf(error)}`, item.at);
  }
}

/** What an error of a decoder says. */
export function reasonOf(error: SlipwayError): string {
  return 'reason' in error.details && typeof error.details.reason === 'string'
    ? error.details.reason
    : error.code;
}
