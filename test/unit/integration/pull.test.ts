import assert from 'node:assert/strict';
import type { UpdatePhase, UpdateProgress } from '../../../src/update/types';
import { until } from '../support/until';
import { Desk } from './desk';

describe('An update that the board fetches', function () {
  this.timeout(60_000);
  let desk: Desk;
  afterEach(() => desk.dispose());

  for (const [how, open, scheme] of [
    ['a line', () => desk.board(), /^coap:\/\/desk\/p\//],
    ['UDP', () => desk.boardOverUdp(), /^coap:\/\/127\.0\.0\.1:\d+\/p\//],
    ['UDP of IPv6', () => desk.boardOverUdp('::1'), /^coap:\/\/\[::1\]:\d+\/p\//],
    ['CoAP over TCP', () => desk.boardOverTcp(), /^coap\+tcp:\/\/127\.0\.0\.1:\d+\/p\//],
    ['IPv4 on its line', () => desk.boardOverIp('10.0.0.2', '10.0.0.1'), /^coap:\/\/10\.0\.0\.1\/p\//],
    ['IPv6 on its line', () => desk.boardOverIp('fe80::2', 'fe80::1'), /^coap:\/\/\[fe80::1\]\/p\//],
  ] as const) {
    it(`ends in the new version over ${how}, with progress`, async () => {
      desk = await Desk.open({ delivery: 'pull' });
      const board = await open();
      await board.observe('/5/0/1');
      const uris: unknown[] = [];
      board.onDidChange(() => uris.push(board.values.get('/5/0/1')));
      const pkg = await desk.package({ bytes: 20_000 });
      const job = desk.updates.start(board, pkg);
      const seen: UpdateProgress[] = [];
      job.onDidProgress((progress) => seen.push(progress));
      const record = await job.finished;
      assert.deepEqual([record.outcome, record.error, record.toVersion], ['succeeded', undefined, '1.0.1']);
      const phases = seen.map(({ phase }) => phase).filter((phase, at, all) => phase !== all[at - 1]);
      const expected: UpdatePhase[] = ['preflight', 'pull', 'apply', 'reboot', 'confirm', 'done'];
      assert.deepEqual(phases, expected);
      const sent = seen.filter(({ phase }) => phase === 'pull').map(({ bytesSent }) => bytesSent);
      assert.equal(sent.at(-1), pkg.bytes.length);
      assert.ok(new Set(sent).size > 2, 'in steps');
      const uri = uris.find((value): value is string => typeof value === 'string' && value !== '');
      assert.match(uri ?? '', scheme);
      assert.equal(desk.packages.find(`/p/${uri?.split('/p/')[1] ?? ''}`), undefined, 'taken back');
    });
  }

  it('may go by HTTP, where the board knows nothing else', async () => {
    desk = await Desk.open({ delivery: 'pull', http: true });
    const board = await desk.boardOverUdp('127.0.0.1', { protocols: [2] });
    const record = await desk.push(board, await desk.package({ bytes: 50_000 }));
    assert.deepEqual([record.outcome, record.error], ['succeeded', undefined]);
  });

  it('is what a board gets that only pulls', async () => {
    desk = await Desk.open();
    const record = await desk.push(await desk.board({ delivery: 0 }), await desk.package());
    assert.deepEqual([record.outcome, record.error], ['succeeded', undefined]);
  });

  it('is refused before anything is sent where board and user disagree', async () => {
    desk = await Desk.open({ delivery: 'pull' });
    const pushOnly = await desk.push(await desk.board({ delivery: 1 }, 'a'), await desk.package());
    assert.deepEqual(pushOnly.error, { code: 'update.pull-unsupported', details: { board: 'a' } });
    const secure = await desk.push(await desk.board({ protocols: [1] }, 'b'), await desk.package());
    assert.deepEqual(secure.error, { code: 'update.no-protocol', details: { board: 'b', protocols: [1] } });
  });

  it('fails with the result of the board', async () => {
    desk = await Desk.open({ delivery: 'pull' });
    const record = await desk.push(await desk.board({ downloadResult: 5 }), await desk.package());
    assert.deepEqual(record.error, {
      code: 'update.rejected',
      details: { board: 'board', result: 5, phase: 'pull' },
    });
  });

  it('is cancelled in the middle; the board takes the next', async () => {
    desk = await Desk.open({ delivery: 'pull' });
    const board = await desk.board();
    const job = desk.updates.start(board, await desk.package({ bytes: 300_000 }));
    job.onDidProgress(({ bytesSent }) => {
      if (bytesSent > 10_000) job.cancel();
    });
    const record = await job.finished;
    assert.deepEqual([record.outcome, record.phase], ['cancelled', 'pull']);
    assert.equal(await board.readResource('/5/0/3'), 0);
    assert.equal((await desk.push(board, await desk.package())).outcome, 'succeeded');
  });

  it('gets through a bad line', async () => {
    desk = await Desk.open({ delivery: 'pull' });
    const board = await desk.board({ impairments: { loss: 0.02 }, seed: 5 });
    const record = await desk.push(board, await desk.package({ bytes: 15_000 }));
    assert.deepEqual([record.outcome, record.error], ['succeeded', undefined]);
  });

  it('is of many boards at once', async () => {
    desk = await Desk.open({ delivery: 'pull' });
    const boards = await Promise.all(
      Array.from({ length: 8 }, (_, index) => desk.board({}, `board-${index}`)),
    );
    const pkg = await desk.package();
    const records = await Promise.all(boards.map((board) => desk.push(board, pkg)));
    assert.ok(records.every(({ outcome }) => outcome === 'succeeded'));
  });
});

describe('An update that the board puts off', function () {
  this.timeout(60_000);
  let desk: Desk;
  afterEach(() => desk.dispose());

  it('goes on when the board is ready', async () => {
    desk = await Desk.open();
    const job = desk.updates.start(await desk.board({ deferMs: 200 }), await desk.package());
    const phases: UpdatePhase[] = [];
    job.onDidProgress(({ phase }) => {
      if (phases.at(-1) !== phase) phases.push(phase);
    });
    assert.equal((await job.finished).outcome, 'succeeded');
    assert.ok(phases.includes('deferred'), phases.join());
  });

  it('is given up after the board’s Maximum Defer Period, which it keeps its package for', async () => {
    desk = await Desk.open();
    const board = await desk.board({ updateResult: 11 });
    await board.write('/5/0/13', 1);
    const record = await desk.push(board, await desk.package());
    assert.deepEqual([record.error?.code, record.phase], ['update.phase-timeout', 'deferred']);
    assert.equal(await board.readResource('/5/0/3'), 2);
  });

  it('can be cancelled meanwhile', async () => {
    desk = await Desk.open();
    const board = await desk.board({ updateResult: 11 });
    const job = desk.updates.start(board, await desk.package());
    await until(() => job.progress.phase === 'deferred', 'the deferral');
    job.cancel();
    assert.equal((await job.finished).outcome, 'cancelled');
    assert.deepEqual([await board.readResource('/5/0/3'), await board.readResource('/5/0/5')], [0, 10]);
  });

  it('was told its Severity', async () => {
    desk = await Desk.open({ severity: 0 });
    const board = await desk.board({ updateResult: 8 });
    await board.observe('/5/0/11');
    const told: unknown[] = [];
    board.onDidChange(() => told.push(board.values.get('/5/0/11')));
    await desk.push(board, await desk.package());
    // The virtual board is mandatory by itself, and keeps nothing across the reboot: it was asked before.
    assert.ok(told.includes(0), told.join());
  });
});
