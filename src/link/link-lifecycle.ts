import { type Clock, sleep } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { Emitter, type Event } from '../base/event';
import type { Log } from '../base/log';
import type { LinkState } from './link';
import { type LinkEvent, nextLinkState } from './link-state';

/** What every link needs from outside. */
export interface LinkDeps {
  readonly clock: Clock;
  readonly log: Log;
}

/** Something open: a port, a socket. */
export interface Connection {
  /** Lets go; resolves when other programs can have it. Never rejects. */
  close(): Promise<void>;
}

/**
 * Opens a connection. `lost` is called at most once, when it went away by itself after that; `signal` aborts the
 * attempt. Rejects with a `link.…` error.
 */
export type OpenConnection<C extends Connection> = (
  lost: (error: SlipwayError) => void,
  signal: AbortSignal,
) => Promise<C>;

/** Delays between attempts to open, ms: doubled each time. */
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;
/** A connection that lasted this long was a good one: the next loss begins with the first delay again. */
const STABLE_MS = 2_000;

/** Keeps a connection open: opens it again with back-off when it fails, gives it away and takes it back. */
export class LinkLifecycle<C extends Connection> implements Disposable {
  private currentState: LinkState = 'opening';
  private currentError: SlipwayError | undefined;
  private current: C | undefined;
  private stop = new AbortController();
  private running: Promise<void>;
  private readonly stateEmitter = new Emitter<LinkState>();

  /** Fires also when it is still `waiting`, for another reason. */
  readonly onDidChangeState: Event<LinkState> = this.stateEmitter.event;

  /** Begins to open at once. */
  constructor(
    private readonly id: string,
    private readonly open: OpenConnection<C>,
    private readonly deps: LinkDeps,
  ) {
    this.running = this.run(this.stop.signal);
  }

  get state(): LinkState {
    return this.currentState;
  }

  /** Why the state is `waiting`. */
  get error(): SlipwayError | undefined {
    return this.currentError;
  }

  /** The connection while the state is `open`. */
  get connection(): C | undefined {
    return this.current;
  }

  /** Resolves when the device is free for others. */
  async release(): Promise<void> {
    this.halt('release');
    await this.running;
  }

  retake(): void {
    if (this.currentState !== 'released') return;
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.apply('retake');
    this.running = this.running.then(() => this.run(signal));
  }

  dispose(): void {
    if (this.currentState === 'closed') return;
    this.halt('dispose');
    this.stateEmitter.dispose();
  }

  private halt(event: 'release' | 'dispose'): void {
    this.current = undefined;
    this.apply(event);
    this.stop.abort();
  }

  /** Opens again and again until `signal` aborts. Never rejects. */
  private async run(signal: AbortSignal): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (true) {
      const begin = this.deps.clock.now();
      const wasOpen = await this.openOnce(signal);
      if (wasOpen && this.deps.clock.now() - begin >= STABLE_MS) retryMs = FIRST_RETRY_MS;
      try {
        await sleep(this.deps.clock, retryMs, signal);
      } catch {
        return; // released or disposed
      }
      retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
    }
  }

  /** Opens, and waits for the end of it. Resolves with whether it had opened. */
  private async openOnce(signal: AbortSignal): Promise<boolean> {
    let lose: (error: SlipwayError) => void = () => undefined;
    const lost = new Promise<SlipwayError>((resolve) => {
      lose = resolve;
    });
    let connection: C;
    try {
      connection = await this.open(lose, signal);
    } catch (cause) {
      if (!signal.aborted) this.apply('failed', this.linkError(cause));
      return false;
    }
    if (!signal.aborted) {
      this.current = connection;
      this.apply('opened');
    }
    const error = await Promise.race([lost, this.aborted(signal)]);
    if (!signal.aborted) {
      this.current = undefined;
      this.apply('lost', error);
    }
    await connection.close();
    return true;
  }

  private linkError(cause: unknown): SlipwayError {
    if (SlipwayError.is(cause)) return cause;
    return new SlipwayError('link.failed', { link: this.id, reason: reasonOf(cause) }, { cause });
  }

  private aborted(signal: AbortSignal): Promise<SlipwayError> {
    return new Promise((resolve) => {
      const abort = (): void => resolve(new SlipwayError('link.closed', { link: this.id }));
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
  }

  private apply(event: LinkEvent, error?: SlipwayError): void {
    const before = this.currentState;
    const after = nextLinkState(before, event);
    const isNews = error?.code !== this.currentError?.code;
    this.currentError = after === 'waiting' ? error : undefined;
    if (before === after && !isNews) return;
    this.currentState = after;
    this.deps.log.info(`${this.id}: ${before} → ${after}${error ? `: ${error.message}` : ''}`);
    this.stateEmitter.fire(after);
  }
}

/** What an unknown thrown value says. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
