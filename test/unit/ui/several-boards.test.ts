import assert from 'node:assert/strict';
import { failureSummary, countsText } from '../../../src/ui/batch-wording';
import { boardNamesOf } from '../../../src/ui/node-argument';
import { inOrderOfChoice } from '../../../src/ui/order-of-choice';
import { panelBatch } from '../../../src/ui/panel-batch';
import { parseFromPanel } from '../../../src/ui/panel-protocol';
import { panelState } from '../../../src/ui/panel-state';
import { statusText } from '../../../src/ui/status-text';
import type { BatchCounts, BatchEntry, BatchState, UpdateBatch } from '../../../src/update/update-batch';
import type { UpdateJob } from '../../../src/update/types';
import { batchAnnouncement } from '../../../webview/announcements';
import { boardsSource, shownBoard, updateProgress, updateRecord } from './shown-board';

const noCounts: BatchCounts = { total: 0, waiting: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 };

type Shown = Pick<UpdateBatch, 'entries' | 'counts' | 'isOver' | 'package'>;

function batchOf(entries: readonly BatchEntry[], counts: Partial<BatchCounts> = {}): Shown {
  const all = { ...noCounts, total: entries.length, ...counts };
  const pkg = { name: 'app.suit', bytes: new Uint8Array(1), sha256: '' };
  return { entries, counts: all, isOver: all.waiting + all.running === 0, package: pkg };
}

const failure: BatchEntry = {
  board: 'd',
  state: 'failed',
  error: { code: 'lwm2m.offline', details: { board: 'd' } },
};
const pkg = { name: 'app.suit', bytes: new Uint8Array(2048), sha256: '' };
const job = { progress: updateProgress(), package: pkg } as unknown as UpdateJob;
const mixed: readonly BatchEntry[] = [
  { board: 'a', state: 'succeeded', job, record: updateRecord() },
  { board: 'b', state: 'running', job },
  { board: 'c', state: 'waiting' },
  failure,
  { board: 'e', state: 'cancelled' },
];

