import type { ByteRange } from '../image/inspection';
import { malformed } from './cbor-shape';

/** A data item with its place in a file, for showing: it need not be deterministic, as what is verified must be. */
export interface CborItem {
  readonly major: number;
  /** Of the item with all that is in it. */
  readonly at: ByteRange;
  /** Value of an integer (0, 1), a tag's number (6), a simple value (7); undefined for others. */
  readonly number?: number;
  /** Content of a byte string or text (2, 3). */
  readonly content?: Uint8Array;
  /** Items of an array (4), keys and values in turn of a map (5), what a tag (6) is on. */
  readonly items: readonly CborItem[];
}

/** Major types (RFC 8949 §3.1). */
export const majorType = {
  unsigned: 0,
  negative: 1,
  bytes: 2,
  text: 3,
  array: 4,
  map: 5,
  tag: 6,
  simple: 7,
} as const;

const maxDepth = 16;

/**
 * Reads the one item that `bytes` are; `offset` is where they stand in the file. Errors: `suit.malformed`, also for
 * indefinite lengths, floats and integers beyond 2^53.
 */
export function readItem(bytes: Uint8Array, offset: number): CborItem {
  const { item, next } = new Reader(bytes, offset).item(0, 0);
  if (next !== bytes.length) throw malformed(`${bytes.length - next} bytes follow at byte ${offset + next}`);
  return item;
}

/** The item inside a byte string. Errors as `readItem`. */
export function readWrapped(item: CborItem): CborItem {
  const { content, at } = item;
  if (item.major !== majorType.bytes || !content) throw malformed(`no byte string at byte ${at.offset}`);
  return readItem(content, at.offset + at.length - content.length);
}

/** Keys and values of a map; none if it is something else. */
export function mapEntries({
  major,
  items,
}: CborItem): readonly (readonly [key: CborItem, value: CborItem])[] {
  if (major !== majorType.map) return [];
  return items.flatMap((key, index) => (index % 2 === 0 ? [[key, items[index + 1]!] as const] : []));
}

class Reader {
  constructor(
    private readonly bytes: Uint8Array,
    private readonly offset: number,
  ) {}

  item(at: number, depth: number): { readonly item: CborItem; readonly next: number } {
    if (depth > maxDepth) throw this.fault(at, 'items nest too deep');
    const { major, argument, next } = this.head(at);
    const size = major === majorType.bytes || major === majorType.text ? argument : 0;
    if (size > this.bytes.length - next) throw this.fault(at, 'a string ends early');
    const items: CborItem[] = [];
    let end = next + size;
    for (let left = itemsOf(major, argument); left > 0; left--) {
      const inner = this.item(end, depth + 1);
      items.push(inner.item);
      end = inner.next;
    }
    return {
      item: {
        major,
        at: { offset: this.offset + at, length: end - at },
        ...(size > 0 || major === majorType.bytes || major === majorType.text
          ? { content: this.bytes.subarray(next, end) }
          : { number: major === majorType.negative ? -1 - argument : argument }),
        items,
      },
      next: end,
    };
  }

  private head(at: number): { readonly major: number; readonly argument: number; readonly next: number } {
    const initial = this.bytes[at];
    if (initial === undefined) throw this.fault(at, 'an item is missing');
    const major = initial >> 5;
    const info = initial & 0x1f;
    if (info < 24) return { major, argument: info, next: at + 1 };
    if (info > 27 || major === majorType.simple) throw this.fault(at, 'an item that has no place here');
    const next = at + 1 + (1 << (info - 24));
    if (next > this.bytes.length) throw this.fault(at, 'an item ends early');
    const argument = this.bytes.subarray(at + 1, next).reduce((number, byte) => number * 256 + byte, 0);
    if (argument >= Number.MAX_SAFE_INTEGER) throw this.fault(at, 'an integer beyond 2^53');
    return { major, argument, next };
  }

  private fault(at: number, reason: string): Error {
    return malformed(`${reason}, at byte ${this.offset + at}`);
  }
}

/** Each takes a byte at least, so a claimed count ends with the bytes. */
function itemsOf(major: number, argument: number): number {
  if (major === majorType.array) return argument;
  if (major === majorType.map) return argument * 2;
  return major === majorType.tag ? 1 : 0;
}
