/** One value of DER (X.690 §8.1). */
export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** Tags of the universal types that certificates are read by (X.680 §8.6). */
export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  sequence: 0x30,
} as const;

/** The values that `bytes` consist of. Throws RangeError where they don't. */
export function derValues(bytes: Uint8Array): readonly DerValue[] {
  const values: DerValue[] = [];
  let at = 0;
  while (at < bytes.length) {
    const { value, next } = derValue(bytes, at);
    values.push(value);
    at = next;
  }
  return values;
}

function derValue(bytes: Uint8Array, at: number): { readonly value: DerValue; readonly next: number } {
  const tag = bytes[at]!;
  if ((tag & 0x1f) === 0x1f) throw new RangeError('a tag of more than one byte');
  let length = bytes[at + 1] ?? 0x80;
  let start = at + 2;
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 4) throw new RangeError('a length that is none');
    length = 0;
    for (let index = 0; index < count; index++) length = length * 256 + (bytes[start++] ?? 0);
  }
  if (start + length > bytes.length) throw new RangeError('a value that ends early');
  return { value: { tag, content: bytes.subarray(start, start + length) }, next: start + length };
}
