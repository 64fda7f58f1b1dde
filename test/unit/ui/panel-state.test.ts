import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import { panelState } from '../../../src/ui/panel-state';
import type { LoggedRun } from '../../../src/ui/run-log';
import type { UpdateJob, UpdateProgress, UpdateRecord } from '../../../src/update/types';
import { boardsSource, shownBoard, updateProgress, updateRecord } from './shown-board';

function run(progress: UpdateProgress, record?: UpdateRecord): { get(): LoggedRun } {
  const job = {
    id: 'run-1',
    board: 'desk-1',
    package: { name: 'firmware.suit', bytes: new Uint8Array(), sha256: '' },
    progress,
  } as unknown as UpdateJob;
  return { get: () => ({ job, samples: [[0, 11_200]], ...(record && { record }) }) };
}

const none = { get: () => undefined };

describe('the state of the panel', () => {
  it('has every board with its state machine and what can be done', () => {
    const boards = [
      shownBoard({ name: 'desk-10', online: false }),
      shownBoard({ name: 'desk-2', values: { '/3/0/3': '1.0.0', '/5/0/3': 2 } }),
      shownBoard({ name: 'udp', kind: 'udp', link: 'udp://x', objects: { 3: [0] } }),
    ];
    const state = panelState(boardsSource({ boards }), none, []);
    assert.deepEqual(
      state.boards.map(({ name, description, state, actions }) => ({ name, description, state, actions })),
      [
        {
          name: 'desk-2',
          description: 'online · 1.0.0 · /dev/ttyUSB0',
          state: 2,
          actions: ['ship', 'push', 'reset', 'console'],
        },
        { name: 'desk-10', description: 'offline · /dev/ttyUSB0', state: undefined, actions: ['console'] },
        { name: 'udp', description: 'online · udp://x', state: undefined, actions: [] },
      ],
    );
    assert.deepEqual(state.boards[0]?.machine, [
      { state: 0, name: 'Idle' },
      { state: 1, name: 'Downloading' },
      { state: 2, name: 'Downloaded' },
      { state: 3, name: 'Updating' },
    ]);
  });

  it('tells a result that the board brought along, with its remedy', () => {
    const news = (result: number): unknown =>
      panelState(boardsSource({ boards: [shownBoard({ values: { '/5/0/5': result } })] }), none, []).boards[0]
        ?.news;
    assert.equal(news(0), undefined);
    assert.deepEqual(news(1), { tone: 'good', text: 'Firmware updated successfully' });
    assert.deepEqual(news(2), {
      tone: 'bad',
      text: 'Not enough flash memory for the package',
      remedy: 'Make the image smaller or the update slot larger.',
    });
  });

  it('shows a run under way', () => {
    const progress = updateProgress({ remainingMs: 12_000, retransmissions: 1 });
    const source = boardsSource({ boards: [shownBoard()], progress: { 'desk-1': progress } });
    const [board] = panelState(source, run(progress), []).boards;
    assert.deepEqual(board?.actions, ['cancel', 'console']);
    assert.deepEqual(board?.news, { tone: 'busy', text: 'Pushing' });
    assert.deepEqual(board?.update, {
      id: 'run-1',
      running: true,
      packageName: 'firmware.suit',
      phase: 'Pushing',
      percent: 43,
      progressText: '43 % · 11.2 kB/s · 12 s left',
      figures: '430 bytes of 1000 bytes, 1 retransmission',
      samples: [[0, 11_200]],
    });
  });

  it('has every check before the push, passed or not', () => {
    const error = new SlipwayError('update.downgrade', {
      board: 'desk-1',
      version: '1.0.0',
      running: '2.0.0',
    });
    const progress = updateProgress({
      checks: [
        { rule: 'object', verdict: 'passed' },
        { rule: 'version', verdict: 'warning', ofPackage: '1.0.0', ofBoard: '2.0.0', error },
        { rule: 'key', verdict: 'unknown', ofPackage: 'ab'.repeat(32) },
      ],
    });
    const source = boardsSource({ boards: [shownBoard()], progress: { 'desk-1': progress } });
    const { checks = [] } = panelState(source, run(progress), []).boards[0]!;
    assert.deepEqual(
      checks.map(({ title, tone, verdict }) => [title, tone, verdict]),
      [
        ['Firmware Update', 'good', 'passed'],
        ['Version', 'warning', 'warning'],
        ['Key', 'neutral', 'unknown'],
      ],
    );
    assert.match(checks[1]?.explanation ?? '', /runs 2\.0\.0/);
    assert.match(checks[1]?.remedy ?? '', /anyway/);
    assert.equal(panelState(source, run(updateProgress()), []).boards[0]?.checks, undefined);
  });

  it('tells how well a push uses the line', () => {
    const figures = (more: Partial<UpdateProgress>): string | undefined => {
      const progress = updateProgress(more);
      const source = boardsSource({ boards: [shownBoard()], progress: { 'desk-1': progress } });
      return panelState(source, run(progress), []).boards[0]?.update?.figures;
    };
    const before = '430 bytes of 1000 bytes, 0 retransmissions';
    assert.equal(figures({ window: 1 }), `${before}, one block at a time`);
    assert.equal(
      figures({ window: 2, lineUse: 0.967 }),
      `${before}, 2 blocks in flight, 97 % of the line rate`,
    );
    assert.equal(figures({ window: 2, lineUse: 0, bytesPerSecond: 0 }), `${before}, 2 blocks in flight`);
    assert.equal(figures({ phase: 'downloaded', window: 2, lineUse: 0.967 }), before);
  });

  it('keeps the last run with how it ended', () => {
    const done = updateProgress({ phase: 'done', bytesSent: 1000 });
    const source = boardsSource({ boards: [shownBoard()] });
    const [good] = panelState(source, run(done, updateRecord()), []).boards;
    assert.deepEqual(good?.news, { tone: 'good', text: 'Firmware updated successfully. It runs 1.0.1.' });
    assert.deepEqual([good?.update?.running, good?.update?.phase], [false, 'Succeeded']);
    assert.equal(good?.update?.progressText, '13 s in all');

    const error = {
      code: 'update.rejected',
      details: { board: 'desk-1', result: 5, phase: 'downloaded' },
    } as const;
    const [bad] = panelState(source, run(done, updateRecord({ outcome: 'failed', error })), []).boards;
    assert.equal(bad?.news?.tone, 'bad');
    assert.match(bad?.news?.remedy ?? '', /public key/);

    const [cancelled] = panelState(source, run(done, updateRecord({ outcome: 'cancelled' })), []).boards;
    assert.deepEqual(cancelled?.news, { tone: 'warning', text: 'Cancelled' });
  });

  it('has the history in words', () => {
    const { toVersion: _, fromVersion: __, bytesPerSecond: ___, ...bare } = updateRecord({ id: 'bare' });
    const error = {
      code: 'update.board-lost',
      details: { board: 'desk-1', phase: 'push', bytesSent: 9 },
    } as const;
    const { history } = panelState(boardsSource(), none, [
      updateRecord(),
      { ...bare, outcome: 'failed', error },
      { ...bare, outcome: 'interrupted' },
    ]);
    assert.deepEqual(history[0], {
      id: 'run-1',
      startedAt: '2026-05-04T12:00:00.000Z',
      board: 'desk-1',
      package: 'firmware.suit',
      versions: '1.0.0 → 1.0.1',
      size: '64.6 KiB',
      duration: '13 s',
      rate: '5.5 kB/s',
      retransmissions: 0,
      sha256: 'ab'.repeat(32),
      outcome: 'Succeeded',
      tone: 'good',
    });
    assert.deepEqual([history[1]?.versions, history[1]?.rate, history[1]?.tone], ['?', '–', 'bad']);
    assert.match(history[1]?.reason ?? '', /desk-1/);
    assert.deepEqual(
      [history[2]?.outcome, history[2]?.tone, history[2]?.reason],
      ['Interrupted', 'warning', undefined],
    );
  });

  it('tells in the history what was done with software', () => {
    const { fromVersion: _from, bytesPerSecond: _rate, ...record } = updateRecord();
    const records = [
      { ...record, kind: 'deliver', instances: [1], packageName: 'rows.txt', toVersion: '2.0', bytes: 4096 },
      {
        ...record,
        kind: 'activate',
        instances: [1],
        packageName: 'rows',
        fromVersion: '2.0',
        toVersion: '2.0',
        bytes: 0,
      },
    ] as const;
    const { history } = panelState(boardsSource(), none, records);
    assert.deepEqual(
      history.map((row) => [row.package, row.versions, row.size, row.tone]),
      [
        ['Deliver: rows.txt (/9/1)', '2.0', '4.0 KiB', 'good'],
        ['Activate: rows (/9/1)', '2.0', '', 'good'],
      ],
    );
  });

  it('sends the page a hundred runs and says how many more there are', () => {
    const records = Array.from({ length: 130 }, (_item, index) => updateRecord({ id: `run-${index}` }));
    const { history, olderRecords } = panelState(boardsSource(), none, records);
    assert.deepEqual([history.length, history[0]?.id, olderRecords], [100, 'run-0', 30]);
  });
});
