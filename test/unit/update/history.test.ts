import assert from 'node:assert/strict';
import { type Log, nullLog } from '../../../src/base/log';
import { UpdateHistory, exportHistory } from '../../../src/update/history';
import type { UpdateRecord } from '../../../src/update/types';
import { MemoryStore, someRecord } from './records';

const ids = (records: readonly UpdateRecord[]): string[] => records.map(({ id }) => id);

describe('the history of updates', () => {
  it('has what the store has', async () => {
    const stored = [someRecord({ id: 'b' }), someRecord({ id: 'a' })];
    assert.deepEqual((await UpdateHistory.open(new MemoryStore(stored), nullLog)).records, stored);
  });

  it('shows a run when it ended, the newest first, and tells of it', async () => {
    const history = await UpdateHistory.open(new MemoryStore([someRecord({ id: 'old' })]), nullLog);
    const heard: string[][] = [];
    history.onDidChange((records) => heard.push(ids(records)));
    history.begin(someRecord({ id: 'a', outcome: 'interrupted' }));
    history.begin(someRecord({ id: 'b', outcome: 'interrupted' }));
    assert.deepEqual([ids(history.records), heard], [['old'], []]);
    const ended = someRecord({ id: 'a', outcome: 'failed' });
    history.finish(ended);
    assert.deepEqual(history.records, [ended, someRecord({ id: 'old' })]);
    history.finish(someRecord({ id: 'b' }));
    assert.deepEqual(heard, [
      ['a', 'old'],
      ['b', 'a', 'old'],
    ]);
  });

  it('finds a run that was cut short as interrupted after the next start', async () => {
    const store = new MemoryStore();
    const before = await UpdateHistory.open(store, nullLog);
    before.begin(someRecord({ id: 'a', outcome: 'interrupted', phase: 'push' }));
    before.begin(someRecord({ id: 'b', outcome: 'interrupted' }));
    before.finish(someRecord({ id: 'b' }));
    await before.flush();
    const after = await UpdateHistory.open(store, nullLog);
    assert.deepEqual(
      after.records.map(({ id, outcome }) => `${id} ${outcome}`),
      ['b succeeded', 'a interrupted'],
    );
  });

  it('keeps the newest 500', async () => {
    const stored = Array.from({ length: 500 }, (_, index) => someRecord({ id: `old-${index}` }));
    const store = new MemoryStore(stored);
    const history = await UpdateHistory.open(store, nullLog);
    history.finish(someRecord({ id: 'new' }));
    assert.equal(history.records.length, 500);
    assert.deepEqual([history.records[0]?.id, history.records.at(-1)?.id], ['new', 'old-498']);
    await history.flush();
    assert.equal((await store.load()).length, 500);
  });

  it('is saved in the order in which things happened', async () => {
    const store = new MemoryStore();
    let release = (): void => undefined;
    const { save } = MemoryStore.prototype;
    let first = true;
    store.save = async (records) => {
      if (first) {
        first = false;
        await new Promise<void>((resolve) => (release = resolve));
      }
      await save.call(store, records);
    };
    const history = await UpdateHistory.open(store, nullLog);
    history.begin(someRecord({ id: 'a', outcome: 'interrupted' }));
    history.finish(someRecord({ id: 'a' }));
    let flushed = false;
    const flush = history.flush().then(() => (flushed = true));
    await Promise.resolve();
    assert.equal(flushed, false);
    release();
    await flush;
    assert.deepEqual(
      store.saves.map((records) => records.map(({ outcome }) => outcome)),
      [['interrupted'], ['succeeded']],
    );
  });

  it('goes on after a save that failed, and says so in the log', async () => {
    const errors: string[] = [];
    const log: Log = { ...nullLog, error: (message) => errors.push(message) };
    const store = new MemoryStore();
    const history = await UpdateHistory.open(store, log);
    store.refuses = new Error('disk full');
    history.finish(someRecord({ id: 'a' }));
    await history.flush();
    assert.equal(errors.length, 1);
    assert.match(errors[0]!, /disk full/);
    store.refuses = undefined;
    history.finish(someRecord({ id: 'b' }));
    await history.flush();
    assert.deepEqual(store.saves.map(ids), [['b', 'a']]);
  });

  it('can be exported as a document that says what it is', () => {
    const records = [someRecord({ id: 'a', error: { code: 'update.busy', details: { board: 'x' } } })];
    const text = exportHistory(records);
    assert.ok(text.endsWith('}\n'));
    assert.deepEqual(JSON.parse(text), { format: 'slipway-update-history', version: 1, records });
  });
});
