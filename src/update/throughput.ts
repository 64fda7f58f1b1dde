/** Seconds of a push that the rate looks back on: long enough to be calm, short enough to be true. */
const windowMs = 3000;

interface Sample {
  readonly at: number;
  readonly bytes: number;
}

/** Rate of a push over its last seconds, and what is left of it by that rate. */
export class Throughput {
  private samples: Sample[] = [];

  /** Takes the count of bytes acknowledged at `at` (ms); a count that went back starts over. */
  add(at: number, bytes: number): void {
    const last = this.samples.at(-1);
    if (last && bytes < last.bytes) this.samples = [];
    this.samples.push({ at, bytes });
    // One sample older than the window is kept, so that slow lines have two to compare.
    while (this.samples.length > 2 && (this.samples[1]?.at ?? at) <= at - windowMs) this.samples.shift();
  }

  /** Bytes per second; 0 until two samples lie apart in time. */
  get bytesPerSecond(): number {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (!first || !last || last.at <= first.at) return 0;
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
  }

  /** Estimated ms until `total` bytes are there; undefined while no rate is known. */
  remainingMs(total: number): number | undefined {
    const rate = this.bytesPerSecond;
    const last = this.samples.at(-1);
    return rate > 0 && last ? ((total - last.bytes) * 1000) / rate : undefined;
  }
}
