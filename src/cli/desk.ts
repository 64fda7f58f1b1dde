import { type Disposable, DisposableStore } from '../base/disposable';
import { sleep } from '../base/clock';
import { SlipwayError, cancelled } from '../base/errors';
import { createCoapEndpoint } from '../coap/node-coap-endpoint';
import type { TraceRecorder } from '../coap/trace-recorder';
import { type Link, isNetwork } from '../link/link';
import { openLink } from '../link/open-link';
import type { Board } from '../lwm2m/board';
import { requestRegistration } from '../lwm2m/registration-trigger';
import { Lwm2mServer, type Lwm2mServerOptions } from '../lwm2m/server';
import type { Context } from './context';
import { describe } from './wording';

/** How often it is looked whether all lines have their board, ms. */
const lookMs = 100;

export interface DeskOptions {
  /** Answers requests beside the LwM2M interfaces, see `Lwm2mServerOptions`. */
  readonly resources?: NonNullable<Lwm2mServerOptions['resources']>;
  /** Gives boards that ask for a bootstrap their account. */
  readonly bootstrap?: NonNullable<Lwm2mServerOptions['bootstrap']>;
  /** Keeps what goes over the links. */
  readonly trace?: TraceRecorder | undefined;
}

/** A LwM2M server on the links that a command was given. */
export class Desk implements Disposable {
  readonly server: Lwm2mServer;
  private readonly links: Link[] = [];
  private readonly owned = new DisposableStore();

  constructor(
    private readonly context: Context,
    { resources, bootstrap, trace }: DeskOptions = {},
  ) {
    const { clock, log } = context;
    this.server = this.owned.add(
      new Lwm2mServer({
        clock,
        log,
        ...(resources && { resources }),
        ...(bootstrap && { bootstrap }),
        createEndpoint: (link) => {
          const endpoint = createCoapEndpoint(link, { clock, log, ...(trace && { trace }) });
          this.owned.add(requestRegistration(this.server, endpoint, log));
          return endpoint;
        },
      }),
    );
  }

  /** Opens a link and serves it. Throws `link.invalid-address`. */
  connect(address: string, baudRate?: number): Link {
    const { clock, log, output } = this.context;
    const link = this.owned.add(
      openLink(address, { clock, log, ...(baudRate !== undefined && { baudRate }) }),
    );
    this.owned.add(this.server.attach(link));
    this.links.push(link);
    const look = (): void => {
      if (link.state === 'waiting' && link.error) {
        output.note(`Waiting: ${describe(link.error).message}`);
      }
    };
    this.owned.add(link.onDidChangeState(look));
    look();
    return link;
  }

  /**
   * The board of that endpoint name, or whichever registers first, once it has registered. Rejects after `waitMs`
   * with the link's error, `lwm2m.no-such-board` or `lwm2m.no-board`; at once where waiting can't help.
   */
  async waitForBoard(endpoint: string | undefined, waitMs: number): Promise<Board> {
    const { clock, signal } = this.context;
    const registered = (): Board | undefined =>
      [...this.server.boards.values()].find(
        (board) => board.online && (endpoint === undefined || board.endpoint === endpoint),
      );
    const waiting = new DisposableStore();
    try {
      return await new Promise<Board>((resolve, reject) => {
        const look = (): void => {
          const board = registered();
          if (board) resolve(board);
          else if (signal.aborted) reject(cancelled(signal));
          else {
            const hopeless = this.links.find(({ error }) => SlipwayError.is(error, 'link.permission'));
            if (hopeless) reject(this.absence(endpoint));
          }
        };
        for (const link of this.links) waiting.add(link.onDidChangeState(look));
        waiting.add(this.server.onDidChangeBoard(look));
        waiting.add(clock.schedule(waitMs, () => reject(this.absence(endpoint))));
        signal.addEventListener('abort', look, { once: true });
        waiting.add({ dispose: () => signal.removeEventListener('abort', look) });
        look();
      });
    } finally {
      waiting.dispose();
    }
  }

  /**
   * The boards of those endpoint names, in that order, and the names of those that have not registered after `waitMs`.
   * Rejects as `waitForBoard` where none has.
   */
  async waitForBoards(
    endpoints: readonly string[],
    waitMs: number,
  ): Promise<{ readonly boards: readonly Board[]; readonly missing: readonly string[] }> {
    const outcomes = await Promise.allSettled(
      [...new Set(endpoints)].map((endpoint) => this.waitForBoard(endpoint, waitMs)),
    );
    const boards = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (this.context.signal.aborted) throw cancelled(this.context.signal);
    if (boards.length === 0 && failed) throw failed.reason;
    const present = new Set(boards.map(({ endpoint }) => endpoint));
    return { boards, missing: [...new Set(endpoints)].filter((endpoint) => !present.has(endpoint)) };
  }

  /**
   * Every board with a Firmware Update object that registers within `waitMs`, in the order of registration. Ends
   * earlier where no more can come: each line has its board. Rejects as `waitForBoard` where none came.
   */
  async collectBoards(waitMs: number): Promise<readonly Board[]> {
    const { clock, signal } = this.context;
    const end = clock.now() + waitMs;
    await this.waitForBoard(undefined, waitMs);
    const taken = (): number => new Set([...this.server.boards.values()].map(({ link }) => link)).size;
    const mayBeMore = (): boolean =>
      this.links.some(({ kind }) => isNetwork(kind)) || taken() < this.links.length;
    while (mayBeMore() && clock.now() < end) {
      await sleep(clock, Math.min(lookMs, Math.max(0, end - clock.now())), signal);
    }
    const boards = [...this.server.boards.values()].filter((board) => board.online && board.hasObject(5));
    if (boards.length === 0) throw this.absence(undefined);
    return boards;
  }

  dispose(): void {
    this.owned.dispose();
  }

  /** Why there is no such board. */
  private absence(endpoint: string | undefined): SlipwayError {
    const closed = this.links.find(({ state, error }) => state !== 'open' && error);
    if (closed?.error) return closed.error;
    if (endpoint !== undefined) return new SlipwayError('lwm2m.no-such-board', { board: endpoint });
    return new SlipwayError('lwm2m.no-board', {});
  }
}
