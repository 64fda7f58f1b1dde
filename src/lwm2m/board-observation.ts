import { SlipwayError } from '../base/errors';
import type { Log } from '../base/log';
import type { CoapResponse, Observation, RequestOptions } from '../coap/endpoint';
import type { BoardSession } from './board-session';
import { type ReadFormat, isReadRefusal, negotiate } from './format-preference';

/** What observations need of their board. */
export interface ObservedBoard {
  /** Endpoint name, for the log. */
  readonly name: string;
  /** The current session; throws `lwm2m.offline` when there is none. */
  session(): BoardSession;
  readFormats(path: string): readonly ReadFormat[];
  readWorked(path: string, format: ReadFormat): void;
  /** Takes over the values of an answer or notification, which came in `session`. Throws `lwm2m.malformed`. */
  take(session: BoardSession, path: string, response: CoapResponse): void;
  /** Reads once, where observing is refused. */
  read(path: string): Promise<unknown>;
}

/** One path under observation, shared by all who asked for it, and made anew in each session. */
export class BoardObservation {
  private holders = 0;
  private starting: Promise<void> | undefined;
  private current: { readonly session: BoardSession; readonly observation: Observation } | undefined;
  private refusedIn: BoardSession | undefined;

  constructor(
    readonly path: string,
    private readonly board: ObservedBoard,
    private readonly log: Log,
    /** The board ended the observation, while its session lasts on. */
    private readonly onEnded: (session: BoardSession) => void,
  ) {}

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
    try {
      observation = await negotiate(
        this.board.readFormats(this.path),
        (accept) => this.observe(session, accept, options),
        (error) => SlipwayError.is(error, 'coap.response') && isReadRefusal(error.details.code),
        (accept) => this.board.readWorked(this.path, accept),
      );
    } catch (error) {
      if (SlipwayError.is(error, 'coap.response')) this.refusedIn = session;
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
      this.board.take(session, this.path, response);
    } catch (error) {
      this.log.warn(`${this.board.name}: value of ${this.path} is unreadable: ${String(error)}`);
    }
  }

  private observe(session: BoardSession, accept: ReadFormat, options: RequestOptions): Promise<Observation> {
    return session.observe(
      { method: 'GET', path: this.path, ...(accept !== undefined && { accept }) },
      (response) => this.take(session, response),
      options,
    );
  }
}
