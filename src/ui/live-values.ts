import { type Disposable, DisposableStore } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { Emitter } from '../base/event';
import type { Log } from '../base/log';
import type { Board } from '../lwm2m/board';
import type { Lwm2mServer } from '../lwm2m/server';

/** Device: its version and identity; firmware, software, software components. */
const readObjects: readonly number[] = [3, 5, 33629, 9, 14];

/** Resources that change by themselves: states, results and the versions that follow from them. */
const observedResources: Readonly<Record<number, readonly number[]>> = {
  5: [3, 5],
  33629: [3, 5],
  9: [7, 9, 12],
  14: [5],
};

/**
 * Keeps the shown values of every board current: reads its objects when it registers, and observes what changes
 * by itself. What can't be read or observed is remembered, not raised.
 */
export class LiveValues implements Disposable {
  private readonly owned = new DisposableStore();
  private readonly stop = new AbortController();
  private readonly observations = new Map<string, Map<string, Disposable>>();
  private readonly errors = new Map<string, SlipwayError>();
  private readonly changed = new Emitter<string>();
  /** What could not be read of a board changed; its endpoint name. */
  readonly onDidChange = this.changed.event;

  constructor(
    server: Lwm2mServer,
    private readonly log: Log,
  ) {
    this.owned.add(
      server.onDidChangeBoard(({ board, change }) => {
        if (change.kind === 'registered') void this.begin(board);
      }),
    );
    this.owned.add(server.onDidRemoveBoard((board) => this.forget(board)));
  }

  /** Why an object's values could not be read, if so. */
  readError(endpoint: string, objectId: number): SlipwayError | undefined {
    return this.errors.get(errorKey(endpoint, objectId));
  }

  /** Reads the shown objects of a board, or one of them. Rejects `cancelled` only. */
  async refresh(board: Board, objectId?: number, signal: AbortSignal = this.stop.signal): Promise<void> {
    for (const id of objectId === undefined ? readObjects : [objectId]) {
      for (const instance of board.instancesOf(id)) await this.read(board, id, instance, signal);
    }
  }

  dispose(): void {
    this.stop.abort();
    this.owned.dispose();
    for (const paths of this.observations.values()) for (const path of paths.values()) path.dispose();
    this.observations.clear();
    this.changed.dispose();
  }

  private async begin(board: Board): Promise<void> {
    try {
      await this.refresh(board);
      await this.observe(board);
    } catch (error) {
      if (!SlipwayError.is(error, 'cancelled')) this.log.error(`${board.endpoint}: ${String(error)}`);
    }
  }

  private async read(board: Board, objectId: number, instance: number, signal: AbortSignal): Promise<void> {
    const key = errorKey(board.endpoint, objectId);
    try {
      await board.read(`/${objectId}/${instance}`, { signal });
      if (this.errors.delete(key)) this.changed.fire(board.endpoint);
    } catch (error) {
      if (signal.aborted || !SlipwayError.is(error) || error.code === 'cancelled') throw error;
      this.log.debug(`${board.endpoint}: reading /${objectId}/${instance}: ${error.message}`);
      // A board that goes away while it is read comes back with another registration, and is read again then.
      if (error.code === 'lwm2m.offline') return;
      this.errors.set(key, error);
      this.changed.fire(board.endpoint);
    }
  }

  /** Observations outlive registrations; only what a new one added or dropped changes. */
  private async observe(board: Board): Promise<void> {
    const present = this.observations.get(board.endpoint) ?? new Map<string, Disposable>();
    this.observations.set(board.endpoint, present);
    const wanted = new Set(observedPaths(board));
    for (const [path, observation] of present) {
      if (wanted.has(path)) continue;
      observation.dispose();
      present.delete(path);
    }
    for (const path of wanted) {
      if (present.has(path) || !board.values.has(path)) continue;
      try {
        const observation = await board.observe(path, { signal: this.stop.signal });
        if (this.observations.get(board.endpoint) === present) present.set(path, observation);
        else observation.dispose();
      } catch (error) {
        if (!SlipwayError.is(error) || error.code === 'cancelled') throw error;
        this.log.debug(`${board.endpoint}: ${path} can't be observed: ${error.message}`);
      }
    }
  }

  private forget(board: Board): void {
    for (const observation of this.observations.get(board.endpoint)?.values() ?? []) observation.dispose();
    this.observations.delete(board.endpoint);
    for (const objectId of readObjects) this.errors.delete(errorKey(board.endpoint, objectId));
  }
}

function observedPaths(board: Board): string[] {
  return Object.entries(observedResources).flatMap(([objectId, resources]) =>
    board
      .instancesOf(Number(objectId))
      .flatMap((instance) => resources.map((resource) => `/${objectId}/${instance}/${resource}`)),
  );
}

function errorKey(endpoint: string, objectId: number): string {
  return `${endpoint}/${objectId}`;
}
