/** Length of the extended form of a delta or length nibble (RFC 7252 §3.1). */
const extendedBytes: Readonly<Record<number, number>> = { 13: 1, 14: 2 };

/**
 * Why a datagram is no CoAP message (RFC 7252 §3), or undefined where it is one. coap-packet takes cut-off tokens and
 * options for short ones.
 */
export function malformation(data: Uint8Array): string | undefined {
  const [header = 0, code = 0] = data;
  if (data.length < 4) return 'shorter than a header';
  const tokenLength = header & 0x0f;
  if (tokenLength > 8) return `token length ${tokenLength}`;
  if (code === 0 && data.length > 4) return 'an Empty message that is not';
  let offset = 4 + tokenLength;
  if (offset > data.length) return 'cut off in its token';
  while (offset < data.length) {
    const first = data[offset] ?? 0;
    if (first === 0xff) return offset + 1 === data.length ? 'a payload marker without payload' : undefined;
    const delta = first >> 4;
    const nibble = first & 0x0f;
    if (delta === 15 || nibble === 15) return 'a reserved option length';
    offset += 1 + (extendedBytes[delta] ?? 0);
    const length = lengthOf(nibble, data, offset);
    offset += (extendedBytes[nibble] ?? 0) + length;
    if (offset > data.length) return 'cut off in an option';
  }
  return undefined;
}

function lengthOf(nibble: number, data: Uint8Array, offset: number): number {
  const [first = 0, second = 0] = data.subarray(offset);
  if (nibble === 13) return first + 13;
  if (nibble === 14) return first * 256 + second + 269;
  return nibble;
}
