import { probBits, probMoveBits } from './model';

const top = 0x100_0000;

/** Reads the bits that `RangeEncoder` wrote. Throws RangeError where the bytes end too early or too late. */
export class RangeDecoder {
  private range = 0xffff_ffff;
  private code = 0;
  private at = 5;

  constructor(
    private readonly probs: Uint16Array,
    private readonly packed: Uint8Array,
  ) {
    if (packed.length < 5 || packed[0] !== 0) {
      throw new RangeError('the range coder does not begin with zero');
    }
    for (const byte of packed.subarray(1, 5)) this.code = ((this.code << 8) | byte) >>> 0;
  }

  bit(index: number): number {
    const prob = this.probs[index]!;
    const bound = (this.range >>> probBits) * prob;
    let bit = 0;
    if (this.code < bound) {
      this.range = bound;
      this.probs[index] = prob + (((1 << probBits) - prob) >> probMoveBits);
    } else {
      bit = 1;
      this.code -= bound;
      this.range -= bound;
      this.probs[index] = prob - (prob >> probMoveBits);
    }
    this.normalize();
    return bit;
  }

  direct(count: number): number {
    let value = 0;
    for (let left = count; left > 0; left--) {
      this.range >>>= 1;
      const bit = this.code >= this.range ? 1 : 0;
      if (bit === 1) this.code -= this.range;
      value = value * 2 + bit;
      this.normalize();
    }
    return value;
  }

  tree(base: number, bits: number): number {
    let node = 1;
    for (let left = bits; left > 0; left--) node = node * 2 + this.bit(base + node);
    return node - 2 ** bits;
  }

  reverseTree(base: number, bits: number): number {
    let node = 1;
    let value = 0;
    for (let at = 0; at < bits; at++) {
      const bit = this.bit(base + node);
      node = node * 2 + bit;
      value |= bit << at;
    }
    return value;
  }

  /** Checks that all bytes were read and nothing is left in them. */
  finish(): void {
    if (this.at !== this.packed.length || this.code !== 0) {
      throw new RangeError('a chunk does not end where it says');
    }
  }

  private normalize(): void {
    if (this.range >= top) return;
    if (this.at >= this.packed.length) throw new RangeError('a chunk ends too early');
    this.range = (this.range << 8) >>> 0;
    this.code = ((this.code << 8) | this.packed[this.at]!) >>> 0;
    this.at++;
  }
}
