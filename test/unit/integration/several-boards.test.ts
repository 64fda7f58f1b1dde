import assert from 'node:assert/strict';
import { nullLog } from '../../../src/base/log';
import type { Faults } from '../../../src/board/faults';
import type { Board } from '../../../src/lwm2m/board';
import { LiveValues } from '../../../src/ui/live-values';
import { UpdateBatches } from '../../../src/update/update-batch';
import { until } from '../support/until';
import { Desk } from './desk';

const count = 60;

describe('An update of many virtual boards at once', function () {
  this.timeout(180_000);
  let desk: Desk;
  beforeEach(async () => {
    desk = await Desk.open();
  });
  afterEach(() => desk.dispose());

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
      const batches = new UpdateBatches(desk.updates);
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

  it('goes on past those that refuse, and records each by itself', async () => {
    const boards = await Promise.all([
      desk.board({}, 'good'),
      desk.board({ downloadResult: 5 }, 'bad'),
      desk.board({}, 'better'),
    ]);
    const batch = new UpdateBatches(desk.updates).start(boards, await desk.package(), 1);
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
      ['better', 'bad', 'good'],
    );
  });
});
