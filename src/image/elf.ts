import type { Segment } from './segments';

/** Names of this file's constants are those of the System V ABI, gABI 4.3 draft, chapters 4 and 5. */
const ptLoad = 1;
const shtNobits = 8;
const shfAlloc = 2;

interface ProgramHeader {
  readonly type: number;
  readonly offset: number;
  readonly paddr: number;
  readonly filesz: number;
}

interface SectionHeader {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly size: number;
}

/**
 * What a loader writes to flash of an ELF file of 32 or 64 bits and either byte order, at physical addresses (p_paddr).
 *
 * As objcopy does it, the sections inside PT_LOAD segments count where the file has sections: a segment that the linker
 * aligned to a page also covers the ELF header, which belongs to no flash. A stripped file's segments count as they
 * are. Throws RangeError for a file that is cut off or makes no sense; gives no segments for an object file.
 */
export function parseElf(file: Uint8Array): readonly Segment[] {
  const reader = new ElfReader(file);
  const loads = reader.programHeaders().filter(({ type, filesz }) => type === ptLoad && filesz > 0);
  for (const { offset, filesz } of loads) reader.checkRange(offset, filesz, 'a segment');
  const sections = reader
    .sectionHeaders()
    .filter(({ type, flags, size }) => type !== shtNobits && (flags & shfAlloc) !== 0 && size > 0);
  if (sections.length === 0) {
    return loads.map(({ offset, filesz, paddr }) => ({
      address: paddr,
      bytes: reader.slice(offset, filesz),
    }));
  }
  const segments: Segment[] = [];
  for (const { offset, size } of sections) {
    const load = loads.find((each) => offset >= each.offset && offset + size <= each.offset + each.filesz);
    if (load) {
      segments.push({ address: load.paddr + (offset - load.offset), bytes: reader.slice(offset, size) });
    }
  }
  return segments;
}

/** Reads the headers' fields, which lie differently in the files of 32 and 64 bits. */
class ElfReader {
  private readonly view: DataView;
  private readonly is64: boolean;
  private readonly isLittle: boolean;

  constructor(private readonly file: Uint8Array) {
    this.view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    this.checkRange(0, 52, 'the ELF header');
    const [elfClass, elfData] = [file[4], file[5]];
    if (elfClass !== 1 && elfClass !== 2) throw new RangeError(`unknown ELF class ${elfClass}`);
    if (elfData !== 1 && elfData !== 2) throw new RangeError(`unknown ELF byte order ${elfData}`);
    this.is64 = elfClass === 2;
    this.isLittle = elfData === 1;
    if (this.is64) this.checkRange(0, 64, 'the ELF header');
  }

  checkRange(offset: number, length: number, what: string): void {
    if (offset + length > this.file.length) {
      throw new RangeError(`${what} ends at ${offset + length}, but the file has ${this.file.length} bytes`);
    }
  }

  slice(offset: number, length: number): Uint8Array {
    return this.file.subarray(offset, offset + length);
  }

  programHeaders(): readonly ProgramHeader[] {
    const [offset, size, count] = this.is64
      ? [this.u64(32), this.u16(54), this.u16(56)]
      : [this.u32(28), this.u16(42), this.u16(44)];
    return this.table(offset, size, count, this.is64 ? 56 : 32, 'the program header table').map((at) =>
      this.is64
        ? {
            type: this.u32(at),
            offset: this.u64(at + 8),
            paddr: this.u64(at + 24),
            filesz: this.u64(at + 32),
          }
        : {
            type: this.u32(at),
            offset: this.u32(at + 4),
            paddr: this.u32(at + 12),
            filesz: this.u32(at + 16),
          },
    );
  }

  sectionHeaders(): readonly SectionHeader[] {
    const [offset, size, count] = this.is64
      ? [this.u64(40), this.u16(58), this.u16(60)]
      : [this.u32(32), this.u16(46), this.u16(48)];
    return this.table(offset, size, count, this.is64 ? 64 : 40, 'the section header table').map((at) =>
      this.is64
        ? {
            type: this.u32(at + 4),
            flags: this.u64(at + 8),
            offset: this.u64(at + 24),
            size: this.u64(at + 32),
          }
        : {
            type: this.u32(at + 4),
            flags: this.u32(at + 8),
            offset: this.u32(at + 16),
            size: this.u32(at + 20),
          },
    );
  }

  /** Where each entry of a table of headers is. */
  private table(offset: number, size: number, count: number, least: number, what: string): number[] {
    if (offset === 0 || count === 0) return [];
    if (size < least) throw new RangeError(`entries of ${what} have ${size} instead of ${least} bytes`);
    this.checkRange(offset, size * count, what);
    return Array.from({ length: count }, (_, index) => offset + index * size);
  }

  private u16(offset: number): number {
    return this.view.getUint16(offset, this.isLittle);
  }

  private u32(offset: number): number {
    return this.view.getUint32(offset, this.isLittle);
  }

  private u64(offset: number): number {
    const value = this.view.getBigUint64(offset, this.isLittle);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new RangeError(`0x${value.toString(16)} is no offset or address`);
    }
    return Number(value);
  }
}
