import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import type { Board } from '../../../src/lwm2m/board';
import { UpdateBatch, UpdateBatches } from '../../../src/update/update-batch';
import type { PushOne } from '../../../src/update/image-push';
import type { UpdateJob, UpdatePackage, UpdateRecord } from '../../../src/update/types';
import { settle } from '../support/fake-clock';
import { someRecord } from './records';

const pkg: UpdatePackage = { name: 'app.suit', bytes: new Uint8Array(1000), sha256: '00'.repeat(32) };

function boardsNamed(...names: readonly string[]): Board[] {
  return names.map((endpoint) => ({ endpoint }) as Board);
}

/** A service whose runs end when the test says so. */
class FakeService {
  readonly started: string[] = [];
  readonly packages = new Set<Uint8Array>();
  readonly refuses = new Map<string, Error>();
  private readonly ends = new Map<string, (record: UpdateRecord) => void>();

  readonly push: PushOne = async (board, { bytes }, { onJob, signal }) => {
    const { endpoint } = board;
    const refusal = this.refuses.get(endpoint);
    if (refusal) throw refusal;
    this.started.push(endpoint);
    this.packages.add(bytes);
    const finished = new Promise<UpdateRecord>((resolve) => this.ends.set(endpoint, resolve));
    signal.addEventListener('abort', () => void this.end(endpoint, { outcome: 'cancelled' }));
    onJob({ id: endpoint, board: endpoint, finished } as unknown as UpdateJob);
    return await finished;
  };

  async end(board: string, some: Partial<UpdateRecord> = {}): Promise<void> {
    this.ends.get(board)?.(someRecord({ id: board, board, ...some }));
    await settle();
  }
}

describe('An update of several boards', () => {
  let service: FakeService;
  beforeEach(() => (service = new FakeService()));

  const states = (batch: UpdateBatch): string =>
    batch.entries.map(({ board, state }) => `${board} ${state}`).join(', ');

  it('runs so many at a time, in the order given, on one buffer', async () => {
    const batch = new UpdateBatch(service.push, boardsNamed('c', 'a', 'b', 'a', 'd'), pkg, 2).start();
    assert.equal(states(batch), 'c running, a running, b waiting, d waiting');
    await service.end('a');
    assert.equal(states(batch), 'c running, a succeeded, b running, d waiting');
    assert.deepEqual(batch.counts, {
      total: 4,
      waiting: 1,
      running: 2,
      succeeded: 1,
      failed: 0,
      cancelled: 0,
    });
    for (const board of ['c', 'b', 'd']) await service.end(board);
    const entries = await batch.finished;
    assert.deepEqual(service.started, ['c', 'a', 'b', 'd']);
    assert.deepEqual([...service.packages], [pkg.bytes]);
    assert.deepEqual(
      entries.map(({ record }) => record?.id),
      ['c', 'a', 'b', 'd'],
    );
    assert.equal(batch.isOver, true);
  });

  it('runs all at once with a limit of 0', () => {
    new UpdateBatch(service.push, boardsNamed('a', 'b', 'c'), pkg, 0).start();
    assert.deepEqual(service.started, ['a', 'b', 'c']);
  });

  it('goes on past boards that fail, and past those that can’t be begun with', async () => {
    service.refuses.set('b', new SlipwayError('lwm2m.offline', { board: 'b' }));
    const batch = new UpdateBatch(service.push, boardsNamed('a', 'b', 'c'), pkg, 1).start();
    const error = { code: 'update.board-lost', details: {} } as const;
    await service.end('a', { outcome: 'failed', error });
    await service.end('c');
    const entries = await batch.finished;
    assert.equal(states(batch), 'a failed, b failed, c succeeded');
    assert.deepEqual(
      entries.map((entry) => [entry.error?.code, entry.record?.id]),
      [
        ['update.board-lost', 'a'],
        ['lwm2m.offline', undefined],
        [undefined, 'c'],
      ],
    );
  });

  it('is over at once where no board can be begun with', async () => {
    service.refuses.set('a', new SlipwayError('update.busy', { board: 'a' }));
    const [entry] = await new UpdateBatch(service.push, boardsNamed('a'), pkg, 8).start().finished;
    assert.equal(entry?.error?.code, 'update.busy');
  });

  it('cancels one that runs, one that waits, and all', async () => {
    const batch = new UpdateBatch(service.push, boardsNamed('a', 'b', 'c', 'd', 'e'), pkg, 2).start();
    batch.cancel('c');
    batch.cancel('a');
    batch.cancel('nobody');
    await settle();
    assert.equal(states(batch), 'a cancelled, b running, c cancelled, d running, e waiting');
    batch.cancelAll();
    await batch.finished;
    assert.deepEqual(service.started, ['a', 'b', 'd']);
    assert.equal(batch.counts.cancelled, 5);
  });

  it('fires thrice for each board, and holds to its limit with a thousand', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `board-${index}`);
    const batch = new UpdateBatch(service.push, boardsNamed(...names), pkg, 8);
    let fired = 0;
    let most = 0;
    batch.onDidChange(({ board, state }) => {
      fired++;
      most = Math.max(most, batch.counts.running);
      if (state === 'running') queueMicrotask(() => void service.end(board));
    });
    batch.start();
    await batch.finished;
    assert.deepEqual([fired, most, service.started], [3000, 8, names]);
  });

  it('is one at a time, so that its limit holds', async () => {
    const batches = new UpdateBatches(() => service.push);
    const seen: boolean[] = [];
    batches.onDidChange(({ isOver }) => seen.push(isOver));
    assert.throws(() => batches.start([], pkg, 8), { code: 'lwm2m.no-board' });
    batches.start(boardsNamed('a', 'b'), pkg, 1);
    assert.throws(() => batches.start(boardsNamed('c'), pkg, 8), {
      code: 'update.batch-busy',
      details: { boards: 2, left: 2 },
    });
    await service.end('a');
    await service.end('b');
    assert.deepEqual(seen, [false, false, false, false, false, true]);
    assert.equal(batches.toTell('b'), batches.latest);
    assert.equal(batches.toTell('of another run'), undefined);
    assert.equal(batches.toTell(undefined), undefined);
    const next = batches.start(boardsNamed('c', 'd'), pkg, 1);
    assert.equal(batches.toTell(undefined), next);
    batches.dispose();
    await next.finished;
    assert.equal(states(next), 'c cancelled, d cancelled');
    // One of them has no record, since it was never begun with.
    assert.equal(batches.toTell(undefined), undefined);
    assert.equal(batches.latest, next);
  });
});
