/**
 * The filter for Arm Thumb code before compression (liblzma’s simple/armthumb.c, the LZMA SDK’s Bra.c): the target of each
 * `BL` becomes absolute, so that calls of the same function look the same.
 */
export function filterArmThumb(code: Uint8Array): Uint8Array {
  return convert(code, 1);
}

/** The way back. */
export function unfilterArmThumb(filtered: Uint8Array): Uint8Array {
  return convert(filtered, -1);
}

function convert(input: Uint8Array, sign: 1 | -1): Uint8Array {
  const code = input.slice();
  for (let at = 0; at + 4 <= code.length; at += 2) {
    // A pair of halfwords 11110… and 11111…, 11 bits of the offset in each.
    if ((code[at + 1]! & 0xf8) !== 0xf0 || (code[at + 3]! & 0xf8) !== 0xf8) continue;
    const high = ((code[at + 1]! & 7) << 8) | code[at]!;
    const low = ((code[at + 3]! & 7) << 8) | code[at + 2]!;
    // In halfwords, from the instruction behind; the wrap at 22 bits is the same both ways.
    const value = (high << 11) + low + (sign * (at + 4)) / 2;
    code[at] = (value >> 11) & 0xff;
    code[at + 1] = 0xf0 | ((value >> 19) & 7);
    code[at + 2] = value & 0xff;
    code[at + 3] = 0xf8 | ((value >> 8) & 7);
    at += 2;
  }
  return code;
}
