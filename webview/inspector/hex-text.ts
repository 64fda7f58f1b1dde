import type { ByteRange } from '../../src/image/inspection';

/** Digits that offsets in a file of `size` bytes have, at least five as in the terminal. */
export function offsetDigits(size: number): number {
  return Math.max(5, Math.max(0, size - 1).toString(16).length);
}

/** `0x0001c`. */
export function offsetText(offset: number, digits = 5): string {
  return `0x${offset.toString(16).padStart(digits, '0')}`;
}

/** `4d`; two dots for a byte that is on its way. */
export function byteText(byte: number | undefined): string {
  return byte === undefined ? '··' : byte.toString(16).padStart(2, '0');
}

/** The character that a byte is in ASCII; a dot for those that can't be seen. */
export function asciiText(byte: number | undefined): string {
  return byte !== undefined && byte > 0x20 && byte < 0x7f
    ? String.fromCharCode(byte)
    : byte === 0x20
      ? ' '
      : '·';
}

/** `0x00000–0x0001f, 32 bytes`. */
export function rangeText({ offset, length }: ByteRange, size: number): string {
  const digits = offsetDigits(size);
  if (length === 0) return `${offsetText(offset, digits)}, 0 bytes`;
  if (length === 1) return `${offsetText(offset, digits)}, 1 byte`;
  return `${offsetText(offset, digits)}–${offsetText(offset + length - 1, digits)}, ${length} bytes`;
}

export function isWithin(range: ByteRange | undefined, offset: number): boolean {
  return range !== undefined && offset >= range.offset && offset < range.offset + range.length;
}
