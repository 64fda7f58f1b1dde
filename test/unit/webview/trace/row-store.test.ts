import assert from 'node:assert/strict';
import type { TraceRow } from '../../../../src/ui/trace-protocol';
import { RowStore, fits } from '../../../../webview/trace/row-store';
import { countText } from '../../../../webview/trace/words';

const row = (seq: number, more: Partial<TraceRow> = {}): TraceRow => ({
  ...{
    seq,
    time: 0,
    sent: true,
    board: 'a',
    type: 'CON',
    code: 'PUT',
    about: '/5/0/0',
    size: 10,
    tone: 'plain',
  },
  ...more,
});
const seqs = (store: RowStore): number[] => store.rows.map(({ seq }) => seq);

describe('The rows of the trace’s page', () => {
  it('come behind one another, fit the filter, and go when the extension lets them go', () => {
    const store = new RowStore();
    store.take([row(0), row(1, { board: 'b' }), row(2)], 0, true);
    store.setFilter({ board: 'a' });
    assert.deepEqual([seqs(store), store.boards, store.total], [[0, 2], ['a', 'b'], 3]);
    store.take([row(3), row(4, { board: 'b' })], 1, false);
    assert.deepEqual([seqs(store), store.total], [[2, 3], 4]);
    store.setFilter({ text: '/3' });
    assert.deepEqual(seqs(store), []);
    store.setFilter({});
    assert.deepEqual([store.indexOf(3), store.indexOf(0), store.indexOf(undefined)], [2, -1, -1]);
  });

  it('stand still while paused, and lose nothing', () => {
    const store = new RowStore();
    store.take([row(0)], 0, true);
    store.setPaused(true);
    store.take([row(1), row(2)], 1, false);
    assert.deepEqual([seqs(store), store.waitingCount, store.paused], [[0], 2, true]);
    store.setPaused(false);
    assert.deepEqual([seqs(store), store.waitingCount], [[0, 1, 2], 0]);
    store.take([row(3)], 1, false);
    assert.deepEqual(seqs(store), [1, 2, 3]);
    store.setPaused(true);
    store.take([], 9, true);
    assert.deepEqual([seqs(store), store.total], [[], 0]);
  });

  it('are found by every word, in any case', () => {
    const about = row(0, { about: '/5/0/0 · Block1 3…', code: '2.31 Continue' });
    assert.ok(fits(about, { text: 'block1 CONT' }));
    assert.ok(fits(about, { text: '' }) && fits(about, {}));
    assert.ok(!fits(about, { text: 'block1 4.04' }));
    assert.ok(!fits(about, { board: 'b', text: 'block1' }));
  });

  it('are counted', () => {
    assert.equal(countText(1, 1, 0, 0), '1 message');
    assert.equal(countText(5, 5, 0, 0), '5 messages');
    assert.equal(countText(2, 5, 7, 40), '2 of 5 messages, 7 more since the pause, 40 being read');
  });
});
