import { type Clock } from '../../../src/base/clock';
import { type Disposable, toDisposable } from '../../../src/base/disposable';

interface Timer {
  readonly dueAt: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A Clock that stands still until a test moves it. Timers run in the order in which they fall due. */
export class FakeClock implements Clock {
  private readonly timers = new Set<Timer>();
  private time = 0;
  private scheduled = 0;

  /** `wallStart` is the wall-clock time, in ms since the Unix epoch, that belongs to `now() === 0`. */
  constructor(private readonly wallStart = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.time;
  }

  wallTime(): number {
    return this.wallStart + this.time;
  }

  schedule(delayMs: number, callback: () => void): Disposable {
    const timer: Timer = { dueAt: this.time + Math.max(0, delayMs), order: this.scheduled++, callback };
    this.timers.add(timer);
    return toDisposable(() => this.timers.delete(timer));
  }

  /** How many timers wait; 0 shows that nothing was left running. */
  get pending(): number {
    return this.timers.size;
  }

  /** Milliseconds until the next timer falls due; undefined when none waits. */
  get nextIn(): number | undefined {
    const next = this.next();
    return next && next.dueAt - this.time;
  }

  /**
   * Moves time on by `ms` and runs every timer that falls due on the way, those included that the timers
   * themselves schedule. Promises settle before, between and after the timers.
   */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (let timer = this.next(); timer && timer.dueAt <= end; timer = this.next()) {
      this.timers.delete(timer);
      this.time = Math.max(this.time, timer.dueAt);
      timer.callback();
      await settle();
    }
    this.time = end;
  }

  /**
   * Runs timer after timer until `isOver`; false when none is left, or time is up. Only promises settle in between,
   * no immediates: many times as fast as `advance`, for tests of thousands of runs.
   */
  async runUntil(isOver: () => boolean, limitMs: number): Promise<boolean> {
    const end = this.time + limitMs;
    for (;;) {
      for (let turn = 0; turn < promiseTurns; turn++) await Promise.resolve();
      if (isOver()) return true;
      const timer = this.next();
      if (!timer || timer.dueAt > end) return false;
      this.timers.delete(timer);
      this.time = Math.max(this.time, timer.dueAt);
      timer.callback();
    }
  }

  private next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers) {
      if (!first || timer.dueAt < first.dueAt || (timer.dueAt === first.dueAt && timer.order < first.order)) {
        first = timer;
      }
    }
    return first;
  }
}

/** Deeper than any chain of promises that the code under test makes of one event. */
const promiseTurns = 20;

/** Lets promises and immediates that are ready run, a few turns of the event loop deep. */
export async function settle(turns = 3): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
