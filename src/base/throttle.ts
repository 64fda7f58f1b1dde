import type { Clock } from './clock';
import type { Disposable } from './disposable';

/**
 * Does its work at once when it is asked for, and then at most once in `intervalMs`: whatever is asked for meanwhile is
 * one piece of work at the end of that time. A storm of thousands of changes costs no more than ten a second do.
 */
export class Throttle implements Disposable {
  private waiting: Disposable | undefined;
  private isAsked = false;
  private isOver = false;

  constructor(
    private readonly clock: Clock,
    private readonly intervalMs: number,
    private readonly work: () => void,
  ) {}

  request(): void {
    if (this.isOver) return;
    if (this.waiting) this.isAsked = true;
    else this.run();
  }

  /** Does what was asked for now, for whoever can't wait to see it. */
  flush(): void {
    if (!this.isAsked) return;
    this.waiting?.dispose();
    this.run();
  }

  dispose(): void {
    this.isOver = true;
    this.isAsked = false;
    this.waiting?.dispose();
  }

  private run(): void {
    this.isAsked = false;
    this.waiting = this.clock.schedule(this.intervalMs, () => {
      this.waiting = undefined;
      if (this.isAsked) this.run();
    });
    this.work();
  }
}
