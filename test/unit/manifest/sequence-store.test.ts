import { strict as assert } from 'node:assert';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '../support/fake-clock';
import { SequenceStore, sequenceIdOf } from '../../../src/manifest/sequence-store';
import { content } from './support';

const start = Date.UTC(2026, 0, 1);
const seconds = start / 1000;

describe('SequenceStore', () => {
  let root: string;
  let folder: string;
  let clock: FakeClock;
  let store: SequenceStore;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'slipway-sequences-'));
    folder = join(root, 'keys');
    clock = new FakeClock(start);
    store = new SequenceStore(folder, clock);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('starts from the time in seconds and goes up by one within a second', async () => {
    assert.equal(await store.current('a'), 0);
    assert.deepEqual(
      [await store.next('a'), await store.next('a'), await store.next('a')],
      [seconds, seconds + 1, seconds + 2],
    );
    assert.equal(await store.current('a'), seconds + 2);
  });

  it('follows the time, and goes on rising when the clock is set back', async () => {
    await store.next('a');
    await clock.advance(60_500);
    assert.equal(await store.next('a'), seconds + 60);
    const back = new SequenceStore(folder, new FakeClock(start - 86_400_000));
    assert.equal(await back.next('a'), seconds + 61);
  });

  it('counts each id by itself', async () => {
    await store.raiseTo('a', seconds + 1000);
    assert.equal(await store.next('b'), seconds);
    assert.equal(await store.next('a'), seconds + 1001);
    for (const id of ['__proto__', 'constructor']) {
      assert.equal(await store.current(id), 0);
      assert.equal(await store.next(id), seconds);
    }
  });

  it('is raised but never lowered', async () => {
    await store.raiseTo('a', seconds + 10);
    await store.raiseTo('a', 5);
    assert.equal(await store.current('a'), seconds + 10);
    assert.equal(await store.next('a'), seconds + 11);
    await assert.rejects(store.raiseTo('a', -1), RangeError);
    await assert.rejects(store.raiseTo('a', 1.5), RangeError);
  });

  it('remembers across restarts, and leaves no more than two files', async () => {
    for (let count = 0; count < 10; count++) await store.next('a');
    assert.equal(await new SequenceStore(folder, clock).current('a'), seconds + 9);
    assert.deepEqual((await readdir(folder)).sort(), ['sequences.10.json', 'sequences.9.json']);
  });

  it('gives no number twice to many at once', async () => {
    const stores = Array.from({ length: 5 }, () => new SequenceStore(folder, clock));
    const taken = await Promise.all(Array.from({ length: 40 }, (_, index) => stores[index % 5]!.next('a')));
    assert.deepEqual(
      [...taken].sort((a, b) => a - b),
      Array.from({ length: 40 }, (_, index) => seconds + index),
    );
  });

  it('gives no number twice to two processes', async function () {
    this.timeout(30_000);
    const script = join(__dirname, 'sequence-process.ts');
    const children = [0, 1].map(() => fork(script, [folder, '25'], { execArgv: ['--require', 'tsx/cjs'] }));
    const taken = await Promise.all(
      children.map(async (child) => {
        const [numbers] = (await once(child, 'message')) as [number[]];
        return numbers;
      }),
    );
    for (const numbers of taken) {
      assert.deepEqual(
        [...numbers].sort((a, b) => a - b),
        numbers,
      );
    }
    assert.equal(new Set(taken.flat()).size, 50);
    assert.equal(await store.current('a'), Math.max(...taken.flat()));
  });

  it('refuses to start anew from a damaged file', async () => {
    await store.next('a');
    const file = join(folder, 'sequences.1.json');
    for (const text of [
      '',
      '{',
      '[]',
      '{}',
      '{"sequences":[]}',
      '{"sequences":{"a":"7"}}',
      '{"sequences":{"a":-1}}',
    ]) {
      await writeFile(file, text);
      for (const action of [() => store.next('a'), () => store.current('b'), () => store.raiseTo('a', 1)]) {
        await assert.rejects(action(), (error: { code?: string; details?: { file?: string } }) => {
          assert.deepEqual([error.code, error.details?.file], ['sequence.corrupt', file], text);
          return true;
        });
      }
    }
  });

  it('says when the folder can not be used', async () => {
    await writeFile(folder, '');
    await assert.rejects(store.next('a'), { code: 'key.storage' });
    await assert.rejects(store.current('a'), { code: 'key.storage' });
  });

  it('names kinds of board by vendor and class', () => {
    assert.match(sequenceIdOf(content.vendorId, content.classId), /^cfbff0d1-[0-9a-f-]{27}\/[0-9a-f-]{36}$/);
  });
});
