import type { ByteWriter } from './byte-writer';

/**
 * The container of detools for sequential patches, as detools 0.53 writes and reads it (its `create.py`, `apply.py`):
 * a byte of type (bits 6–4) and compression (bits 3–0), the size of the result, and the compressed rest. That rest is
 * the size of a data format's own patch (always 0 here), and entries of: a count and as many differences to add to
 * bytes of the base, a count and as many new bytes, and how far to move on in the base. The base isn't named in it.
 */
export const sequentialType = 0;

/** Compressions by their numbers in the container; others (LZMA, bzip2, Zstandard, LZ4) are beyond small boards. */
export const compressions = { none: 0, crle: 2, heatshrink: 4 } as const;

export type Compression = keyof typeof compressions;

export const compressionNames = Object.keys(compressions) as readonly Compression[];

/** Appends a signed size: six bits and the sign (0x40) in the first byte, seven in each that follows; 0x80 says more. */
export function writeSize(writer: ByteWriter, value: number): void {
  let rest = Math.abs(value);
  let byte = (value < 0 ? 0x40 : 0) | (rest & 0x3f);
  rest = Math.floor(rest / 0x40);
  while (rest > 0) {
    writer.byte(byte | 0x80);
    byte = rest & 0x7f;
    rest = Math.floor(rest / 0x80);
  }
  writer.byte(byte);
}

/** Reads a signed size byte by byte. */
export class SizeReader {
  private value = 0;
  private negative = false;
  private count = 0;

  /** Takes one more byte: gives the size when it was the last, `too-large` beyond 34 bits, and otherwise nothing. */
  push(byte: number): number | 'too-large' | undefined {
    if (this.count === 0) {
      this.negative = (byte & 0x40) !== 0;
      this.value = byte & 0x3f;
    } else {
      this.value += (byte & 0x7f) * 2 ** (7 * this.count - 1);
    }
    this.count++;
    if ((byte & 0x80) !== 0) return this.count < 5 ? undefined : 'too-large';
    const size = this.negative ? 0 - this.value : this.value;
    this.value = this.count = 0;
    return size;
  }
}
