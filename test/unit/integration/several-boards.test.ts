import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '../../../src/base/clock';
import { nullLog } from '../../../src/base/log';
import { seededRandom } from '../../../src/base/random';
import type { Faults } from '../../../src/board/faults';
import { encodeAppInfo } from '../../../src/image/app-info';
import { makeDelta } from '../../../src/image/delta/make-delta';
import type { Board } from '../../../src/lwm2m/board';
import { LiveValues } from '../../../src/ui/live-values';
import { panelBatch } from '../../../src/ui/panel-batch';
import { ImagePush } from '../../../src/update/image-push';
import { ImageStore } from '../../../src/update/image-store';
import { UpdateBatches } from '../../../src/update/update-batch';
import { until } from '../support/until';
import { firmwarePair } from '../image/delta/support';
import { Desk, storedSigner } from './desk';

const count = 60;
const newCounts = { total: 4, waiting: 0, running: 0, succeeded: 4, failed: 0, cancelled: 0 };

describe('An update of many virtual boards at once', function () {
  this.timeout(180_000);
  let desk: Desk;
  let folder: string;
  let images: ImageStore;
  let patches: number;
  let pushes: ImagePush;
  beforeEach(async () => {
    desk = await Desk.open();
    folder = await mkdtemp(join(tmpdir(), 'slipway-several-'));
    patches = 0;
    images = new ImageStore(folder, systemClock, nullLog);
    pushes = new ImagePush({
      updates: desk.updates,
      images,
      makePatch: async (base, target, signal) => {
        patches++;
        return await makeDelta(base, target, {
          workerFile: resolve('test/unit/image/delta/worker.cjs'),
          signal,
        });
      },
      log: nullLog,
    });
  });
  afterEach(async () => {
    desk.dispose();
    await rm(folder, { recursive: true });
  });

  const newBatches = (): UpdateBatches =>
    new UpdateBatches(() => pushes.several(() => Promise.resolve(storedSigner(desk.signer))));

  /** Each on a wire of its own that loses datagrams; every third sends no notification at all. */
  async function powerOn(): Promise<Board[]> {
    return await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const losses: Faults = { impairments: { loss: 0.01 }, seed: 1000 + index };
        const faults = isSilent(index) ? { ...losses, loseNotifications: true } : losses;
        return await desk.board(faults, `board-${index}`);
      }),
    );
  }

  const isSilent = (index: number): boolean => index % 3 === 0;

  it('brings each of them to the new version, and observes it again after its reboot', async () => {
    const values = new LiveValues(desk.server, nullLog);
    try {
      const boards = await powerOn();
      const batches = newBatches();
      const batch = batches.start(boards, await desk.package({ bytes: 2000 }), 32);
      const entries = await batch.finished;
      assert.deepEqual(
        entries
          .filter(({ state }) => state !== 'succeeded')
          .map(({ board, error, record }) => ({ board, error, phase: record?.phase })),
        [],
      );
      assert.equal(new Set(desk.history.records.map(({ board }) => board)).size, count);

      // The reboot ended every observation on the board. Its next state comes by a notification, since nobody reads.
      const next = await desk.package({ sequence: 2, version: '1.0.2' });
      const loud = boards.filter((_, index) => !isSilent(index));
      for (const board of loud) {
        await until(() => board.values.get('/5/0/5') === 1, `the result of ${board.endpoint}`, 60_000);
      }
      // Where the last answer gets lost, the push fails on a board that has all of it: its state counts.
      await Promise.allSettled(loud.map((board) => board.push('/5/0/0', next.bytes)));
      for (const board of loud) {
        await until(() => board.values.get('/5/0/3') === 2, `a notification of ${board.endpoint}`, 60_000);
      }
    } finally {
      values.dispose();
    }
  });

  it('sends each its patch, made once for all that run the same image, and names the others', async () => {
    const { base, target } = firmwarePair(seededRandom(6), 30_000);
    const image = (version: string, body: Uint8Array): Buffer =>
      Buffer.concat([encodeAppInfo({ version, banner: version }), body]);
    const boards = await Promise.all(['a', 'b', 'c', 'd'].map((name) => desk.board({}, name)));
    const known = boards.slice(0, 3);
    const first = await desk.package({ image: image('1.0.1', base), version: '1.0.1' });
    await newBatches().start(known, first, 0).finished;
    assert.equal((await images.list()).length, 1);

    patches = 0;
    const second = await desk.package({ image: image('1.0.2', target), version: '1.0.2', sequence: 2 });
    const entries = await newBatches().start(boards, second, 0).finished;
    assert.deepEqual(
      entries.map(({ board, state, record, noPatch }) => [board, state, record?.reducedBy, noPatch?.reason]),
      [
        ['a', 'succeeded', 'patch', undefined],
        ['b', 'succeeded', 'patch', undefined],
        ['c', 'succeeded', 'patch', undefined],
        ['d', 'succeeded', undefined, 'not-kept'],
      ],
    );
    // One from the image that three of them run, and one from nothing: whether it is worth to compress.
    assert.equal(patches, 2);
    const [a, , , d] = panelBatch({ entries, counts: newCounts, isOver: true, package: second }).rows;
    assert.match(a!.result, /^1\.0\.2 · .* a patch of .* instead of 2\d\.\d KiB.* saved$/);
    assert.match(d!.result, /The full image is sent: the image that the board runs was not pushed from here/);
  });

  it('goes on past those that refuse, and records each by itself', async () => {
    const boards = await Promise.all([
      desk.board({}, 'good'),
      desk.board({ downloadResult: 5 }, 'bad'),
      desk.board({}, 'better'),
    ]);
    const batch = newBatches().start(boards, await desk.package(), 1);
    const entries = await batch.finished;
    assert.deepEqual(
      entries.map(({ board, state, record }) => [board, state, record?.outcome]),
      [
        ['good', 'succeeded', 'succeeded'],
        ['bad', 'failed', 'failed'],
        ['better', 'succeeded', 'succeeded'],
      ],
    );
    assert.deepEqual(
      desk.history.records.map(({ board }) => board),
      // What was compressed for it, and then all of it.
      ['better', 'bad', 'bad', 'good'],
    );
  });
});
