import { suffixArray } from './suffix-array';

/** From this many equal bytes on, blocks are compared at once: images have long runs of erased flash. */
const blockAfter = 64;
const blockSize = 512;

/** Matches are followed no further: in those runs each byte would cost the length of the run. They go on by themselves. */
const longest = 4096;

/** Finds where in a base stands what a target holds. */
export class Matcher {
  private readonly order: Int32Array;
  /** Where in the base the last match that was found begins. */
  position = 0;
  /** Of the last match: where in the target it was sought, and its length. */
  private at = 0;
  private length = 0;

  constructor(
    private readonly base: Buffer,
    private readonly target: Buffer,
  ) {
    this.order = suffixArray(base);
  }

  /** The length, at most 4096, of the longest match of the target from `at` on; `position` is its place. */
  longestAt(at: number): number {
    const { order, base } = this;
    // Where the last match was as long as can be and goes on so, no other is longer.
    const goesOn = this.length === longest && at === this.at + 1;
    this.at = at;
    if (goesOn && this.extend(this.position + 1, at, longest - 1) === longest) {
      this.position++;
      return longest;
    }
    let low = 0;
    let high = base.length;
    let lowCommon = 0;
    let highCommon = 0;
    while (high - low >= 2) {
      const middle = (low + high) >>> 1;
      const suffix = order[middle]!;
      // Whatever lies between two suffixes begins with all that both have in common with the target.
      const common = this.extend(suffix, at, Math.min(lowCommon, highCommon));
      if (this.isSmaller(suffix, at, common)) {
        low = middle;
        lowCommon = common;
      } else {
        high = middle;
        highCommon = common;
      }
    }
    lowCommon = this.extend(order[low]!, at, lowCommon);
    highCommon = this.extend(order[high]!, at, highCommon);
    this.position = order[lowCommon > highCommon ? low : high]!;
    this.length = Math.max(lowCommon, highCommon);
    return this.length;
  }

  /** How many bytes of the base from `suffix` on and of the target from `at` on are equal, `known` of which are. */
  private extend(suffix: number, at: number, known: number): number {
    const { base, target } = this;
    const limit = this.limit(suffix, at);
    let common = known;
    const stop = Math.min(limit, known + blockAfter);
    while (common < stop && base[suffix + common] === target[at + common]) common++;
    if (common < stop) return common;
    while (common + blockSize <= limit && this.sameBlock(suffix + common, at + common)) common += blockSize;
    while (common < limit && base[suffix + common] === target[at + common]) common++;
    return common;
  }

  /** Whether a suffix of the base comes before the target from `at` on, of which it has `common` bytes. */
  private isSmaller(suffix: number, at: number, common: number): boolean {
    if (common === longest || at + common === this.target.length) return false;
    return suffix + common === this.base.length || this.base[suffix + common]! < this.target[at + common]!;
  }

  private limit(suffix: number, at: number): number {
    return Math.min(this.base.length - suffix, this.target.length - at, longest);
  }

  private sameBlock(suffix: number, at: number): boolean {
    return this.base.compare(this.target, at, at + blockSize, suffix, suffix + blockSize) === 0;
  }
}
