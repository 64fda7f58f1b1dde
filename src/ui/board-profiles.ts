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
    const others = this.all().filter(([name]) => name !== endpoint);
    this.store
      .update(key, [...others, [endpoint, profile]].slice(-maxBoards))
      .then(undefined, (error: unknown) => {
        // It will be found out again.
        this.log.warn(`the profile of ${endpoint} could not be kept: ${String(error)}`);
      });
  }

  private all(): readonly (readonly [string, TransferProfile])[] {
    const stored = this.store.get(key);
    return Array.isArray(stored) ? stored.filter(isEntry) : [];
  }
}

function isEntry(value: unknown): value is readonly [string, TransferProfile] {
  return Array.isArray(value) && typeof value[0] === 'string' && isTransferProfile(value[1]);
}
