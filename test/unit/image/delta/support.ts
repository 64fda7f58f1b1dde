import type { Random } from '../../../../src/base/random';

/**
 * Two versions of something like firmware: instructions from a small stock, tables, texts, erased flash; then edits,
 * insertions and removals, after which the addresses in it are others.
 */
export function firmwarePair(random: Random, bytes: number): { base: Buffer; target: Buffer } {
  const below = (limit: number): number => Math.floor(random() * limit);
  const stock = Array.from({ length: 400 }, () => below(0x10000));
  const base = Buffer.alloc(bytes, 0xff);
  const code = Math.floor(bytes * 0.9) & ~3;
  for (let at = 0; at < code; at += 4) {
    // A branch carries an address, anything else comes from the stock.
    if (below(8) === 0) base.writeUInt32LE(0x08000000 + below(code), at);
    else {
      base.writeUInt16LE(stock[below(stock.length)]!, at);
      base.writeUInt16LE(stock[below(40)]!, at + 2);
    }
  }
  const pieces: Buffer[] = [];
  let from = 0;
  while (from < code) {
    const end = Math.min(code, from + 64 + below(8192));
    pieces.push(Buffer.from(base.subarray(from, end)));
    from = end;
    if (below(3) === 0) pieces.push(Buffer.from(Array.from({ length: below(120) }, () => below(256))));
    if (below(6) === 0) from = Math.min(code, from + 4 * below(20));
  }
  const moved = Buffer.concat(pieces);
  const shift = moved.length - code;
  for (let at = 0; at + 4 <= moved.length; at += 4) {
    const word = moved.readUInt32LE(at);
    if (word >= 0x08000000 + code / 2 && word < 0x08000000 + code) moved.writeInt32LE((word + shift) | 0, at);
  }
  return { base, target: Buffer.concat([moved, Buffer.alloc(Math.max(0, bytes - moved.length), 0xff)]) };
}
