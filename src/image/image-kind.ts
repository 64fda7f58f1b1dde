/** What a file is by its content, as far as that isn't a flat binary. */
export type ImageKind =
  | 'ELF'
  | 'PE'
  | 'Mach-O'
  | 'Intel HEX'
  | 'S-record'
  | 'UF2'
  | 'ZIP archive'
  | 'MCUboot image'
  | 'SUIT envelope';

/**
 * Tells by magic numbers what `bytes` are; undefined for a flat binary, which has none. A vector table can't be
 * mistaken: it starts with a stack pointer, and none of these make one on a microcontroller.
 */
export function detectImageKind(bytes: Uint8Array): ImageKind | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u32 = (offset: number): number | undefined =>
    offset + 4 <= bytes.length ? view.getUint32(offset) : undefined;
  const magic = u32(0);
  if (magic !== undefined && machOMagics.has(magic)) return 'Mach-O';
  switch (magic) {
    case 0x7f454c46: // \x7fELF
      return 'ELF';
    case 0x504b0304: // PK\3\4
      return 'ZIP archive';
    case 0x3db8f396: // MCUboot's image header, IMAGE_MAGIC 0x96f3b83d in little endian
      return 'MCUboot image';
    case 0x5546320a: // UF2\n, followed by a second magic
      return u32(4) === 0x57515d9e ? 'UF2' : undefined;
  }
  if (bytes[0] === 0x4d && bytes[1] === 0x5a && isPe(view)) return 'PE';
  // Tag 107 (two bytes, d8 6b) around a map: draft-ietf-suit-manifest §11.
  if (bytes[0] === 0xd8 && bytes[1] === 0x6b && (bytes[2] ?? 0) >> 5 === 5) return 'SUIT envelope';
  if (isUntaggedEnvelope(bytes)) return 'SUIT envelope';
  return textKind(bytes);
}

/**
 * An envelope of draft-ietf-suit-manifest-09, which has no tag: a map whose key 2 is a byte string that holds an array
 * of byte strings, and whose next key is 3.
 */
function isUntaggedEnvelope(bytes: Uint8Array): boolean {
  const [map = 0, key, string = 0, size = 0] = bytes;
  if (map < 0xa2 || map > 0xb7 || key !== 2 || string < 0x58 || string > 0x59) return false;
  const start = string === 0x58 ? 4 : 5;
  const length = string === 0x58 ? size : size * 256 + (bytes[4] ?? 0);
  const [array = 0, item = 0] = bytes.subarray(start);
  return array >= 0x81 && array <= 0x97 && item >> 5 === 2 && bytes[start + length] === 3;
}

/** 32 and 64 bits, either byte order, and universal binaries (mach-o/loader.h, mach-o/fat.h). */
const machOMagics: ReadonlySet<number> = new Set([
  0xfeedface, 0xcefaedfe, 0xfeedfacf, 0xcffaedfe, 0xcafebabe,
]);

/** `MZ` alone is too short to tell: e_lfanew at 0x3c must point to `PE\0\0`. */
function isPe(view: DataView): boolean {
  if (view.byteLength < 0x40) return false;
  const header = view.getUint32(0x3c, true);
  return header + 4 <= view.byteLength && view.getUint32(header) === 0x50450000;
}

/** Formats of text lines, by a first line that is a whole record. */
function textKind(bytes: Uint8Array): ImageKind | undefined {
  const firstLine = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 600))
    .toString('latin1')
    .split(/\r?\n/, 1)[0]!
    .trimEnd();
  if (/^:([0-9a-f]{2}){5,260}$/i.test(firstLine)) return 'Intel HEX';
  if (/^S[0-9][0-9a-f]{6,}$/i.test(firstLine)) return 'S-record';
  return undefined;
}
