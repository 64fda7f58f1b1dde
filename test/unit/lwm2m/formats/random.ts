/** A small seeded generator (mulberry32), so that a failure can be run again. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** A fraction in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  /** `bytes` with a few bytes changed, dropped, doubled or cut off. */
  mutate(bytes: Uint8Array): Uint8Array {
    let result = [...bytes];
    for (let edits = 1 + this.below(4); edits > 0; edits--) {
      const at = this.below(result.length + 1);
      switch (this.below(5)) {
        case 0:
          result[at] = this.below(256);
          break;
        case 1:
          result.splice(at, 1 + this.below(4));
          break;
        case 2:
          result.splice(at, 0, ...this.bytes(1 + this.below(4)));
          break;
        case 3:
          result = result.slice(0, at);
          break;
        default:
          result.splice(at, 0, ...result.slice(at, at + this.below(16)));
      }
    }
    return Uint8Array.from(result);
  }
}
