import type { CoapOption } from './message';

/** Largest block size exponent in datagrams: 1024 bytes. 7 is reserved there (RFC 7959 §2.2). */
export const MAX_SZX = 6;

/** Over reliable transports: a block of any number of 1024 bytes (BERT, RFC 8323 §6). */
export const BERT_SZX = 7;

/** Block numbers have at most 20 bits (RFC 7959 §2.2). */
export const MAX_BLOCKS = 2 ** 20;

/** The value of a Block1 or Block2 option (RFC 7959 §2.2). */
export interface BlockOption {
  readonly num: number;
  readonly more: boolean;
  /** Size exponent 0…6: 2^(szx + 4) bytes; 7 for BERT. */
  readonly szx: number;
}

/** Bytes of a block, 2^(szx + 4) (RFC 7959 §2.2); the unit that a BERT block has many of (RFC 8323 §6). */
export function blockSize(szx: number): number {
  return 2 ** (Math.min(szx, MAX_SZX) + 4);
}

/** Whether a block that others follow may have that many bytes. */
export function isFullBlock(szx: number, bytes: number): boolean {
  return szx === BERT_SZX ? bytes > 0 && bytes % blockSize(szx) === 0 : bytes === blockSize(szx);
}

/** An option of format uint in its shortest form; 0 is empty (RFC 7252 §3.2). At most 32 bits, else RangeError. */
export function encodeUint(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) throw new RangeError(`no uint: ${value}`);
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}

/**
 * Value of an option of format uint; leading zero bytes are allowed (RFC 7252 §3.2).
 * Undefined above 32 bits.
 */
export function decodeUint(bytes: Uint8Array): number | undefined {
  let value = 0;
  for (const byte of bytes) {
    value = value * 256 + byte;
    if (value > 0xffffffff) return undefined;
  }
  return value;
}

/** Encodes a Block1 or Block2 value. RangeError where a field is out of range. */
export function encodeBlock({ num, more, szx }: BlockOption): Uint8Array {
  if (!Number.isInteger(num) || num < 0 || num >= MAX_BLOCKS) {
    throw new RangeError(`no block number: ${num}`);
  }
  if (!Number.isInteger(szx) || szx < 0 || szx > BERT_SZX) {
    throw new RangeError(`no block size exponent: ${szx}`);
  }
  return encodeUint(num * 16 + (more ? 8 : 0) + szx);
}

/** Decodes a Block1 or Block2 value; undefined when longer than 3 bytes or of a size above `maxSzx`. */
export function decodeBlock(bytes: Uint8Array, maxSzx = MAX_SZX): BlockOption | undefined {
  if (bytes.length > 3) return undefined;
  const value = decodeUint(bytes);
  if (value === undefined) return undefined;
  const szx = value & 7;
  return szx > maxSzx ? undefined : { num: value >> 4, more: (value & 8) !== 0, szx };
}

/** Uri-Path options of an absolute path (RFC 7252 §5.10.1); `/` has none. */
export function pathOptions(path: string): CoapOption[] {
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => ({ name: 'Uri-Path', value: Buffer.from(segment) }));
}

/** One Uri-Query option for each argument, in order (RFC 7252 §5.10.1). */
export function queryOptions(query: readonly string[] = []): CoapOption[] {
  return query.map((argument) => ({ name: 'Uri-Query', value: Buffer.from(argument) }));
}
