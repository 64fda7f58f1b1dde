import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import { decodeMessage, optionOf } from '../../../src/coap/message';
import { decodeBlock } from '../../../src/coap/options';
import { MemoryLink } from '../../../src/link/memory-link';
import type { Board } from '../../../src/lwm2m/board';
import type { UpdateJob, UpdatePhase } from '../../../src/update/types';
import { until } from '../support/until';
import { Desk } from './desk';

/** What an observer of the run sees. */
function follow(job: UpdateJob): { readonly phases: UpdatePhase[]; readonly setBacks: number[] } {
  const seen = { phases: [] as UpdatePhase[], setBacks: [] as number[] };
  let sent = 0;
  job.onDidProgress(({ phase, bytesSent }) => {
    if (seen.phases.at(-1) !== phase) seen.phases.push(phase);
    if (bytesSent < sent) seen.setBacks.push(bytesSent);
    sent = bytesSent;
  });
  return seen;
}

/** The host's end of a board's cable: `release` pulls it out, `retake` plugs it in. */
function cableOf(board: Board): MemoryLink {
  const { link } = board;
  assert.ok(link instanceof MemoryLink);
  return link;
}

/** Pulls the cable out once so many bytes are over, and waits until the run has noticed. */
async function unplugAt(job: UpdateJob, board: Board, bytes: number): Promise<void> {
  // At once: over a wire of memory the rest would be through before a look at it.
  await new Promise<void>((resolve) => {
    const watching = job.onDidProgress(({ bytesSent }) => {
      if (bytesSent < bytes) return;
      watching.dispose();
      void cableOf(board).release().then(resolve);
    });
  });
  await until(() => job.progress.phase === 'interruption', 'the wait for the board', 30_000);
}

