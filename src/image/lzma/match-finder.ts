import { matchMaxLength } from './model';

export interface Match {
  readonly length: number;
  /** How far back, at least 1. */
  readonly distance: number;
}

/** How many earlier places with the same three bytes are looked at. */
const chainDepth = 256;
const hashBits = 16;

/** Finds what was there before: chains of places with the same hash of three bytes. */
export class MatchFinder {
  private readonly head = new Int32Array(1 << hashBits).fill(-1);
  private readonly previous: Int32Array;
  private inserted = 0;

  constructor(
    private readonly data: Uint8Array,
    private readonly dictionarySize: number,
  ) {
    this.previous = new Int32Array(data.length);
  }

  /** Matches at `position`, each longer and farther than the one before. Positions are asked for in ascending order. */
  find(position: number): readonly Match[] {
    this.insertUpTo(position);
    const { data } = this;
    const limit = Math.min(matchMaxLength, data.length - position);
    if (limit < 3) return [];
    const matches: Match[] = [];
    let best = 2;
    let candidate = this.head[this.hash(position)]!;
    const oldest = position - this.dictionarySize;
    for (let depth = chainDepth; candidate >= 0 && candidate >= oldest && depth > 0; depth--) {
      if (data[candidate + best] === data[position + best]) {
        const length = this.matchLength(candidate, position, limit);
        if (length > best) {
          best = length;
          matches.push({ length, distance: position - candidate });
          if (length === limit) break;
        }
      }
      candidate = this.previous[candidate]!;
    }
    return matches;
  }

  /** How long the bytes at two places are the same, up to `limit`. */
  matchLength(earlier: number, position: number, limit: number): number {
    const { data } = this;
    let length = 0;
    while (length < limit && data[earlier + length] === data[position + length]) length++;
    return length;
  }

  private insertUpTo(position: number): void {
    const end = Math.min(position, this.data.length - 2);
    for (; this.inserted < end; this.inserted++) {
      const hash = this.hash(this.inserted);
      this.previous[this.inserted] = this.head[hash]!;
      this.head[hash] = this.inserted;
    }
  }

  private hash(position: number): number {
    const { data } = this;
    const bytes = data[position]! | (data[position + 1]! << 8) | (data[position + 2]! << 16);
    return Math.imul(bytes, 0x9e3779b1) >>> (32 - hashBits);
  }
}
