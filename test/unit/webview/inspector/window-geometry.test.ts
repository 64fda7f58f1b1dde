import assert from 'node:assert/strict';
import {
  contentHeight,
  highestContent,
  type LongList,
  scrollTopFor,
  windowAt,
} from '../../../../webview/inspector/window-geometry';

/** 1 MB and 32 MiB, 16 bytes a row. */
const short: LongList = { count: 65_536, rowHeight: 20, viewHeight: 610 };
const long: LongList = { ...short, count: 2_097_152 };

describe('the window of a long list', () => {
  it('has the rows in view and no others, wherever it is scrolled to', () => {
    for (let scrollTop = 0; scrollTop < 5_000; scrollTop += 7) {
      const { first, count, top } = windowAt(short, scrollTop);
      assert.equal(top, first * 20);
      assert.ok(top <= scrollTop && scrollTop < top + 20);
      assert.ok(top + count * 20 >= scrollTop + short.viewHeight);
      assert.ok(count <= 33, `${count} rows`);
    }
  });

  it('begins with the first row and ends with the last, also where scrolling is scaled', () => {
    for (const list of [short, long]) {
      assert.equal(windowAt(list, 0).first, 0);
      const end = contentHeight(list) - list.viewHeight;
      const { first, count, top } = windowAt(list, end);
      assert.equal(first + count, list.count);
      assert.ok(
        Math.abs(top + count * 20 - contentHeight(list)) < 0.01,
        'the last row ends where the content does',
      );
    }
  });

  it('never makes the content higher than browsers lay out, and skips no row by that', () => {
    assert.equal(contentHeight(short), 65_536 * 20);
    assert.equal(contentHeight(long), highestContent);
    let next = 0;
    for (let scrollTop = 0; scrollTop < 2_000; scrollTop++) {
      const { first, count } = windowAt(long, scrollTop);
      assert.ok(first <= next, `row ${next} is never shown`);
      next = Math.max(next, first + count);
    }
  });

  it('holds what is out of bounds: a bounce above the top, a list that became shorter, an empty one', () => {
    assert.equal(windowAt(short, -80).first, 0);
    const few = { ...short, count: 3 };
    assert.deepEqual(windowAt(few, 900), { first: 0, count: 3, top: 0 });
    assert.deepEqual(windowAt({ ...short, count: 0 }, 0), { first: 0, count: 0, top: 0 });
    assert.deepEqual(windowAt({ ...short, rowHeight: 0 }, 0), { first: 0, count: 0, top: 0 });
  });

  it('scrolls to a row that is out of view, into the middle, and leaves one that is in view where it is', () => {
    assert.equal(scrollTopFor(short, 10, 100), 100);
    for (const list of [short, long]) {
      for (const row of [0, 1, 31, 4_711, list.count - 1]) {
        const scrollTop = scrollTopFor(list, row, 1_000_000);
        const { first, top } = windowAt(list, scrollTop);
        const y = top + (row - first) * list.rowHeight - scrollTop;
        assert.ok(y >= -0.01 && y + list.rowHeight <= list.viewHeight + 0.01, `row ${row} at ${y}`);
      }
    }
  });
});
