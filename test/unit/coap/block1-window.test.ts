import assert from 'node:assert/strict';
import {
  DEFAULT_WINDOW_LIMITS as limits,
  STOP_AND_WAIT,
  type Window,
  afterFirst,
  afterLoss,
  closed,
  keptPace,
  openingWindow,
  withOneInFlight,
} from '../../../src/coap/block1-window';

/** Sizes of the window while `count` blocks are answered in their turn. */
function sizes(window: Window, szx: number, count: number, wasLineIdle = true): number[] {
  const seen: number[] = [];
  for (let answer = 0; answer < count; answer++) {
    window = keptPace(window, szx, wasLineIdle, limits);
    seen.push(window.size);
  }
  return seen;
}

const ready = afterFirst(openingWindow(), limits);

describe('the window of a push', () => {
  it('opens by one block whenever the line was idle at three answers, up to four', () => {
    assert.deepEqual(sizes(ready, 4, 11), [1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
  });

  it('takes twelve answers for more than 2 KiB in flight', () => {
    const seen = sizes(ready, 6, 40);
    assert.equal(seen.indexOf(2), 2);
    assert.equal(seen.indexOf(3), 2 + 12);
    assert.equal(seen.indexOf(4), 2 + 24);
    assert.equal(Math.max(...seen), 4);
  });

  it('stays where it is while the line is full', () => {
    assert.deepEqual(sizes(ready, 4, 5, false), [1, 1, 1, 1, 1]);
    const two = { ...ready, size: 2 };
    assert.deepEqual(sizes(two, 6, 20, false), Array(20).fill(2));
  });

  it('takes up what the board kept pace with before once block 0 is answered', () => {
    const window = openingWindow(4);
    assert.equal(window.size, 1);
    assert.equal(afterFirst(window, limits).size, 4);
    assert.equal(afterFirst(openingWindow(9), limits).size, 4);
    assert.equal(afterFirst(window, STOP_AND_WAIT).size, 1);
  });

  it('is one for ever where it was closed', () => {
    for (const window of [openingWindow(0), closed({ ...ready, size: 4 })]) {
      assert.equal(window.isClosed, true);
      assert.equal(afterFirst(window, limits).size, 1);
      assert.deepEqual(sizes(window, 2, 30), Array(30).fill(1));
    }
  });

  it('closes at the second loss, and begins anew at the first', () => {
    const once = afterLoss({ ...ready, size: 4, proven: 4, kept: 2 }, limits);
    assert.deepEqual(once, { size: 1, proven: 1, kept: 0, losses: 1, isClosed: false });
    assert.deepEqual(sizes(afterFirst(once, limits), 4, 3), [1, 1, 2]);
    assert.equal(afterLoss(once, limits).isClosed, true);
  });

  it('is one again after a start from block 0, whatever was proven', () => {
    assert.equal(afterFirst(withOneInFlight({ ...ready, size: 3, proven: 4 }), limits).size, 1);
  });
});
