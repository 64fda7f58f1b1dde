import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SlipwayError } from '../../../src/base/errors';
import { type Log, nullLog } from '../../../src/base/log';
import { noPatchText } from '../../../src/ui/delta-wording';
import { chooseDelta, type FullImageReason, type RunningImage } from '../../../src/update/choose-delta';
import { ImageStore } from '../../../src/update/image-store';
import { FakeClock } from '../support/fake-clock';

const image = (letter: string, bytes = 100): Buffer => Buffer.alloc(bytes, letter);
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('images kept as bases for patches', () => {
  let root: string;
  let folder: string;
  let logged: string[];
  const log: Log = { ...nullLog, warn: (text) => logged.push(text), info: (text) => logged.push(text) };
  /** A store that opens at that second; each opening is a later one. */
  const storeAt = (second: number, limits = { images: 3, bytes: 1000 }): ImageStore =>
    new ImageStore(folder, new FakeClock(second * 1000), log, limits);

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'slipway-images-'));
    folder = join(root, 'not', 'yet');
    logged = [];
  });
  afterEach(() => rm(root, { recursive: true }));

  it('are none at first', async () => {
    assert.deepEqual(await storeAt(1).list(), []);
  });

  it('come back with their version, the newest first', async () => {
    await storeAt(1).keep(image('a'), '1.0.0');
    await storeAt(2).keep(Buffer.from('{}\nwith\nlines'));
    const store = storeAt(3);
    const [newest, oldest] = await store.list();
    assert.deepEqual(oldest, { sha256: digest(image('a')), bytes: 100, version: '1.0.0', keptAt: 1000 });
    assert.equal(newest!.version, undefined);
    assert.equal(Buffer.from((await store.read(newest!))!).toString(), '{}\nwith\nlines');
    assert.ok(image('a').equals((await store.read(oldest))!));
  });

  it('make room for newer ones, by number and by size; what is pushed again stays', async () => {
    await storeAt(1).keep(image('a'), '1');
    await storeAt(2).keep(image('b'), '2');
    await storeAt(3).keep(image('a'), '1');
    await storeAt(4).keep(image('c'), '3');
    await storeAt(5).keep(image('d'), '4');
    assert.deepEqual(
      (await storeAt(6).list()).map(({ version }) => version),
      ['4', '3', '1'],
    );
    await storeAt(7).keep(image('e', 850), '5');
    assert.deepEqual(
      (await storeAt(8).list()).map(({ version }) => version),
      ['5', '4'],
    );
    await storeAt(9).keep(image('f', 1001), '6');
    assert.deepEqual(
      (await storeAt(9).list()).map(({ version }) => version),
      ['5', '4'],
    );
    assert.match(logged.join(), /too large/);
    assert.equal((await readdir(folder)).length, 2);
  });

  it('are removed, and said to be, when they are damaged', async () => {
    const store = storeAt(1);
    await store.keep(image('a'), '1');
    const [kept] = await store.list();
    const file = join(folder, (await readdir(folder))[0]!);
    const bytes = await readFile(file);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(file, bytes);
    assert.equal(await store.read(kept!), undefined);
    assert.equal(await store.read(kept!), undefined);
    await writeFile(file, 'no header');
    assert.deepEqual(await store.list(), []);
    assert.deepEqual(await readdir(folder), []);
    assert.equal(logged.length, 2);
  });

  describe('and which of them a patch is made from', () => {
    const target = image('t', 200);
    const make = async (): Promise<Uint8Array> => Buffer.from('patch');
    let store: ImageStore;

    beforeEach(async () => {
      store = storeAt(1, { images: 9, bytes: 9000 });
      await store.keep(image('a'), '1');
      await store.keep(image('b'), '2');
      await store.keep(image('c'), '2');
      await store.keep(target, '3');
    });

    it('is the one that the board names', async () => {
      for (const running of [
        { version: '1' },
        { sha256: digest(image('a')).toUpperCase() },
        { sha256: digest(image('a')), version: '2' },
      ]) {
        const choice = await chooseDelta(target, running, store, async (base, goal) => {
          assert.ok(image('a').equals(base) && goal === target);
          return await make();
        });
        assert.ok(choice.kind === 'delta' && image('a').equals(choice.base));
      }
    });

    const fallBacks: readonly [FullImageReason, RunningImage, () => Promise<Uint8Array>][] = [
      ['board-tells-nothing', {}, make],
      ['board-tells-nothing', { version: '' }, make],
      ['not-kept', { version: '9' }, make],
      ['not-kept', { sha256: digest(image('z')), version: '1' }, make],
      ['ambiguous-version', { version: '2' }, make],
      ['same-image', { version: '3' }, make],
      ['not-smaller', { version: '1' }, async () => image('p', 200)],
      [
        'not-made',
        { version: '1' },
        async () => Promise.reject(new SlipwayError('delta.failed', { reason: 'x' })),
      ],
    ];
    for (const [reason, running, maker] of fallBacks) {
      it(`is none, but for a full image: ${reason} (${JSON.stringify(running).slice(0, 30)})`, async () => {
        assert.deepEqual(await chooseDelta(target, running, store, maker), { kind: 'full', reason });
        assert.match(noPatchText(reason, false), /^The full image is sent: .+\.$/);
      });
    }

    it('is none when the user cancels', async () => {
      const cancel = async (): Promise<Uint8Array> => Promise.reject(new SlipwayError('cancelled', {}));
      await assert.rejects(chooseDelta(target, { version: '1' }, store, cancel), (error) =>
        SlipwayError.is(error, 'cancelled'),
      );
    });
  });
});
