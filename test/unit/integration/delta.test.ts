import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '../../../src/base/clock';
import { SlipwayError } from '../../../src/base/errors';
import { nullLog } from '../../../src/base/log';
import { seededRandom } from '../../../src/base/random';
import { makeDelta } from '../../../src/image/delta/make-delta';
import { encodeAppInfo } from '../../../src/image/app-info';
import type { Board } from '../../../src/lwm2m/board';
import { readDeltaBase } from '../../../src/lwm2m/delta-base';
import type { StoredSigner } from '../../../src/manifest/stored-key';
import type { FullImageReason } from '../../../src/update/choose-delta';
import { createDeltaPackage, contentSignedBy, imageOf } from '../../../src/update/delta-package';
import { ImagePush } from '../../../src/update/image-push';
import { ImageStore } from '../../../src/update/image-store';
import type { UpdateJob, UpdatePackage, UpdateRecord } from '../../../src/update/types';
import { createPatch } from '../../../src/image/delta/create-patch';
import { firmwarePair } from '../image/delta/support';
import { Desk, newKey, storedSigner } from './desk';

const workerFile = resolve('test/unit/image/delta/worker.cjs');

function imageWith(version: string, body: Uint8Array): Buffer {
  return Buffer.concat([encodeAppInfo({ version, banner: `hello from ${version}` }), body]);
}

