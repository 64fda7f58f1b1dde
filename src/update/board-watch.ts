import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore } from '../base/disposable';
import { SlipwayError, cancelled } from '../base/errors';
import type { Board } from '../lwm2m/board';
import { type PackageTarget, firmwareTarget } from './package-target';
import { isInterruption } from './resume-policy';

/** State and Update Result, as last heard. */
export interface FirmwareStatus {
  readonly state: number;
  readonly result: number;
}

/**
 * Watches State and result of a target, object 5 by default: notifications where they come, reads where they are
 * lost. Construct, `start`, dispose.
 */
export class BoardWatch implements Disposable {
  private readonly disposables = new DisposableStore();

  constructor(
    private readonly board: Board,
    private readonly clock: Clock,
    private readonly target: PackageTarget = firmwareTarget(),
  ) {}

  /** Observes State and Update Result. A board that can't be observed is read instead, so that is no error. */
  async start(signal: AbortSignal): Promise<void> {
    for (const path of [this.target.state, this.target.result]) {
      try {
        this.disposables.add(await this.board.observe(path, { signal }));
      } catch (error) {
        if (!SlipwayError.is(error, 'coap.response')) throw error;
      }
    }
  }

  /** What is known without asking; undefined until both were heard. */
  get status(): FirmwareStatus | undefined {
    const state = this.board.values.get(this.target.state);
    const result = this.board.values.get(this.target.result);
    return typeof state === 'number' && typeof result === 'number' ? { state, result } : undefined;
  }

  /** Asks the board. Rejects as `Board.read`, and `update.no-object` when it does not tell its State. */
  async read(signal: AbortSignal): Promise<FirmwareStatus> {
    const state = await this.board.readResource(this.target.state, { signal });
    const result = await this.board.readResource(this.target.result, { signal });
    if (typeof state !== 'number' || typeof result !== 'number') {
      throw new SlipwayError('update.no-object', {
        board: this.board.endpoint,
        objectId: this.target.objectId,
      });
    }
    return { state, result };
  }

  /**
   * Asks until there is an answer: the board may be away, or its link. `ofBusy` is what a board is taken to tell that
   * answers 5.03; without, it is asked again. Rejects as `read` for anything else.
   */
  async readOnceBack(
    quietMs: number,
    signal: AbortSignal,
    ofBusy: () => FirmwareStatus | undefined = () => undefined,
  ): Promise<FirmwareStatus> {
    const { board } = this;
    for (;;) {
      try {
        if (board.link.state === 'open' && board.online) return await this.read(signal);
      } catch (error) {
        const isBusy = SlipwayError.is(error, 'coap.response') && error.details.code === '5.03';
        if (signal.aborted || !(isBusy || isInterruption(error))) throw error;
        const status = isBusy ? ofBusy() : undefined;
        if (status) return status;
      }
      await this.changed(quietMs, signal);
    }
  }

  /** Resolves with true when board or link changed in any way, with false after `quietMs` without a change. */
  changed(quietMs: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(cancelled(signal));
      const done = (settle: () => void): void => {
        timer.dispose();
        subscription.dispose();
        linkSubscription.dispose();
        signal.removeEventListener('abort', onAbort);
        settle();
      };
      const onAbort = (): void => done(() => reject(cancelled(signal)));
      const subscription = this.board.onDidChange(() => done(() => resolve(true)));
      const linkSubscription = this.board.link.onDidChangeState(() => done(() => resolve(true)));
      const timer = this.clock.schedule(quietMs, () => done(() => resolve(false)));
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  dispose(): void {
    this.disposables.dispose();
  }
}
