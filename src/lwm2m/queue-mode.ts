import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { cancelled } from '../base/errors';
import { Emitter } from '../base/event';

/** MAX_TRANSMIT_WAIT (RFC 7252 §4.8.2), ms: so long after its last message a client in queue mode listens. */
export const DEFAULT_AWAKE_MS = 93_000;

/** Whether a board in queue mode sleeps, and how many requests wait for it. */
export interface SleepState {
  readonly asleep: boolean;
  readonly waiting: number;
}

/**
 * When a board in queue mode listens (LwM2M Core 1.1 §6.5): for a while after each of its messages. Requests wait for
 * the next one.
 */
export class QueueMode implements Disposable {
  private readonly changed = new Emitter<void>();
  private readonly waiting = new Set<() => void>();
  private timer: Disposable | undefined;
  private current: SleepState = { asleep: false, waiting: 0 };

  /** `state` is another. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly clock: Clock,
    private readonly awakeMs: () => number = () => DEFAULT_AWAKE_MS,
  ) {}

  get state(): SleepState {
    return this.current;
  }

  /** A message came: what waits goes on. The board sleeps again in its time, if it is in queue mode. */
  heard(inQueueMode: boolean): void {
    this.timer?.dispose();
    this.timer = inQueueMode ? this.clock.schedule(this.awakeMs(), () => this.asleep()) : undefined;
    const waiting = [...this.waiting];
    this.waiting.clear();
    this.show(false);
    for (const go of waiting) go();
  }

  /** It does not listen now. */
  asleep(): void {
    this.timer?.dispose();
    this.timer = undefined;
    this.show(true);
  }

  /** Resolves at once while it listens, else with its next message. Rejects with the reason of `signal`. */
  whenAwake(signal: AbortSignal): Promise<void> {
    if (!this.current.asleep) return Promise.resolve();
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(cancelled(signal));
      const go = (): void => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = (): void => {
        this.waiting.delete(go);
        this.show(this.current.asleep);
        reject(cancelled(signal));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting.add(go);
      this.show(true);
    });
  }

  /** The registration is over, and with it the time to sleep. */
  stop(): void {
    this.timer?.dispose();
    this.timer = undefined;
  }

  dispose(): void {
    this.stop();
    this.changed.dispose();
  }

  private show(asleep: boolean): void {
    const { size } = this.waiting;
    if (asleep === this.current.asleep && size === this.current.waiting) return;
    this.current = { asleep, waiting: size };
    this.changed.fire();
  }
}