describe('An interrupted update', function () {
  this.timeout(60_000);
  let desk: Desk;
  afterEach(() => desk.dispose());

  it('goes on where it stopped when the cable comes back', async () => {
    desk = await Desk.open({ retries: 0 });
    const board = await desk.board();
    const job = desk.updates.start(board, await desk.package({ bytes: 300_000 }));
    const seen = follow(job);
    await unplugAt(job, board, 50_000);
    assert.throws(() => desk.updates.start(board, job.package), { code: 'update.busy' });
    const again = unplugAt(job, board, 150_000);
    cableOf(board).retake();
    await again;
    cableOf(board).retake();
    const record = await job.finished;
    assert.deepEqual([record.outcome, record.error], ['succeeded', undefined]);
    assert.deepEqual(seen.setBacks, []);
    assert.deepEqual(
      seen.phases.filter((phase) => phase === 'interruption' || phase === 'preflight'),
      ['preflight', 'interruption', 'interruption'],
    );
  });

  it('goes on where the board answers nothing else as long as it has half a package', async () => {
    desk = await Desk.open({ retries: 0 });
    const board = await desk.board();
    const job = desk.updates.start(board, await desk.package({ bytes: 100_000 }));
    const seen = follow(job);
    await unplugAt(job, board, 50_000);
    const readResource = board.readResource.bind(board);
    board.readResource = async (path, options) => {
      if (job.progress.phase !== 'interruption') return await readResource(path, options);
      throw new SlipwayError('coap.response', { code: '5.03', method: 'GET', path });
    };
    cableOf(board).retake();
    const record = await job.finished;
    assert.deepEqual([record.outcome, record.error], ['succeeded', undefined]);
    assert.deepEqual(seen.setBacks, []);
  });

  it('starts over when what the board put together is damaged, and only where it was interrupted', async () => {
    desk = await Desk.open();
    const board = await desk.board();
    const cable = cableOf(board);
    const pkg = await desk.package({ bytes: 100_000 });
    /** Changes the last block of the next package. */
    const damageNext = (): void => {
      const sending = cable.send.bind(cable);
      cable.send = async (data, peer) => {
        const block = optionOf(decodeMessage(data), 'Block1');
        const isLast = block !== undefined && decodeBlock(block)?.more === false;
        if (isLast) cable.send = sending;
        const changed = Uint8Array.from(data);
        if (isLast) changed[changed.length - 1]! ^= 1;
        await sending(changed, peer);
      };
    };
    damageNext();
    const whole = await desk.push(board, pkg);
    assert.deepEqual([whole.outcome, whole.updateResult], ['failed', 5], 'nothing to blame but the package');

    damageNext();
    const job = desk.updates.start(board, pkg);
    const seen = follow(job);
    await unplugAt(job, board, 50_000);
    cable.retake();
    const record = await job.finished;
    assert.deepEqual([record.outcome, record.toVersion, record.error], ['succeeded', '1.0.1', undefined]);
    assert.deepEqual(seen.setBacks, [0]);
  });

  it('starts over when the board restarted', async () => {
    desk = await Desk.open();
    const board = await desk.board({ resetAtBlock: 3, resetTimes: 2 });
    const job = desk.updates.start(board, await desk.package({ bytes: 20_000 }));
    const seen = follow(job);
    const record = await job.finished;
    assert.deepEqual([record.outcome, record.toVersion, record.error], ['succeeded', '1.0.1', undefined]);
    assert.deepEqual(seen.setBacks, [0, 0]);
  });

  it('ends when the board restarts more often than the limit lets it', async () => {
    desk = await Desk.open({ retries: 1 });
    const board = await desk.board({ resetAtBlock: 3, resetTimes: 2 });
    const record = await desk.push(board, await desk.package({ bytes: 20_000 }));
    assert.deepEqual([record.outcome, record.phase], ['failed', 'push']);
    assert.equal(record.error?.code, 'update.board-lost');
    assert.equal((await desk.push(board, await desk.package())).outcome, 'succeeded');
  });

  it('fails without a wait where it may neither wait nor start over', async () => {
    desk = await Desk.open({ retries: 0, timeouts: { interruption: 0 } });
    const board = await desk.board({ resetAtBlock: 3, resetTimes: 1 });
    const job = desk.updates.start(board, await desk.package({ bytes: 20_000 }));
    const seen = follow(job);
    const record = await job.finished;
    assert.deepEqual([record.outcome, record.error?.code], ['failed', 'update.board-lost']);
    assert.ok(!seen.phases.includes('interruption'));
  });

  it('ends when the board stays away for longer than it waits', async () => {
    desk = await Desk.open({ timeouts: { interruption: 50 } });
    const board = await desk.board();
    const job = desk.updates.start(board, await desk.package({ bytes: 100_000 }));
    await unplugAt(job, board, 20_000);
    const record = await job.finished;
    assert.deepEqual([record.outcome, record.phase], ['failed', 'push']);
    const details = record.error?.details as { readonly phase: string; readonly bytesSent: number };
    assert.deepEqual([record.error?.code, details.phase], ['update.board-lost', 'push']);
    assert.ok(details.bytesSent >= 20_000);
    cableOf(board).retake();
    assert.equal((await desk.push(board, await desk.package())).outcome, 'succeeded');
  });

  it('can be cancelled while it waits', async () => {
    desk = await Desk.open();
    const board = await desk.board();
    const job = desk.updates.start(board, await desk.package({ bytes: 100_000 }));
    await unplugAt(job, board, 20_000);
    job.cancel();
    const record = await job.finished;
    assert.deepEqual([record.outcome, record.phase], ['cancelled', 'push']);
    cableOf(board).retake();
    assert.equal((await desk.push(board, await desk.package())).outcome, 'succeeded');
  });

  it('is no failure when the board finished behind the cut cable', async () => {
    desk = await Desk.open({ retries: 0 });
    const board = await desk.board();
    const cable = cableOf(board);
    const pkg = await desk.package({ bytes: 20_000 });
    const job = desk.updates.start(board, pkg);
    const seen = follow(job);
    // The last block still goes out; what the board says to it is lost.
    const sending = cable.send.bind(cable);
    cable.send = async (data, peer) => {
      await sending(data, peer);
      const block = optionOf(decodeMessage(data), 'Block1');
      if (!block || decodeBlock(block)?.more !== false) return;
      cable.send = sending;
      await cable.release();
    };
    await until(() => job.progress.phase === 'interruption', 'the wait for the board', 30_000);
    cable.retake();
    const record = await job.finished;
    assert.deepEqual([record.outcome, record.error], ['succeeded', undefined]);
    assert.deepEqual(seen.setBacks, []);
  });
});
