import { type Clock, sleep } from '../base/clock';
import { type Disposable, toDisposable } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import type { Log } from '../base/log';
import type { RequestOptions } from '../coap/endpoint';
import { BoardObservation, type ObservationTarget, type ObservedBoard, nameOf } from './board-observation';
import type { BoardSession } from './board-session';

/** First and longest wait before an observation that failed or ended is tried again, ms. */
const RETRY_FIRST_MS = 5_000;
const RETRY_MAX_MS = 60_000;

/** All that is observed of one board, across its sessions. */
export class BoardObservations implements Disposable {
  private readonly byName = new Map<string, BoardObservation>();
  private resuming: BoardSession | undefined;

  constructor(
    private readonly board: ObservedBoard,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Observes until the result is disposed. Rejects as `Board.observe`. */
  async observe(target: ObservationTarget, options?: RequestOptions): Promise<Disposable> {
    const observation = this.at(target);
    observation.hold();
    const release = toDisposable(() => this.release(observation));
    try {
      await observation.start(options);
    } catch (error) {
      release.dispose();
      throw error;
    }
    return release;
  }

  /** Ends all without traffic; they are made again by `resume`. */
  drop(): void {
    for (const observation of this.byName.values()) observation.drop();
  }

  /**
   * Makes all observations in `session`, one at a time, the first after `delayMs`; those that fail again with
   * back-off. Reads once what the board won't observe. Never rejects.
   */
  async resume(session: BoardSession, delayMs = 0): Promise<void> {
    if (this.resuming === session) return;
    this.resuming = session;
    try {
      for (let wait = delayMs; ; wait = Math.min(Math.max(wait * 2, RETRY_FIRST_MS), RETRY_MAX_MS)) {
        if (wait > 0) await sleep(this.clock, wait, session.signal);
        for (const observation of this.unsettled(session)) {
          await this.resumeOne(session, observation);
          if (session.ended) return;
        }
        if (this.unsettled(session).length === 0) return;
      }
    } catch (error) {
      if (!session.ended) this.log.error(`${this.board.name}: ${String(error)}`);
    } finally {
      if (this.resuming === session) this.resuming = undefined;
    }
  }

  dispose(): void {
    this.drop();
    this.byName.clear();
  }

  private at(target: ObservationTarget): BoardObservation {
    const name = nameOf(target);
    let observation = this.byName.get(name);
    if (!observation) {
      observation = new BoardObservation(target, this.board, this.log, (session) => {
        this.log.info(`${this.board.name}: observation of ${name} ended by the board`);
        void this.resume(session, RETRY_FIRST_MS);
      });
      this.byName.set(name, observation);
    }
    return observation;
  }

  private release(observation: BoardObservation): void {
    observation.release();
    if (observation.held) return;
    this.byName.delete(observation.name);
    observation.cancel().catch((error: unknown) => this.log.debug(`${observation.name}: ${String(error)}`));
  }

  private unsettled(session: BoardSession): readonly BoardObservation[] {
    return [...this.byName.values()].filter((observation) => !observation.isSettled(session));
  }

  private async resumeOne(session: BoardSession, observation: BoardObservation): Promise<void> {
    const { name, target } = observation;
    if (!observation.held) return;
    try {
      await observation.start();
    } catch (error) {
      if (session.ended) return;
      this.log.warn(`${this.board.name}: ${name} is not observed: ${String(error)}`);
      if (!SlipwayError.is(error, 'coap.response')) return;
      await this.board.read(target).catch((reason: unknown) => this.log.debug(`${name}: ${String(reason)}`));
    }
  }
}
