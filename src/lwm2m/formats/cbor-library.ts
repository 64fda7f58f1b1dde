import { Decoder, Encoder } from 'cbor-x';
import { wellFormedCbor } from './cbor-wellformed';
import { malformed } from './malformed';
import { integerValue } from './scalar';

/** Plain CBOR: maps as Map, no records, byte strings without a tag for typed arrays. */
const options = { useRecords: false, mapsAsObjects: false, tagUint8Array: false } as const;

const decoder = new Decoder(options);
const encoder = new Encoder(options);

/** Numbers from here on cbor-x writes as floats unless they are bigints. */
const UINT32_LIMIT = 2 ** 32;

/** Decodes one CBOR item. Throws `lwm2m.malformed` naming `format`. */
export function decodeCborItem(format: string, payload: Uint8Array): unknown {
  // A copy: cbor-x leaves a property on the array it decodes, and byte strings stay views into it.
  const bytes = Uint8Array.from(wellFormedCbor(format, payload));
  try {
    const item: unknown = decoder.decode(bytes);
    return item;
  } catch (cause) {
    throw malformed(format, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** Encodes one CBOR item; whole numbers by `cborInteger` first. */
export function encodeCborItem(item: unknown): Uint8Array {
  return Uint8Array.from(encoder.encode(item));
}

/** A whole number in the JavaScript type that cbor-x writes as the shortest CBOR integer. */
export function cborInteger(value: number | bigint): number | bigint {
  const whole = integerValue(value) ?? value;
  if (typeof whole === 'bigint') return whole;
  return Math.abs(whole) < UINT32_LIMIT ? whole : BigInt(whole);
}
