import assert from 'node:assert/strict';
import type { ByteRange } from '../../../../src/image/inspection';
import { largestRequest, parseFromInspector } from '../../../../src/ui/inspector-protocol';
import { ByteStore, pieceSize } from '../../../../webview/inspector/byte-store';
import {
  asciiText,
  byteText,
  isWithin,
  offsetDigits,
  offsetText,
  rangeText,
} from '../../../../webview/inspector/hex-text';

describe('the bytes that a page has', () => {
  it('are asked for in pieces, each once, and no further than the end', () => {
    const asked: ByteRange[] = [];
    const store = new ByteStore(pieceSize * 2 + 10, (range) => asked.push(range));
    store.want({ offset: pieceSize - 1, length: 2 });
    store.want({ offset: 5, length: 900 });
    assert.deepEqual(asked, [
      { offset: 0, length: pieceSize },
      { offset: pieceSize, length: pieceSize },
    ]);
    store.want({ offset: pieceSize * 2, length: 1_000_000 });
    assert.deepEqual(asked[2], { offset: pieceSize * 2, length: 10 });
    assert.equal(asked.length, 3);
    for (const { offset, length } of asked) {
      assert.ok(parseFromInspector({ type: 'bytes', revision: 1, offset, length }), 'the extension takes it');
    }
  });

  it('are there once they have come', () => {
    const store = new ByteStore(pieceSize + 4, () => undefined);
    assert.equal(store.at(pieceSize), undefined);
    store.add(pieceSize, Uint8Array.of(1, 2, 3, 4));
    assert.equal(store.at(pieceSize + 3), 4);
    assert.equal(store.at(pieceSize + 4), undefined);
    assert.equal(store.at(0), undefined);
  });

  it('are forgotten, the oldest first, when they become many, and asked for again', () => {
    const asked: number[] = [];
    const size = pieceSize * 300;
    const store = new ByteStore(size, ({ offset }) => asked.push(offset / pieceSize));
    for (let piece = 0; piece < 300; piece++) {
      store.want({ offset: piece * pieceSize, length: 1 });
      store.add(piece * pieceSize, new Uint8Array(pieceSize).fill(piece));
    }
    assert.equal(store.at(0), undefined);
    assert.equal(store.at(size - 1), 299 & 0xff);
    store.want({ offset: 0, length: 1 });
    assert.equal(asked.at(-1), 0);
  });
});

describe('the text of bytes', () => {
  it('is hexadecimal and ASCII', () => {
    assert.deepEqual([0, 0x4d, 255, undefined].map(byteText), ['00', '4d', 'ff', '··']);
    assert.deepEqual([0x20, 0x41, 0x7e, 0x7f, 0x1f, 0xe4, undefined].map(asciiText).join(''), ' A~····');
    assert.equal(offsetText(0x1c), '0x0001c');
    assert.deepEqual([0, 1, 0x100000, 0x100001, 0x2000000].map(offsetDigits), [5, 5, 5, 6, 7]);
    assert.equal(rangeText({ offset: 0, length: 32 }, 100), '0x00000–0x0001f, 32 bytes');
    assert.equal(rangeText({ offset: 9, length: 1 }, 100), '0x00009, 1 byte');
    assert.equal(rangeText({ offset: 9, length: 0 }, 100), '0x00009, 0 bytes');
  });

  it('belongs to a selection from its first byte to its last', () => {
    const within = [3, 4, 7, 8].map((offset) => isWithin({ offset: 4, length: 4 }, offset));
    assert.deepEqual(within, [false, true, true, false]);
    assert.equal(isWithin(undefined, 0), false);
  });
});

describe('messages of the inspector’s page', () => {
  it('are taken as they should be, and no others', () => {
    assert.deepEqual(parseFromInspector({ type: 'ready', more: 1 }), { type: 'ready' });
    assert.deepEqual(parseFromInspector({ type: 'openDefault' }), { type: 'openDefault' });
    const bytes = { type: 'bytes', revision: 1, offset: 0, length: 16 };
    assert.deepEqual(parseFromInspector(bytes), bytes);
    for (const wrong of [
      undefined,
      null,
      'ready',
      {},
      { type: 'run' },
      { ...bytes, offset: -1 },
      { ...bytes, length: 1.5 },
      { ...bytes, length: largestRequest + 1 },
      { ...bytes, revision: '1' },
      { ...bytes, offset: Number.NaN },
    ]) {
      assert.equal(parseFromInspector(wrong), undefined, JSON.stringify(wrong));
    }
  });
});
