import { Decoder, Encoder, Tag } from 'cbor-x';
import { SlipwayError } from '../base/errors';

/** A tagged data item (RFC 8949 §3.4). */
export class CborTag {
  constructor(
    readonly tag: number,
    readonly value: CborValue,
  ) {}
}

/** What manifests and COSE are made of: no floats, no undefined; integers within ±(2^53 − 1). */
export type CborValue =
  | number
  | string
  | boolean
  | null
  | Uint8Array
  | readonly CborValue[]
  | ReadonlyMap<CborValue, CborValue>
  | CborTag;

const options = { useRecords: false, mapsAsObjects: false, tagUint8Array: false } as const;
const encoder = new Encoder(options);
const decoder = new Decoder(options);

/** Manifests nest by wrapping CBOR in byte strings; a single decoding is shallow. */
const maxDepth = 16;

/**
 * Tags let through to the decoder: COSE_Encrypt0, COSE_Mac0, COSE_Sign1, COSE_Encrypt, COSE_Mac, COSE_Sign (RFC 9052
 * §2) and SUIT_Envelope (draft-ietf-suit-manifest §11). Others would make cbor-x build dates, records and the like.
 */
const knownTags: ReadonlySet<number> = new Set([16, 17, 18, 96, 97, 98, 107]);

/**
 * Encodes by the core deterministic encoding requirements (RFC 8949 §4.2.1): shortest heads, definite lengths,
 * map keys in bytewise order of their encodings. Throws RangeError on duplicate keys and on numbers that
 * aren't safe integers.
 */
export function encodeCanonical(value: CborValue): Uint8Array {
  return Uint8Array.from(encoder.encode(toCborX(value)));
}

/**
 * Decodes one data item that must fill `bytes` and be encoded deterministically. Byte strings are views into
 * `bytes`. Errors: `suit.malformed`, `suit.trailing-bytes`, `suit.duplicate-key`, and `suit.not-canonical` for what
 * is well-formed but could have been encoded differently; `what` names the item in them.
 */
export function decodeCanonical(bytes: Uint8Array, what: string): CborValue {
  // A view of our own: cbor-x leaves a property on the array it decodes.
  const source = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = scanItem(source, 0, 0, what);
  if (end !== source.length) {
    throw new SlipwayError('suit.trailing-bytes', { what, bytes: source.length - end });
  }
  let value: CborValue;
  let again: Uint8Array;
  try {
    value = fromCborX(decoder.decode(source));
    again = encodeCanonical(value);
  } catch (error) {
    if (error instanceof RangeError) throw notCanonical(what, error.message);
    throw malformed(what, error instanceof Error ? error.message : String(error));
  }
  const difference = firstDifference(source, again);
  if (difference !== undefined) {
    throw notCanonical(what, `differs from its deterministic encoding at byte ${difference}`);
  }
  return value;
}

/**
 * Walks over one data item before cbor-x sees it and returns where it ends: refuses lengths beyond the input,
 * deep nesting, indefinite lengths, and everything that isn't a `CborValue`.
 */
function scanItem(bytes: Uint8Array, at: number, depth: number, what: string): number {
  if (depth > maxDepth) throw malformed(what, `nests deeper than ${maxDepth} levels`);
  const { major, argument, next } = scanHead(bytes, at, what);
  switch (major) {
    case 0:
    case 1:
      return next;
    case 2:
    case 3:
      if (argument > bytes.length - next) throw malformed(what, 'ends early');
      return next + argument;
    case 4: {
      // Each item takes a byte at least, so a claimed count can't keep this loop busy beyond the input.
      let end = next;
      for (let item = 0; item < argument; item++) end = scanItem(bytes, end, depth + 1, what);
      return end;
    }
    case 5:
      return scanMap(bytes, { at: next, pairs: argument }, depth, what);
    case 6:
      if (!knownTags.has(argument)) throw malformed(what, `has the unknown tag ${argument}`);
      return scanItem(bytes, next, depth + 1, what);
    default:
      // RFC 8949 §3.3: 20 false, 21 true, 22 null.
      if (next !== at + 1 || argument < 20 || argument > 22) {
        throw malformed(what, 'has a floating-point or unassigned simple value');
      }
      return next;
  }
}

