import { RttEstimator } from './block1-rtt';
import type { Part } from './block1-transfer';

/** Waiting times of a push, ms. */
export interface Block1Timing {
  /** For the answer to block 0: some boards erase their flash before they give it. */
  readonly firstMs: number;
  /** For the answers to later blocks: until one was timed, at least, at most. */
  readonly initialMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** For the response after an empty acknowledgement. */
  readonly separateMs: number;
}

const defaultTiming: Block1Timing = {
  firstMs: 10_000,
  initialMs: 3_000,
  minMs: 500,
  maxMs: 10_000,
  separateMs: 30_000,
};

/** How long a push waits for the answer to a part, by how long the answers to earlier ones took. */
export class AnswerTimes {
  private readonly timing: Block1Timing;
  private readonly rtt: RttEstimator;

  constructor(timing: Partial<Block1Timing> = {}) {
    this.timing = { ...defaultTiming, ...timing };
    this.rtt = new RttEstimator(this.timing);
  }

  /** How long to wait now, ms. */
  timeoutMs({ isAcknowledged, offset }: Part): number {
    if (isAcknowledged) return this.timing.separateMs;
    return offset === 0 ? this.timing.firstMs : this.rtt.timeoutMs;
  }

  /** The part was acknowledged, so long after it was first sent, ms. */
  acknowledged({ isAcknowledged, offset, tries }: Part, ms: number): void {
    // Block 0 tells how long flash takes to erase, not how fast the line is.
    if (offset > 0 && tries === 1 && !isAcknowledged) this.rtt.sample(ms);
  }

  /** The oldest part is sent again. */
  repeated({ offset }: Part): void {
    if (offset > 0) this.rtt.backOff();
  }
}
