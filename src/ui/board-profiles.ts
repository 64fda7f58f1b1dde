import type { Log } from '../base/log';
import { type TransferProfile, type TransferProfiles, isTransferProfile } from '../coap/transfer-profile';
import type { KeyValueStore } from './remembered-ports';

const key = 'slipway.boardProfiles';

/** Boards that are remembered; the ones that learned last stay. */
const maxBoards = 200;

/** Keeps how boards take transfers across restarts, by endpoint name. */
export class BoardProfiles implements TransferProfiles {
  constructor(
    private readonly store: KeyValueStore,
    private readonly log: Log,
  ) {}

  get(endpoint: string): TransferProfile | undefined {
    return this.all().find(([name]) => name === endpoint)?.[1];
  }

  set(endpoint: string, profile: TransferProfile): void {
    this.write([...this.others(endpoint), [endpoint, profile]]).then(undefined, (error: unknown) => {
      // It will be found out again.
      this.log.warn(`the profile of ${endpoint} could not be kept: ${String(error)}`);
    });
  }

  /** A board whose firmware learned to keep pace is tried anew. Rejects where the store can’t be written. */
  async forget(endpoint: string): Promise<void> {
    await this.write(this.others(endpoint));
  }

  private others(endpoint: string): readonly Entry[] {
    return this.all().filter(([name]) => name !== endpoint);
  }

  private write(entries: readonly Entry[]): Thenable<void> {
    return this.store.update(key, entries.slice(-maxBoards));
  }

  private all(): readonly Entry[] {
    const stored = this.store.get(key);
    return Array.isArray(stored) ? stored.filter(isEntry) : [];
  }
}

type Entry = readonly [string, TransferProfile];

function isEntry(value: unknown): value is Entry {
  return Array.isArray(value) && typeof value[0] === 'string' && isTransferProfile(value[1]);
}
