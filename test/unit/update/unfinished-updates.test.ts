import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nullLog } from '../../../src/base/log';
import type { Board } from '../../../src/lwm2m/board';
import { finishedMeanwhile } from '../../../src/update/finished-meanwhile';
import { toUpdatePackage } from '../../../src/update/package-file';
import type { UpdatePackage } from '../../../src/update/types';
import { UnfinishedUpdates } from '../../../src/update/unfinished-updates';
import { FakeClock } from '../support/fake-clock';
import { Desk } from '../integration/desk';

describe('updates that the end of the editor cuts short', () => {
  let folder: string;
  let clock: FakeClock;
  let desk: Desk;
  let pkg: UpdatePackage;

  before(async () => {
    desk = await Desk.open();
    pkg = toUpdatePackage('app.suit', (await desk.package({ version: '1.0.1' })).bytes);
  });
  after(() => desk.dispose());
  beforeEach(async () => {
    clock = new FakeClock();
    folder = join(await mkdtemp(join(tmpdir(), 'slipway-unfinished-')), 'unfinished');
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true }));

  const boardOf = (endpoint: string, version?: string): Pick<Board, 'endpoint' | 'values'> => ({
    endpoint,
    values: new Map(version === undefined ? [] : [['/3/0/3', version]]),
  });

  const open = (): Promise<UnfinishedUpdates> => UnfinishedUpdates.open(folder, clock, nullLog);

  it('are there at the next start, once, each for its board', async () => {
    const before = await open();
    assert.equal(await before.take('desk/1'), undefined);
    before.keep(boardOf('desk/1', '1.0.0'), pkg);
    before.keep(boardOf('desk/2'), pkg);
    before.forget('desk/2');
    before.dispose();
    before.forget('desk/1');
    await before.flush();

    const after = await open();
    assert.equal(await after.take('desk/2'), undefined, 'it ended by itself');
    assert.deepEqual(await after.take('desk/1'), { package: pkg, ranVersion: '1.0.0' });
    assert.equal(await after.take('desk/1'), undefined);
    assert.equal((await readdir(folder)).length, 1, 'another end before it is gone on with');
    after.forget('desk/1');
    await after.flush();
    assert.deepEqual(await readdir(folder), []);
  });

  it('are not those that began after the start', async () => {
    const updates = await open();
    updates.keep(boardOf('desk'), pkg);
    await updates.flush();
    assert.equal(await updates.take('desk'), undefined, 'a board that registers anew during its update');
    updates.forget('desk');
    await updates.flush();
    assert.deepEqual(await readdir(folder), []);
  });

  it('are left alone when they are from long ago', async () => {
    const before = await open();
    before.keep(boardOf('desk'), pkg);
    before.dispose();
    await before.flush();
    await clock.advance(60 * 60 * 1000 + 1);
    const after = await open();
    assert.equal(await after.take('desk'), undefined);
    assert.deepEqual(await readdir(folder), []);
  });

  it('are none where the file is damaged', async () => {
    const before = await open();
    before.keep(boardOf('desk'), pkg);
    before.dispose();
    await before.flush();
    const [name] = await readdir(folder);
    const file = join(folder, name!);
    const content = await readFile(file);
    for (const damaged of ['', 'noise', '{}\n', 'null\n', content.subarray(0, content.indexOf('\n') + 9)]) {
      await writeFile(file, damaged);
      assert.equal(await (await open()).take('desk'), undefined);
    }
  });

  it('are finished where the board runs the very image, whatever its version', async () => {
    const board = await desk.board();
    const image = Buffer.from('the same version, and another image');
    const other = await desk.package({ image, version: '1.0.0' });
    const { signal } = new AbortController();
    assert.equal(await finishedMeanwhile(board, { package: other, ranVersion: '0.9.0' }, signal), false);
    assert.equal((await desk.push(board, other)).outcome, 'succeeded');
    assert.equal(await finishedMeanwhile(board, { package: other }, signal), true);
  });

  it('are finished by a version that the board did not run before, where it tells no digest', async () => {
    const board = await desk.board({}, 'plain', { takesPatches: false });
    const { signal } = new AbortController();
    const finished = (version: string, ranVersion?: string): Promise<boolean> =>
      finishedMeanwhile(
        board,
        { package: { ...pkg, version }, ...(ranVersion !== undefined && { ranVersion }) },
        signal,
      );
    assert.equal(await finished('1.0.0', '0.9.0'), true);
    assert.equal(await finished('1.0.0', '1.0.0'), false, 'the same version may be another image');
    assert.equal(await finished('1.0.0'), false, 'nothing is known of before');
    assert.equal(await finished('1.0.1', '1.0.0'), false);
  });

  it('cost nothing where nothing can be written', async () => {
    await writeFile(folder, 'a file');
    const updates = await open();
    updates.keep(boardOf('desk'), pkg);
    updates.forget('desk');
    await updates.flush();
  });
});
