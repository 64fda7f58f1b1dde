/** Time that the rate looks back on, ms: long enough to be calm, short enough to be true. */
const rateMs = 3000;

/**
 * Time that the estimate of what is left looks back on, ms, or half of the push where that is more: boards stop to
 * erase flash now and then, and a few of these pauses belong in it.
 */
const paceMs = 30_000;

/** Marks kept for the estimate; with more, it would not be better. */
const maxMarks = 400;

/**
 * Answers in a new way of sending until the estimate goes by them alone; more where one of them was waited for so long,
 * its block being lost, that it would count for more than a tenth.
 */
const settledAnswers = { least: 8, most: 64 };

interface Sample {
  readonly at: number;
  readonly bytes: number;
}

/** Rate of a push over its last seconds, and what is left of it by the pace it has kept. */
export class Throughput {
  private samples: Sample[] = [];
  /** Coarser, and further back. */
  private marks: Sample[] = [];
  private window: number | undefined;
  private candidate: Sample | undefined;
  private sinceCandidate = 0;
  /** ms between two answers since the candidate. */
  private longestPause = 0;
  private markedAt = 0;

  /**
   * Takes the count of bytes acknowledged at `at` (ms), and how many blocks may be in flight; a count that went back
   * starts over.
   */
  add(at: number, bytes: number, window = 1): void {
    const sample = { at, bytes };
    const last = this.samples.at(-1);
    if (last && bytes < last.bytes) {
      this.samples = [];
      this.marks = [];
      this.window = undefined;
    }
    this.samples.push(sample);
    // One sample older than the window is kept, so that slow lines have two to compare.
    while (this.samples.length > 2 && (this.samples[1]?.at ?? at) <= at - rateMs) this.samples.shift();
    // Before the first bytes are there, the board may have erased its flash: that says nothing of its pace.
    if (bytes > 0) this.mark(sample, window);
  }

  /** Bytes per second; 0 until two samples lie apart in time. */
  get bytesPerSecond(): number {
    return rateBetween(this.samples[0], this.samples.at(-1));
  }

  /** Estimated ms until `total` bytes are there; undefined while no rate is known. */
  remainingMs(total: number): number | undefined {
    const last = this.samples.at(-1);
    const rate = rateBetween(this.marks[0], last);
    return rate > 0 && last ? ((total - last.bytes) * 1000) / rate : undefined;
  }

  private mark(sample: Sample, window: number): void {
    if (window !== this.window) {
      this.window = window;
      this.candidate = sample;
      this.sinceCandidate = 0;
      this.longestPause = 0;
    } else if (this.candidate && this.settles(sample)) {
      this.marks = this.marks.filter(({ at }) => at > (this.candidate?.at ?? 0));
      this.marks.unshift(this.candidate);
      this.candidate = undefined;
    }
    this.markedAt = sample.at;
    const first = this.marks[0]?.at ?? sample.at;
    const lookBack = Math.max(paceMs, (sample.at - first) / 2);
    const lastMark = this.marks.at(-1);
    if (!lastMark || sample.at - lastMark.at >= lookBack / maxMarks) this.marks.push(sample);
    while (this.marks.length > 2 && (this.marks[1]?.at ?? sample.at) <= sample.at - lookBack) {
      this.marks.shift();
    }
  }

  private settles({ at }: Sample): boolean {
    this.longestPause = Math.max(this.longestPause, at - this.markedAt);
    this.sinceCandidate++;
    if (this.sinceCandidate >= settledAnswers.most) return true;
    const elapsed = at - (this.candidate?.at ?? at);
    const isEven = this.longestPause <= (3 * elapsed) / this.sinceCandidate;
    return this.sinceCandidate >= settledAnswers.least && (isEven || this.longestPause * 10 <= elapsed);
  }
}

function rateBetween(first: Sample | undefined, last: Sample | undefined): number {
  if (!first || !last || last.at <= first.at) return 0;
  return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
}