describe('several boards', () => {
  it('have a row each in the panel: phase, progress, result', () => {
    const counts = { waiting: 1, running: 1, succeeded: 1, failed: 1, cancelled: 1 };
    const { rows, ...batch } = panelBatch(batchOf(mixed, counts));
    assert.deepEqual(batch, {
      packageName: 'app.suit',
      running: true,
      total: 5,
      ended: 3,
      summary: '1 of 5 updated, 1 failed, 1 cancelled',
      hiddenRows: 0,
    });
    assert.deepEqual(
      rows.map(({ board, tone, open, phase, percent, result }) => [
        board,
        tone,
        open,
        phase,
        percent,
        result,
      ]),
      [
        ['a', 'good', false, 'Succeeded', 100, '1.0.1 · 13 s'],
        ['b', 'busy', true, 'Pushing', 43, '43 % · 11.2 kB/s'],
        ['c', 'neutral', true, 'Waiting', 0, ''],
        ['d', 'bad', false, 'Failed', 0, rows[3]?.result],
        ['e', 'warning', false, 'Cancelled', 0, ''],
      ],
    );
    assert.match(rows[3]?.result ?? '', /^d is offline\b/);
  });

  it('say what a patch saves, and why there is none', () => {
    const full = { ...pkg, bytes: new Uint8Array(65_536) };
    const patched = { ...job, package: { ...pkg, full, reducedBy: 'patch' } } as unknown as UpdateJob;
    const sizes = { bytes: 2048, fullBytes: 65_536, reducedBy: 'patch', savedMs: 5000 } as const;
    const { rows } = panelBatch(
      batchOf([
        { board: 'a', state: 'succeeded', job: patched, record: updateRecord(sizes) },
        { board: 'b', state: 'running', job: patched },
        { board: 'c', state: 'running', job, noPatch: { reason: 'refused', isCompressed: false } },
      ]),
    );
    assert.deepEqual(
      rows.map(({ result }) => result),
      [
        '1.0.1 · 13 s · a patch of 2.0 KiB instead of 64.0 KiB, 5 s saved',
        '43 % · 11.2 kB/s · a patch of 2.0 KiB instead of 64.0 KiB',
        '43 % · 11.2 kB/s · The full image is sent: the board refused the patch.',
      ],
    );
  });

  it('are shown as far as they matter, where there are thousands', () => {
    const state = (index: number): BatchState =>
      index === 4000 ? 'failed' : index === 3000 ? 'running' : index < 2000 ? 'succeeded' : 'waiting';
    const entries = Array.from({ length: 5000 }, (_, index): BatchEntry => ({
      board: `board-${index}`,
      state: state(index),
    }));
    const { rows, hiddenRows } = panelBatch(batchOf(entries, { waiting: 2998, running: 1 }));
    assert.deepEqual([rows.length, hiddenRows], [100, 4900]);
    const shown = rows.map(({ board }) => board);
    assert.deepEqual([shown[0], shown[98], shown[99]], ['board-2000', 'board-3000', 'board-4000']);
  });

  it('of a desk with thousands, the panel offers a hundred: those with a run first', () => {
    const boards = Array.from({ length: 5000 }, (_, index) => shownBoard({ name: `board-${index}` }));
    const runs = { get: (board: string) => (board === 'board-4999' ? { job, samples: [] } : undefined) };
    const withPackage = { ...job, package: { name: 'app.suit' } } as unknown as UpdateJob;
    const state = panelState(
      boardsSource({ boards }),
      { get: (board) => runs.get(board) && { job: withPackage, samples: [] } },
      [],
    );
    assert.deepEqual([state.boards.length, state.hiddenBoards], [100, 4900]);
    assert.equal(state.boards.at(-1)?.name, 'board-4999');
  });

  it('are counted in the status bar while they are updated, and when that is over', () => {
    const text = (counts: Partial<BatchCounts>): unknown => {
      const batch = batchOf([{ board: 'desk-1', state: 'running' }], counts);
      const { text, kind } = statusText(boardsSource({ boards: inView }), true, undefined, batch);
      return [text, kind];
    };
    let inView = [shownBoard({ name: 'desk-1' })];
    const running = { total: 10, succeeded: 2, running: 8 };
    assert.deepEqual(text(running), ['$(sync~spin) 2 of 10 updated', 'normal']);
    assert.deepEqual(text({ total: 10, succeeded: 10 }), ['$(check) 10 of 10 updated', 'normal']);
    assert.deepEqual(text({ total: 10, succeeded: 9, failed: 1 }), [
      '$(error) 9 of 10 updated, 1 failed',
      'error',
    ]);
    inView = [];
    assert.deepEqual(text(running), ['$(sync~spin) 2 of 10 updated', 'normal']);
    assert.deepEqual(text({ total: 10, succeeded: 10 }), ['$(plug) No board', 'normal'], 'all removed');
  });

  it('take no more of a tooltip than fits', () => {
    const boards = Array.from({ length: 10_000 }, (_, index) => shownBoard({ name: `board-${index}` }));
    const { tooltip } = statusText(boardsSource({ boards }), true, undefined);
    assert.equal(tooltip.split('\n').length, 21);
    assert.match(tooltip, /and 9980 more$/);
  });

  it('bring one message, only where one failed, and name which', () => {
    const ok: BatchEntry = { board: 'a', state: 'succeeded' };
    assert.equal(failureSummary([ok, { board: 'b', state: 'cancelled' }]), undefined);
    assert.equal(
      failureSummary([ok, failure])?.text,
      '1 of 2 boards was not updated: d. The panel says why.',
    );
    const ten = Array.from({ length: 10 }, (_, index): BatchEntry => ({ ...failure, board: `d${index}` }));
    assert.equal(
      failureSummary([ok, ...ten])?.text,
      '10 of 11 boards were not updated: d0, d1, d2, d3, d4, d5, d6, d7 and 2 more. The panel says why.',
    );
    assert.equal(countsText({ ...noCounts, total: 3, cancelled: 1 }), '0 of 3 updated, 1 cancelled');
  });

  it('come in the order in which they were ticked', () => {
    assert.deepEqual(inOrderOfChoice(['c', 'a'], ['a', 'b', 'c']), ['c', 'a', 'b']);
    assert.deepEqual(inOrderOfChoice(['c', 'a'], ['a']), ['a']);
  });

  it('are those selected in the tree, or the one that a command was called on', () => {
    const node = (board: string): unknown => ({ kind: 'board', board });
    assert.deepEqual(boardNamesOf(node('a'), [node('b'), node('a'), { kind: 'link', link: 'x' }]), [
      'b',
      'a',
    ]);
    assert.deepEqual(boardNamesOf(node('a'), undefined), ['a']);
    assert.deepEqual(boardNamesOf(undefined, undefined), []);
  });

  it('can all be cancelled from the page', () => {
    assert.deepEqual(parseFromPanel({ type: 'cancelAll' }), { type: 'cancelAll' });
  });

  it('are read out by the tenth, not by the board', () => {
    const at = (ended: number, total = 100): ReturnType<typeof panelBatch> => ({
      ...panelBatch(batchOf([], { total, succeeded: ended, running: total - ended })),
    });
    assert.equal(batchAnnouncement(at(1), at(9)), undefined);
    assert.equal(batchAnnouncement(at(9), at(10)), '10 of 100 updated');
    assert.equal(batchAnnouncement(at(98), at(100)), '100 of 100 updated');
    assert.equal(batchAnnouncement(at(1, 3), at(2, 3)), '2 of 3 updated');
    assert.equal(batchAnnouncement(undefined, at(2, 3)), undefined);
  });
});
