import { FileHistoryStore } from '../update/file-history-store';
import type { HistoryStore, UpdateTimeouts } from '../update/types';
import { defaultTimeouts } from '../update/update-service';
import type { Context } from './context';

/** The usual timeouts, or `limit` (ms) for what boards take longest for. */
export function timeoutsOf(limit: number | undefined): UpdateTimeouts {
  return limit === undefined ? defaultTimeouts : { ...defaultTimeouts, downloaded: limit, reboot: limit };
}

/** Where the record of a run goes; nowhere without a file. */
export function historyStore({ clock, log }: Context, file: string | undefined): HistoryStore {
  if (file !== undefined) return new FileHistoryStore(file, clock, log);
  return { load: () => Promise.resolve([]), save: () => Promise.resolve() };
}
