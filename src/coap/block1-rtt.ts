export interface RttBounds {
  /** Until the first sample, ms. */
  readonly initialMs: number;
  readonly minMs: number;
  readonly maxMs: number;
}

/** Retransmission timeout from round-trip times (RFC 6298 §2), with bounds for serial lines. */
export class RttEstimator {
  private smoothed: number | undefined;
  private variance = 0;
  private timeout: number;

  constructor(private readonly bounds: RttBounds) {
    this.timeout = bounds.initialMs;
  }

  /** How long to wait for an answer now, ms. */
  get timeoutMs(): number {
    return this.timeout;
  }

  /** Takes the time of an exchange whose message was sent once (Karn's algorithm, RFC 6298 §3). */
  sample(ms: number): void {
    if (this.smoothed === undefined) {
      this.smoothed = ms;
      this.variance = ms / 2;
    } else {
      this.variance = 0.75 * this.variance + 0.25 * Math.abs(this.smoothed - ms);
      this.smoothed = 0.875 * this.smoothed + 0.125 * ms;
    }
    this.timeout = this.bounded(this.smoothed + 4 * this.variance);
  }

  /** Doubles the timeout, until the next sample: a message was lost (RFC 6298 §5.5). */
  backOff(): void {
    this.timeout = this.bounded(2 * this.timeout);
  }

  private bounded(ms: number): number {
    return Math.min(Math.max(ms, this.bounds.minMs), this.bounds.maxMs);
  }
}
