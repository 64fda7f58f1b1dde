import { type Disposable, DisposableStore } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { Emitter } from '../base/event';
import type { Log } from '../base/log';
import type { Board, DiscoveredLink } from '../lwm2m/board';
import type { Lwm2mServer } from '../lwm2m/server';

/** What the tree asks about objects that are read only when somebody looks at them. */
export interface ResourceSource {
  /** What an instance has by its own word; undefined until it was asked, or where it gives none. */
  discovered(board: string, instance: string): readonly DiscoveredLink[] | undefined;
  /** Why an instance could not be read, if so. */
  problem(board: string, instance: string): SlipwayError | undefined;
  /** Whether it was read since the board registered. */
  isRead(board: string, instance: string): boolean;
  isObserved(board: string, path: string): boolean;
  /** Whether an update is under way, beside which nothing is read. */
  isUpdating(board: string): boolean;
  /** Somebody looks at an instance: it is read, once in a registration and not beside an update. */
  open(board: string, instance: string): void;
}

/** What is known of one instance, in one registration. */
interface Content {
  readonly registration: string;
  readonly links?: readonly DiscoveredLink[];
  readonly problem?: SlipwayError;
  readonly done: boolean;
}

/** Discovers and reads instances when they are looked at, and keeps what the user wants observed. */
export class ResourceAccess implements ResourceSource, Disposable {
  private readonly owned = new DisposableStore();
  private readonly stop = new AbortController();
  private readonly contents = new Map<string, Map<string, Content>>();
  private readonly observations = new Map<string, Map<string, Disposable>>();
  private readonly changed = new Emitter<string>();
  /** What is known of a board, or observed on it, changed; its endpoint name. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly server: Pick<Lwm2mServer, 'boards' | 'onDidRemoveBoard'>,
    readonly isUpdating: (board: string) => boolean,
    private readonly log: Log,
  ) {
    this.owned.add(server.onDidRemoveBoard(({ endpoint }) => this.forget(endpoint)));
  }

  discovered(board: string, instance: string): readonly DiscoveredLink[] | undefined {
    return this.contentOf(board, instance)?.links;
  }

  problem(board: string, instance: string): SlipwayError | undefined {
    return this.contentOf(board, instance)?.problem;
  }

  isRead(board: string, instance: string): boolean {
    return this.contentOf(board, instance)?.done ?? false;
  }

  isObserved(board: string, path: string): boolean {
    return this.observations.get(board)?.has(path) ?? false;
  }

  open(name: string, instance: string): void {
    const board = this.server.boards.get(name);
    if (!board?.online || this.isUpdating(name) || this.contentOf(name, instance)) return;
    this.look(board, instance).catch((error: unknown) => {
      if (!this.stop.signal.aborted) this.log.error(`${name} ${instance}: ${String(error)}`);
    });
  }

  /** Asks an instance what it has, and reads it. What can't be done is remembered, not raised. Rejects `cancelled`. */
  async look(board: Board, instance: string): Promise<void> {
    const registration = board.registration.id;
    const { signal } = this.stop;
    this.keep(board, instance, { registration, done: false });
    let links: readonly DiscoveredLink[] | undefined;
    let problem: SlipwayError | undefined;
    try {
      links = await board.discover(instance, { signal });
      this.keep(board, instance, { registration, links, done: false });
    } catch (error) {
      problem = this.problemOf(error);
    }
    try {
      await board.read(instance, { signal });
      problem = undefined;
    } catch (error) {
      // An instance without anything to read is no trouble, if it told what it has.
      problem = links && SlipwayError.is(error, 'coap.response') ? undefined : this.problemOf(error);
    }
    if (board.registration.id !== registration) return;
    // Whoever went offline meanwhile is asked again when it is back.
    if (problem?.code === 'lwm2m.offline') this.contents.get(board.endpoint)?.delete(instance);
    else {
      this.keep(board, instance, {
        registration,
        done: true,
        ...(links && { links }),
        ...(problem && { problem }),
      });
    }
    this.changed.fire(board.endpoint);
  }

  /** Keeps `path` current until `stopObserving`, also when the board registers anew. Rejects as `Board.observe`. */
  async observe(board: Board, path: string, signal?: AbortSignal): Promise<void> {
    const paths = this.observations.get(board.endpoint) ?? new Map<string, Disposable>();
    if (paths.has(path)) return;
    const until = signal ? AbortSignal.any([signal, this.stop.signal]) : this.stop.signal;
    const observation = await board.observe(path, { signal: until });
    if (paths.has(path) || this.server.boards.get(board.endpoint) !== board) {
      observation.dispose();
      return;
    }
    this.observations.set(board.endpoint, paths);
    paths.set(path, observation);
    this.changed.fire(board.endpoint);
  }

  stopObserving(board: string, path: string): void {
    const paths = this.observations.get(board);
    paths?.get(path)?.dispose();
    if (paths?.delete(path)) this.changed.fire(board);
  }

  dispose(): void {
    this.stop.abort();
    this.owned.dispose();
    for (const board of [...this.observations.keys()]) this.forget(board);
    this.changed.dispose();
  }

  private contentOf(board: string, instance: string): Content | undefined {
    const content = this.contents.get(board)?.get(instance);
    return content?.registration === this.server.boards.get(board)?.registration.id ? content : undefined;
  }

  private keep({ endpoint }: Board, instance: string, content: Content): void {
    const known = this.contents.get(endpoint) ?? new Map<string, Content>();
    this.contents.set(endpoint, known);
    known.set(instance, content);
  }

  private forget(board: string): void {
    for (const observation of this.observations.get(board)?.values() ?? []) observation.dispose();
    this.observations.delete(board);
    this.contents.delete(board);
  }

  private problemOf(error: unknown): SlipwayError {
    if (this.stop.signal.aborted || !SlipwayError.is(error)) throw error;
    return error;
  }
}
