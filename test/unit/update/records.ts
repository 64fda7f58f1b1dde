import type { HistoryStore, UpdateRecord } from '../../../src/update/types';

/** A record with everything that must be there. */
export function someRecord(some: Partial<UpdateRecord> & Pick<UpdateRecord, 'id'>): UpdateRecord {
  return {
    board: 'desk-1',
    link: 'memory:desk-1',
    packageName: 'app.suit',
    sha256: '00'.repeat(32),
    bytes: 1000,
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 0,
    retransmissions: 0,
    outcome: 'succeeded',
    phase: 'done',
    ...some,
  };
}

/** A store in memory that shows what it was given, and can refuse it. */
export class MemoryStore implements HistoryStore {
  saves: (readonly UpdateRecord[])[] = [];
  refuses: Error | undefined;

  constructor(private readonly loaded: readonly UpdateRecord[] = []) {}

  load(): Promise<readonly UpdateRecord[]> {
    return Promise.resolve(this.saves.at(-1) ?? this.loaded);
  }

  save(records: readonly UpdateRecord[]): Promise<void> {
    if (this.refuses) return Promise.reject(this.refuses);
    this.saves.push(records);
    return Promise.resolve();
  }
}
