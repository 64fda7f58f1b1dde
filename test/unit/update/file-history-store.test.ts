import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Log, nullLog } from '../../../src/base/log';
import { FileHistoryStore } from '../../../src/update/file-history-store';
import { UpdateHistory } from '../../../src/update/history';
import { FakeClock } from '../support/fake-clock';
import { someRecord } from './records';

/** A run of that many minutes after the first. */
const at = (minutes: number): string => new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString();

describe('the file of the history', () => {
  let root: string;
  let folder: string;
  let file: string;
  let warnings: string[];
  const log: Log = { ...nullLog, warn: (message) => warnings.push(message) };
  const newStore = (): FileHistoryStore => new FileHistoryStore(file, new FakeClock(1234), log);
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'slipway-history-'));
    folder = join(root, 'not', 'yet');
    file = join(folder, 'history.json');
    warnings = [];
  });
  afterEach(() => rm(root, { recursive: true }));

  it('need not be there at first, nor its folder', async () => {
    assert.deepEqual(await newStore().load(), []);
    const records = [someRecord({ id: 'b', fromVersion: '1.0.0' }), someRecord({ id: 'a' })];
    await newStore().save(records);
    assert.deepEqual(await newStore().load(), records);
    assert.deepEqual(await readdir(folder), ['history.json']);
  });

  const damaged: Readonly<Record<string, string>> = {
    'a torn file': JSON.stringify([someRecord({ id: 'a' })]).slice(0, -20),
    'an empty file': '',
    'a file of zero bytes': '\0\0\0\0',
    'another document': '{"records":[]}',
    'records without an id': '[{"board":"desk-1","startedAt":"","outcome":"failed"}]',
    'a list of nothing': '[null]',
  };
  for (const [what, text] of Object.entries(damaged)) {
    it(`is set aside, not lost, when it is ${what}`, async () => {
      await mkdir(folder, { recursive: true });
      await writeFile(file, text);
      const store = newStore();
      assert.deepEqual(await store.load(), []);
      assert.equal(await readFile(`${file}.damaged-1234`, 'utf8'), text);
      assert.equal(warnings.length, 1);
      assert.ok(warnings[0]!.includes(`${file}.damaged-1234`));
      await store.save([someRecord({ id: 'new' })]);
      assert.deepEqual(
        (await newStore().load()).map(({ id }) => id),
        ['new'],
      );
      assert.equal(warnings.length, 1);
    });
  }

  it('is an error, not an empty history, when it cannot be read', async () => {
    await mkdir(file, { recursive: true });
    await assert.rejects(newStore().load(), { code: 'EISDIR' });
  });

  it('stays as it was when it cannot be replaced, without leftovers', async () => {
    const store = newStore();
    await store.save([someRecord({ id: 'a' })]);
    const circular = someRecord({ id: 'b', error: { code: 'update.unexpected', details: 1n } });
    await assert.rejects(store.save([circular]), TypeError);
    assert.deepEqual(
      (await newStore().load()).map(({ id }) => id),
      ['a'],
    );
    assert.deepEqual(await readdir(folder), ['history.json']);
  });

  it('tells after a restart of a run that was cut short', async () => {
    const before = await UpdateHistory.open(newStore(), log);
    before.begin(someRecord({ id: 'a', outcome: 'interrupted', phase: 'preflight' }));
    await before.flush();
    const after = await UpdateHistory.open(newStore(), log);
    assert.deepEqual(after.records, [someRecord({ id: 'a', outcome: 'interrupted', phase: 'preflight' })]);
  });

  describe('of two processes', () => {
    it('has the runs of both, the newest first', async () => {
      const [one, two] = [
        await UpdateHistory.open(newStore(), log),
        await UpdateHistory.open(newStore(), log),
      ];
      for (const [minute, history] of [one, two, one, two].entries()) {
        history.finish(someRecord({ id: `run-${minute}`, startedAt: at(minute) }));
        await history.flush();
      }
      const { records } = await UpdateHistory.open(newStore(), log);
      assert.deepEqual(
        records.map(({ id }) => id),
        ['run-3', 'run-2', 'run-1', 'run-0'],
      );
    });

    it('keeps the end of a run that the other only knows to be under way', async () => {
      const one = await UpdateHistory.open(newStore(), log);
      one.begin(someRecord({ id: 'a', outcome: 'interrupted', startedAt: at(0) }));
      await one.flush();
      const two = await UpdateHistory.open(newStore(), log);
      one.finish(someRecord({ id: 'a', outcome: 'succeeded', startedAt: at(0) }));
      await one.flush();
      two.finish(someRecord({ id: 'b', startedAt: at(1) }));
      await two.flush();
      const { records } = await UpdateHistory.open(newStore(), log);
      assert.deepEqual(
        records.map(({ id, outcome }) => `${id} ${outcome}`),
        ['b succeeded', 'a succeeded'],
      );
    });

    it('is never torn, however closely they write', async () => {
      const many = Array.from({ length: 50 }, (_, index) => someRecord({ id: `long-${index}` }));
      const writers = Array.from({ length: 8 }, (_, index) => {
        const store = newStore();
        return store.save([...many, someRecord({ id: `writer-${index}` })]);
      });
      const results = await Promise.allSettled(writers);
      // Windows may refuse to replace a file that another has just open; then the file is still one writer’s whole.
      assert.ok(results.some(({ status }) => status === 'fulfilled'));
      assert.ok((await newStore().load()).length >= 51);
      assert.deepEqual(warnings, []);
      assert.deepEqual(await readdir(folder), ['history.json']);
    });

    it('does not grow beyond what the history keeps', async () => {
      const minutes = Array.from({ length: 300 }, (_, index) => index);
      await newStore().save(minutes.map((m) => someRecord({ id: `one-${m}`, startedAt: at(2 * m) })));
      await newStore().save(minutes.map((m) => someRecord({ id: `two-${m}`, startedAt: at(2 * m + 1) })));
      const records = await newStore().load();
      assert.equal(records.length, 500);
      assert.deepEqual([records[0]?.id, records.at(-1)?.id], ['two-299', 'one-50']);
    });
  });

  it('does not bring back what the history dropped', async () => {
    const store = newStore();
    await store.save([someRecord({ id: 'b' }), someRecord({ id: 'a' })]);
    await store.save([someRecord({ id: 'c' }), someRecord({ id: 'b' })]);
    assert.deepEqual(
      (await newStore().load()).map(({ id }) => id),
      ['c', 'b'],
    );
  });
});
