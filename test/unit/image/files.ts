import type { Segment } from '../../../src/image/segments';

/** An Intel HEX file of `segments`, with records of 16 bytes and linear addresses. */
export function hexFile(segments: readonly Segment[]): Buffer {
  const lines: string[] = [];
  for (const { address, bytes } of segments) {
    let upper = -1;
    for (let at = 0; at < bytes.length; at += 16) {
      const here = address + at;
      if (Math.floor(here / 0x1_0000) !== upper) {
        upper = Math.floor(here / 0x1_0000);
        lines.push(record(0, 4, Uint8Array.of(upper >> 8, upper & 0xff)));
      }
      lines.push(record(here % 0x1_0000, 0, bytes.subarray(at, at + 16)));
    }
  }
  return Buffer.from([...lines, ':00000001FF', ''].join('\r\n'));
}

export function record(offset: number, type: number, data: Uint8Array): string {
  const bytes = Buffer.from([data.length, offset >> 8, offset & 0xff, type, ...data, 0]);
  bytes[bytes.length - 1] = -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return `:${bytes.toString('hex').toUpperCase()}`;
}

export interface ElfParts {
  readonly segments: readonly Segment[];
  readonly bits?: 32 | 64;
  readonly isBig?: boolean;
  /** A section of these bytes within the first segment, at an offset from its start; SHF_ALLOC, PROGBITS. */
  readonly sections?: readonly { readonly offset: number; readonly size: number; readonly type?: number }[];
}

/** An ELF executable whose segments lie at these physical addresses; virtual ones are elsewhere, as in RAM. */
export function elfFile({ segments, bits = 32, isBig = false, sections = [] }: ElfParts): Buffer {
  const is64 = bits === 64;
  const [headerSize, phSize, shSize] = is64 ? [64, 56, 40 + 24] : [52, 32, 40];
  const bodyAt = headerSize + phSize * segments.length;
  const bodySize = segments.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const shAt = bodyAt + bodySize;
  const file = Buffer.alloc(shAt + shSize * sections.length);
  const u16 = (value: number, at: number): unknown =>
    isBig ? file.writeUInt16BE(value, at) : file.writeUInt16LE(value, at);
  const u32 = (value: number, at: number): unknown =>
    isBig ? file.writeUInt32BE(value, at) : file.writeUInt32LE(value, at);
  const word = (value: number, at: number): unknown => {
    if (!is64) return u32(value, at);
    return isBig ? file.writeBigUInt64BE(BigInt(value), at) : file.writeBigUInt64LE(BigInt(value), at);
  };
  file.set([0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, isBig ? 2 : 1, 1]);
  u16(2, 16); // ET_EXEC
  const wide = is64 ? 8 : 4;
  word(segments.length === 0 ? 0 : headerSize, 24 + wide);
  word(sections.length === 0 ? 0 : shAt, 24 + 2 * wide);
  const sizes = 24 + 3 * wide + 4;
  for (const [index, value] of [headerSize, phSize, segments.length, shSize, sections.length].entries()) {
    u16(value, sizes + 2 * index);
  }
  let at = bodyAt;
  for (const [index, { address, bytes }] of segments.entries()) {
    const header = headerSize + phSize * index;
    u32(1, header); // PT_LOAD
    // p_flags stands before p_offset in 64 bits and behind p_memsz in 32.
    const fields = is64 ? header + 8 : header + 4;
    for (const [field, value] of [at, 0x2000_0000, address, bytes.length, bytes.length].entries()) {
      word(value, fields + field * wide);
    }
    file.set(bytes, at);
    at += bytes.length;
  }
  for (const [index, { offset, size, type = 1 }] of sections.entries()) {
    const header = shAt + shSize * index;
    u32(type, header + 4);
    word(2, header + 8); // SHF_ALLOC
    word(bodyAt + offset, header + 8 + 2 * wide);
    word(size, header + 8 + 3 * wide);
  }
  return file;
}