describe('patches over the wire', function () {
  this.timeout(60_000);
  const { base, target } = firmwarePair(seededRandom(5), 40_000);
  const [first, second] = [imageWith('1.0.1', base), imageWith('1.0.2', target)];
  let desk: Desk;
  let folder: string;
  let images: ImageStore;
  let signer: StoredSigner | undefined;
  let makePatch: (from: Uint8Array, to: Uint8Array, signal: AbortSignal) => Promise<Uint8Array>;

  beforeEach(async () => {
    desk = await Desk.open();
    folder = await mkdtemp(join(tmpdir(), 'slipway-images-'));
    images = new ImageStore(folder, systemClock, nullLog);
    signer = storedSigner(desk.signer);
    makePatch = (from, to, signal) => makeDelta(from, to, { workerFile, signal });
  });
  afterEach(async () => {
    desk.dispose();
    await rm(folder, { recursive: true });
  });

  interface Pushed {
    readonly record: UpdateRecord;
    readonly sent: readonly UpdatePackage[];
    readonly reasons: readonly FullImageReason[];
  }

  async function push(
    board: Board,
    pkg: UpdatePackage,
    signal = new AbortController().signal,
  ): Promise<Pushed> {
    const [sent, reasons]: [UpdatePackage[], FullImageReason[]] = [[], []];
    const pushes = new ImagePush({
      updates: desk.updates,
      images,
      makePatch: (from, to, abort) => makePatch(from, to, abort),
      log: nullLog,
    });
    const record = await pushes.run(board, pkg, {
      signal,
      signer: () => Promise.resolve(signer),
      onJob: (job: UpdateJob) => sent.push(job.package),
      onNoPatch: (reason) => reasons.push(reason),
    });
    return { record, sent, reasons };
  }

  it('go to a board whose image was pushed from here before, and save what they save', async () => {
    const board = await desk.board();
    const before = await push(board, await desk.package({ image: first, version: '1.0.1' }));
    assert.deepEqual(before.reasons, ['not-kept'], 'nobody has the image from the factory');
    assert.equal(before.record.fullBytes, undefined, 'random bytes are not compressed');
    assert.equal((await images.list())[0]?.version, '1.0.1');

    const full = await desk.package({ image: second, version: '1.0.2', sequence: 2 });
    const { record, sent, reasons } = await push(board, full);
    assert.deepEqual([record.outcome, record.toVersion, record.updateResult], ['succeeded', '1.0.2', 1]);
    assert.deepEqual(reasons, []);
    assert.equal(sent.length, 1);
    assert.equal(sent[0]?.full, full);
    assert.equal(record.bytes, sent[0]?.bytes.length);
    assert.equal(record.sequence, 2);
    assert.equal(record.fullBytes, full.bytes.length);
    assert.ok(record.bytes < full.bytes.length);
    assert.ok(record.savedMs! > 0);
    assert.equal(await readDeltaBase(board), createHash('sha256').update(second).digest('hex'));

    // From there on, too: what came as a patch is a base as well.
    const third = await desk.package({ image: imageWith('1.0.3', target), version: '1.0.3', sequence: 3 });
    const next = await push(board, third);
    assert.deepEqual([next.record.outcome, next.record.toVersion], ['succeeded', '1.0.3']);
    assert.ok(next.record.bytes < third.bytes.length / 10);
  });

  it('are of compressed images where nobody here has the one that the board runs', async () => {
    const board = await desk.board();
    const roomy = Buffer.concat([first, Buffer.alloc(20_000, 'a table that repeats itself; ')]);
    const full = await desk.package({ image: roomy, version: '1.0.1' });
    const { record, sent, reasons } = await push(board, full);
    assert.deepEqual(
      [record.outcome, record.toVersion, record.reducedBy, reasons],
      ['succeeded', '1.0.1', 'compression', ['not-kept']],
    );
    assert.equal(sent.length, 1);
    assert.equal(record.fullBytes, full.bytes.length);
    assert.ok(record.bytes < full.bytes.length - 19_000);
    assert.equal(await readDeltaBase(board), createHash('sha256').update(roomy).digest('hex'));
    // And is a base from now on.
    const next = await push(board, await desk.package({ image: second, version: '1.0.2', sequence: 2 }));
    assert.deepEqual([next.record.outcome, next.record.reducedBy], ['succeeded', 'patch']);
  });

  it('survive a reboot of the board', async () => {
    const board = await desk.board();
    await push(board, await desk.package({ image: first, version: '1.0.1' }));
    await push(board, await desk.package({ image: second, version: '1.0.2', sequence: 2 }));
    const { id } = board.registration;
    await board.execute('/3/0/4');
    await board.whenRegistered(id);
    assert.equal(await board.readResource('/3/0/3'), '1.0.2');
  });

  it('are not for boards that do not ask for them, of which nothing is said', async () => {
    const board = await desk.board({}, 'plain', { takesPatches: false });
    await push(board, await desk.package({ image: first, version: '1.0.1' }));
    const { record, reasons, sent } = await push(
      board,
      await desk.package({ image: second, version: '1.0.2', sequence: 2 }),
    );
    assert.deepEqual([record.outcome, reasons, sent[0]?.full], ['succeeded', [], undefined]);
  });

  const reasons: readonly [FullImageReason, () => void][] = [
    ['no-signer', () => (signer = undefined)],
    ['no-signer', () => (signer = storedSigner(newKey()))],
    ['not-made', () => (makePatch = () => Promise.reject(new SlipwayError('delta.failed', { reason: 'x' })))],
    ['not-made', () => (makePatch = () => Promise.reject(new Error('disk full')))],
    ['not-made', () => (makePatch = () => Promise.resolve(createPatch(first, first)))],
    ['not-smaller', () => (makePatch = () => Promise.resolve(second))],
  ];
  for (const [index, [reason, arrange]] of reasons.entries()) {
    it(`give way to the full image: ${reason} (${index})`, async () => {
      const board = await desk.board();
      await push(board, await desk.package({ image: first, version: '1.0.1' }));
      arrange();
      const full = await desk.package({ image: second, version: '1.0.2', sequence: 2 });
      const pushed = await push(board, full);
      assert.deepEqual(pushed.reasons, [reason]);
      assert.deepEqual(pushed.sent, [full]);
      assert.deepEqual([pushed.record.outcome, pushed.record.toVersion], ['succeeded', '1.0.2']);
    });
  }

  it('give way to the full image where the board refuses them', async () => {
    const board = await desk.board({ refusesPatches: true });
    await push(board, await desk.package({ image: first, version: '1.0.1' }));
    const full = await desk.package({ image: second, version: '1.0.2', sequence: 2 });
    const { record, sent, reasons: said } = await push(board, full);
    assert.deepEqual(said, ['refused']);
    assert.deepEqual(
      sent.map((pkg) => pkg === full),
      [false, true],
    );
    assert.deepEqual([record.outcome, record.toVersion], ['succeeded', '1.0.2']);
  });

  it('for another image are refused with Update Result 8, and leave the board as it is', async () => {
    const board = await desk.board();
    const full = await desk.package({ image: second, version: '1.0.2', sequence: 2 });
    const content = contentSignedBy(full, signer!)!;
    const patch = { base: first, bytes: createPatch(first, second) };
    const record = await desk.push(board, await createDeltaPackage(full, content, patch, signer!));
    assert.deepEqual(record.error, {
      code: 'update.rejected',
      details: { board: 'board', result: 8, phase: 'downloaded' },
    });
    assert.equal(await board.readResource('/5/0/3'), 0);
    assert.equal(await board.readResource('/3/0/3'), '1.0.0');
  });

  it('end with the user’s cancel while they are made', async () => {
    const board = await desk.board();
    await push(board, await desk.package({ image: first, version: '1.0.1' }));
    const abort = new AbortController();
    makePatch = (from, to, signal) => {
      abort.abort();
      return makeDelta(from, to, { workerFile, signal });
    };
    const full = await desk.package({ image: second, version: '1.0.2', sequence: 2 });
    await assert.rejects(push(board, full, abort.signal), { code: 'cancelled' });
    assert.equal(desk.history.records.length, 1, 'no run began');
  });

  it('are of the one image of a package', async () => {
    assert.deepEqual(Buffer.from(imageOf(await desk.package({ image: first }))!), first);
    assert.equal(contentSignedBy(await desk.package({ image: first }), storedSigner(newKey())), undefined);
  });
});
