import { SlipwayError } from '../base/errors';
import type { Log } from '../base/log';
import type { CoapRequest, CoapResponse, Observation, RequestOptions } from '../coap/endpoint';
import type { BoardSession } from './board-session';
import { compositeRead } from './board-operations';
import { type ReadFormat, isReadRefusal, isWriteRefusal, negotiate } from './format-preference';

/** What is observed together: one path, or several under one observation (Observe-Composite, LwM2M Core §6.4.4). */
export interface ObservationTarget {
  readonly paths: readonly string[];
  readonly composite: boolean;
}

/** What observations need of their board. */
export interface ObservedBoard {
  /** Endpoint name, for the log. */
  readonly name: string;
  /** The current session; throws `lwm2m.offline` when there is none. */
  session(): BoardSession;
  formats(target: ObservationTarget): readonly ReadFormat[];
  worked(target: ObservationTarget, format: ReadFormat): void;
  /** Takes over the values of an answer or notification, which came in `session`. Throws `lwm2m.malformed`. */
  take(session: BoardSession, paths: readonly string[], response: CoapResponse): void;
  /** Reads once, where observing is refused. */
  read(target: ObservationTarget): Promise<unknown>;
}

/** One target under observation, shared by all who asked for it, and made anew in each session. */
export class BoardObservation {
  private holders = 0;
  private starting: Promise<void> | undefined;
  private current: { readonly session: BoardSession; readonly observation: Observation } | undefined;
  private refusedIn: BoardSession | undefined;

  constructor(
    readonly target: ObservationTarget,
    private readonly board: ObservedBoard,
    private readonly log: Log,
    /** The board ended the observation, while its session lasts on. */
    private readonly onEnded: (session: BoardSession) => void,
  ) {}

  /** What it observes, for the log and as its key. */
  get name(): string {
    return nameOf(this.target);
  }

  get held(): boolean {
    return this.holders > 0;
  }

  hold(): void {
    this.holders++;
  }

  release(): void {
    this.holders--;
  }

  /** Whether the board observes it in `session`, or has said that it will not. */
  isSettled(session: BoardSession): boolean {
    return this.current?.session === session || this.refusedIn === session;
  }

  /** Makes the observation in the current session, if there is none yet. Rejects as `Board.observe`. */
  async start(options: RequestOptions = {}): Promise<void> {
    while (this.starting) await this.starting.catch(() => undefined);
    const session = this.board.session();
    if (this.current?.session === session) return;
    this.drop();
    this.starting = this.begin(session, options).finally(() => (this.starting = undefined));
    await this.starting;
  }

  /** Ends it without traffic: the board that knew of it is gone. */
  drop(): void {
    this.current?.observation.dispose();
    this.current = undefined;
  }

  /** Ends it and tells the board, if that is there. */
  async cancel(): Promise<void> {
    const current = this.current;
    this.current = undefined;
    if (current?.session.ended === false) await current.observation.cancel();
    else current?.observation.dispose();
  }

  private async begin(session: BoardSession, options: RequestOptions): Promise<void> {
    let observation: Observation;
    const isRefusal = this.target.composite ? isWriteRefusal : isReadRefusal;
    try {
      if (this.target.composite) session.needs('1.1', 'observe-composite');
      observation = await negotiate(
        this.board.formats(this.target),
        (accept) => this.observe(session, accept, options),
        (error) => SlipwayError.is(error, 'coap.response') && isRefusal(error.details.code),
        (accept) => this.board.worked(this.target, accept),
      );
    } catch (error) {
      if (SlipwayError.is(error, 'coap.response') || SlipwayError.is(error, 'lwm2m.needs-version')) {
        this.refusedIn = session;
      }
      throw error;
    }
    if (session.ended) {
      observation.dispose();
      session.signal.throwIfAborted();
    }
    // All holders let go while it was being made.
    if (!this.held) return observation.cancel();
    this.current = { session, observation };
    observation.onDidEnd(() => {
      if (this.current?.observation !== observation) return;
      this.current = undefined;
      if (!session.ended) this.onEnded(session);
    });
    this.take(session, observation.first);
  }

  /** An unreadable notification is no reason to end the observation. */
  private take(session: BoardSession, response: CoapResponse): void {
    try {
      this.board.take(session, this.target.paths, response);
    } catch (error) {
      this.log.warn(`${this.board.name}: value of ${this.name} is unreadable: ${String(error)}`);
    }
  }

  private async observe(
    session: BoardSession,
    accept: ReadFormat,
    options: RequestOptions,
  ): Promise<Observation> {
    const { paths, composite } = this.target;
    const request: CoapRequest =
      composite && accept !== undefined
        ? compositeRead(paths, accept)
        : { method: 'GET', path: paths[0] ?? '/', ...(accept !== undefined && { accept }) };
    return session.observe(request, (response) => this.take(session, response), options);
  }
}

/** Names a target: two of one name are the same. */
export function nameOf({ paths, composite }: ObservationTarget): string {
  return composite ? `composite ${paths.join(' ')}` : paths.join();
}
