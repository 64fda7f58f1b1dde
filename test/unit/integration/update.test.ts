import assert from 'node:assert/strict';
import { classIdOf, vendorIdOf } from '../../../src/manifest/uuid';
import type { UpdatePhase, UpdateRecord } from '../../../src/update/types';
import type { Faults } from '../../../src/board/faults';
import { Desk, type PackageWish, newKey } from './desk';

/** The state that a board shows: State, Update Result, Firmware Version. */
async function shown(desk: Desk, name = 'board'): Promise<readonly unknown[]> {
  const board = desk.server.board(name);
  await board.read('/5/0');
  await board.read('/3/0');
  return ['/5/0/3', '/5/0/5', '/3/0/3'].map((path) => board.values.get(path));
}

describe('An update of a virtual board', function () {
  this.timeout(60_000);
  let desk: Desk;
  beforeEach(async () => {
    // The board is the judge here: whatever is only doubtful goes to it.
    desk = await Desk.open({ confirm: () => Promise.resolve(true) });
  });
  afterEach(() => desk.dispose());

  for (const [how, open] of [
    ['a wire', () => desk.board()],
    ['UDP', () => desk.boardOverUdp()],
    ['UDP of IPv6', () => desk.boardOverUdp('::1')],
    ['CoAP over TCP', () => desk.boardOverTcp()],
    ['IPv4 on its line', () => desk.boardOverIp('10.0.0.2', '10.0.0.1')],
    ['IPv6 on its line', () => desk.boardOverIp('fe80::2', 'fe80::1')],
    [
      'a wire, with a goodbye before the reboot',
      () => desk.board({}, 'board', { deregistersOnReboot: true }),
    ],
  ] as const) {
    it(`ends in the new version over ${how}`, async () => {
      const board = await open();
      assert.deepEqual(await shown(desk), [0, 0, '1.0.0']);
      const phases: UpdatePhase[] = [];
      const pkg = await desk.package();
      const job = desk.updates.start(board, pkg);
      job.onDidProgress(({ phase }) => {
        if (phases.at(-1) !== phase) phases.push(phase);
      });
      const record = await job.finished;
      assert.deepEqual([record.outcome, record.error], ['succeeded', undefined]);
      assert.deepEqual(
        [record.fromVersion, record.toVersion, record.updateResult, record.bytes, record.sha256],
        ['1.0.0', '1.0.1', 1, pkg.bytes.length, pkg.sha256],
      );
      assert.deepEqual(phases, ['preflight', 'push', 'downloaded', 'apply', 'reboot', 'confirm', 'done']);
      assert.deepEqual(await shown(desk), [0, 1, '1.0.1']);
      assert.deepEqual(desk.history.records, [record]);
    });
  }

  it('goes on from one version to the next, and refuses to go back', async () => {
    const board = await desk.board();
    for (const [sequence, version] of [
      [1, '1.0.1'],
      [2, '1.0.2'],
    ] as const) {
      assert.equal((await desk.push(board, await desk.package({ sequence, version }))).outcome, 'succeeded');
    }
    const record = await desk.push(board, await desk.package({ sequence: 1, version: '1.0.1' }));
    assert.deepEqual([record.outcome, record.error?.code], ['failed', 'update.rejected']);
    assert.equal((await shown(desk))[2], '1.0.2');
  });

  it('gets through a bad line', async () => {
    const board = await desk.board({ impairments: { loss: 0.02, delayMs: { min: 0, max: 2 } }, seed: 3 });
    const record = await desk.push(board, await desk.package({ bytes: 15_000 }));
    assert.deepEqual([record.outcome, record.error], ['succeeded', undefined]);
  });

  for (const [what, faults] of [
    ['smaller blocks, with a hint', { tooLarge: { szx: 2, hint: true } }],
    ['smaller blocks, without a hint', { tooLarge: { szx: 4, hint: false } }],
    ['a pause in the middle', { busyAtBlock: { num: 2, times: 2 } }],
    ['to begin anew', { incompleteAtBlock: 3 }],
    ['no notifications', { loseNotifications: true }],
  ] as [string, Faults][]) {
    it(`succeeds with a board that wants ${what}`, async () => {
      const record = await desk.push(await desk.board(faults), await desk.package());
      assert.deepEqual([record.outcome, record.error], ['succeeded', undefined]);
    });
  }

  describe('is refused, and the old image stays,', () => {
    const cases: Readonly<Record<string, { wish: PackageWish; result: number }>> = {
      'for another key': { wish: { signer: newKey() }, result: 5 },
      'for another vendor': { wish: { vendorId: vendorIdOf('example.org') }, result: 6 },
      'for another class': { wish: { classId: classIdOf(vendorIdOf('example.com'), 'other') }, result: 6 },
    };
    for (const [name, { wish, result }] of Object.entries(cases)) {
      it(name, async () => {
        const board = await desk.board();
        const record = await desk.push(board, await desk.package(wish));
        assert.equal(record.outcome, 'failed');
        assert.deepEqual(record.error, {
          code: 'update.rejected',
          details: { board: 'board', result, phase: 'downloaded' },
        });
        assert.deepEqual(await shown(desk), [0, result, '1.0.0']);
        assert.equal((await desk.push(board, await desk.package())).outcome, 'succeeded');
      });
    }

    for (const downloadResult of [2, 3, 4, 5, 6, 7, 8, 9]) {
      it(`with result ${downloadResult} after the download`, async () => {
        const record = await desk.push(await desk.board({ downloadResult }), await desk.package());
        assert.deepEqual([record.outcome, record.error?.code], ['failed', 'update.rejected']);
        assert.equal(record.updateResult, downloadResult);
        assert.equal((await shown(desk))[2], '1.0.0');
      });
    }

    it('with result 8 to the Update', async () => {
      const record = await desk.push(await desk.board({ updateResult: 8 }), await desk.package());
      assert.deepEqual([record.outcome, record.error?.code], ['failed', 'update.rejected']);
      assert.equal(record.updateResult, 8);
      assert.equal((await shown(desk))[2], '1.0.0');
    });

    it('by the bootloader, because the new image does not confirm itself', async () => {
      const record = await desk.push(await desk.board({ rollsBack: true }), await desk.package());
      assert.equal(record.outcome, 'failed');
      assert.equal((await shown(desk))[2], '1.0.0');
    });
  });

  for (const num of [0, 3]) {
    it(`fails when the board resets at block ${num} each time, and leaves it as it was`, async () => {
      const board = await desk.board({ resetAtBlock: num });
      let boots = 0;
      desk.virtual.get('board')?.onDidBoot(() => boots++);
      const record = await desk.push(board, await desk.package());
      assert.deepEqual([record.outcome, record.error?.code], ['failed', 'update.board-lost']);
      assert.equal(boots, 4, 'after the push and its three retries');
      assert.equal((await shown(desk))[2], '1.0.0');
    });
  }

  it('is cancelled in the middle; the board is idle again and takes the next', async () => {
    const board = await desk.board();
    const job = desk.updates.start(board, await desk.package({ bytes: 300_000 }));
    job.onDidProgress(({ bytesSent }) => {
      if (bytesSent > 10_000) job.cancel();
    });
    const record = await job.finished;
    assert.deepEqual([record.outcome, record.phase], ['cancelled', 'push']);
    assert.equal((await desk.push(board, await desk.package())).outcome, 'succeeded');
  });

  it('is one per board, many at once', async () => {
    const boards = await Promise.all(['a', 'b', 'c'].map((name) => desk.board({}, name)));
    const pkg = await desk.package();
    const jobs = boards.map((board) => desk.updates.start(board, pkg));
    assert.throws(() => desk.updates.start(boards[0]!, pkg), { code: 'update.busy' });
    const records: UpdateRecord[] = await Promise.all(jobs.map(({ finished }) => finished));
    assert.deepEqual(
      records.map(({ outcome, board }) => `${board} ${outcome}`),
      ['a succeeded', 'b succeeded', 'c succeeded'],
    );
  });
});