/** Walks over the pairs of a map; of a key that is there twice cbor-x would keep only one. */
function scanMap(
  bytes: Uint8Array,
  { at, pairs }: { readonly at: number; readonly pairs: number },
  depth: number,
  what: string,
): number {
  const keys = new Set<string>();
  let end = at;
  for (let pair = 0; pair < pairs; pair++) {
    const keyEnd = scanItem(bytes, end, depth + 1, what);
    const key = Buffer.from(bytes.subarray(end, keyEnd)).toString('latin1');
    if (keys.has(key)) throw new SlipwayError('suit.duplicate-key', { what });
    keys.add(key);
    end = scanItem(bytes, keyEnd, depth + 1, what);
  }
  return end;
}

/** The initial byte and argument of a data item (RFC 8949 §3). */
function scanHead(
  bytes: Uint8Array,
  at: number,
  what: string,
): { major: number; argument: number; next: number } {
  const initial = bytes[at];
  if (initial === undefined) throw malformed(what, 'ends early');
  const major = initial >> 5;
  const info = initial & 0x1f;
  if (info < 24) return { major, argument: info, next: at + 1 };
  if (info === 31) throw notCanonical(what, 'has an indefinite length');
  if (info > 27) throw malformed(what, 'has a reserved initial byte');
  const size = 1 << (info - 24);
  if (at + 1 + size > bytes.length) throw malformed(what, 'ends early');
  let argument = 0;
  for (let index = at + 1; index <= at + size; index++) argument = argument * 256 + bytes[index]!;
  // -1 - argument must be safe as well.
  if (argument >= Number.MAX_SAFE_INTEGER) throw malformed(what, 'has an integer beyond 2^53');
  return { major, argument, next: at + 1 + size };
}

function toCborX(value: CborValue): unknown {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new RangeError(`not a safe integer: ${value}`);
    // cbor-x writes numbers beyond 32 bits as floats, bigints as integers.
    return value >= 2 ** 32 || value < -(2 ** 32) ? BigInt(value) : value;
  }
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  if (value instanceof CborTag) return new Tag(toCborX(value.value), value.tag);
  if (value instanceof Map) return toSortedMap(value as ReadonlyMap<CborValue, CborValue>);
  return (value as readonly CborValue[]).map(toCborX);
}

function toSortedMap(map: ReadonlyMap<CborValue, CborValue>): Map<unknown, unknown> {
  const entries = [...map].map(([key, value]) => ({ key, value, encoded: encodeCanonical(key) }));
  entries.sort((a, b) => Buffer.compare(a.encoded, b.encoded));
  entries.forEach(({ encoded }, index) => {
    const previous = entries[index - 1];
    if (previous && Buffer.compare(previous.encoded, encoded) === 0) {
      throw new RangeError('duplicate map key');
    }
  });
  return new Map(entries.map(({ key, value }) => [toCborX(key), toCborX(value)]));
}

function fromCborX(value: unknown): CborValue {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  if (value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(fromCborX);
  if (value instanceof Tag) return new CborTag(value.tag, fromCborX(value.value));
  if (value instanceof Map) {
    return new Map([...(value as Map<unknown, unknown>)].map(([k, v]) => [fromCborX(k), fromCborX(v)]));
  }
  throw new TypeError(`has an item of type ${typeof value}`);
}

function firstDifference(a: Uint8Array, b: Uint8Array): number | undefined {
  if (Buffer.compare(a, b) === 0) return undefined;
  const index = a.findIndex((byte, at) => byte !== b[at]);
  return index < 0 ? a.length : index;
}

function malformed(what: string, reason: string): SlipwayError {
  return new SlipwayError('suit.malformed', { reason: `${what} ${reason}` });
}

function notCanonical(what: string, reason: string): SlipwayError {
  return new SlipwayError('suit.not-canonical', { reason: `${what} ${reason}` });
}
