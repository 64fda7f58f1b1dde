import { type Event, Emitter } from '../base/event';
import type { Log } from '../base/log';
import { type HistoryStore, type UpdateRecord, maxRecords } from './types';

/**
 * The runs so far, newest first. A run is entered when it starts, as `interrupted`, and replaced when it ends: what
 * the editor's end cut short shows as such on the next start.
 */
export class UpdateHistory {
  private readonly changed = new Emitter<readonly UpdateRecord[]>();
  private readonly running = new Set<string>();
  private entries: readonly UpdateRecord[];
  private saving: Promise<void> = Promise.resolve();

  readonly onDidChange: Event<readonly UpdateRecord[]> = this.changed.event;

  private constructor(
    private readonly store: HistoryStore,
    private readonly log: Log,
    entries: readonly UpdateRecord[],
  ) {
    this.entries = entries;
  }

  /** Loads what the store has. */
  static async open(store: HistoryStore, log: Log): Promise<UpdateHistory> {
    return new UpdateHistory(store, log, await store.load());
  }

  /** Runs that ended, newest first. */
  get records(): readonly UpdateRecord[] {
    return this.entries.filter((record) => !this.running.has(record.id));
  }

  /** Enters a run that starts; `record` is what will stand if it never ends. */
  begin(record: UpdateRecord): void {
    this.running.add(record.id);
    this.replace(record);
  }

  /** Enters the end of a run. */
  finish(record: UpdateRecord): void {
    this.running.delete(record.id);
    this.replace(record);
    this.changed.fire(this.records);
  }

  /** Resolves when everything so far is in the store. */
  flush(): Promise<void> {
    return this.saving;
  }

  private replace(record: UpdateRecord): void {
    this.entries = [record, ...this.entries.filter(({ id }) => id !== record.id)].slice(0, maxRecords);
    const entries = this.entries;
    this.saving = this.saving
      .then(() => this.store.save(entries))
      .catch((error: unknown) => this.log.error(`the update history could not be saved: ${String(error)}`));
  }
}

/** The history as a JSON document that people can keep and compare. */
export function exportHistory(records: readonly UpdateRecord[]): string {
  return `${JSON.stringify({ format: 'slipway-update-history', version: 1, records }, undefined, 2)}\n`;
}
