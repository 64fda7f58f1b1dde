import { probBits, probMoveBits } from './model';

const top = 0x100_0000;

/** The range coder: bits of known probability into bytes, of which the first one is always zero. */
export class RangeEncoder {
  private low = 0;
  private range = 0xffff_ffff;
  private cache = 0;
  private cacheSize = 1;
  private readonly out: number[] = [];

  constructor(private readonly probs: Uint16Array) {}

  /** How many bytes there will be if it is finished now. */
  get size(): number {
    return this.out.length + this.cacheSize + 4;
  }

  bit(index: number, bit: number): void {
    const prob = this.probs[index]!;
    const bound = (this.range >>> probBits) * prob;
    if (bit === 0) {
      this.range = bound;
      this.probs[index] = prob + (((1 << probBits) - prob) >> probMoveBits);
    } else {
      this.low += bound;
      this.range -= bound;
      this.probs[index] = prob - (prob >> probMoveBits);
    }
    this.normalize();
  }

  /** `count` bits that are as often 0 as 1, the highest first. */
  direct(value: number, count: number): void {
    for (let at = count - 1; at >= 0; at--) {
      this.range >>>= 1;
      if ((value >>> at) & 1) this.low += this.range;
      this.normalize();
    }
  }

  /** `value` by a tree of bits, the highest first. */
  tree(base: number, value: number, bits: number): void {
    let node = 1;
    for (let at = bits - 1; at >= 0; at--) {
      const bit = (value >>> at) & 1;
      this.bit(base + node, bit);
      node = node * 2 + bit;
    }
  }

  /** `value` by a tree of bits, the lowest first. */
  reverseTree(base: number, value: number, bits: number): void {
    let node = 1;
    for (let at = 0; at < bits; at++) {
      const bit = (value >>> at) & 1;
      this.bit(base + node, bit);
      node = node * 2 + bit;
    }
  }

  finish(): Uint8Array {
    for (let count = 0; count < 5; count++) this.shiftLow();
    return Uint8Array.from(this.out);
  }

  private normalize(): void {
    if (this.range < top) {
      this.range = (this.range << 8) >>> 0;
      this.shiftLow();
    }
  }

  /** Puts out the top byte of `low`; one that a carry may still change waits, with the 0xff behind it. */
  private shiftLow(): void {
    if (this.low < 0xff00_0000 || this.low > 0xffff_ffff) {
      const carry = this.low > 0xffff_ffff ? 1 : 0;
      let byte = this.cache;
      do {
        this.out.push((byte + carry) & 0xff);
        byte = 0xff;
      } while (--this.cacheSize > 0);
      this.cache = (this.low >>> 24) & 0xff;
    }
    this.cacheSize++;
    this.low = (this.low & 0x00ff_ffff) * 0x100;
  }
}
