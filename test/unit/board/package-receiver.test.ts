import assert from 'node:assert/strict';
import type { Faults } from '../../../src/board/faults';
import { PackageReceiver } from '../../../src/board/package-receiver';
import type { BlockReply, IncomingBlock } from '../../../src/coap/endpoint';
import { seeded } from '../manifest/support';
import { block, blocksOf, bytes, push } from './blocks';

class Receiving {
  readonly events: string[] = [];
  content: Uint8Array | undefined;
  readonly receiver: PackageReceiver;

  constructor(capacity = 1000, faults: Faults = {}) {
    this.receiver = new PackageReceiver(
      capacity,
      {
        started: () => this.events.push('started'),
        completed: (content) => {
          this.events.push('completed');
          this.content = content;
        },
        overflowed: () => this.events.push('overflowed'),
        powerLost: (forGood) => this.events.push(forGood ? 'gone' : 'power lost'),
      },
      faults,
    );
  }

  readonly receive = (part: IncomingBlock): BlockReply | undefined => this.receiver.receive(part);

  /** The code of the answer to one part of 16 bytes, or of the size that `szx` says. */
  part(num: number, wish: { szx?: number; more?: boolean; length?: number } = {}): string | undefined {
    const { szx = 0, more = true } = wish;
    const length = wish.length ?? 2 ** (szx + 4);
    const offset = num * 2 ** (szx + 4);
    return this.receive(block({ num, szx, more, payload: bytes(2000).subarray(offset, offset + length) }))
      ?.code;
  }
}

describe('PackageReceiver', () => {
  it('puts blocks together in order', () => {
    const board = new Receiving();
    assert.deepEqual(push(board.receive, bytes(40)), ['2.31', '2.31', '2.04']);
    assert.deepEqual(board.events, ['started', 'completed']);
    assert.deepEqual(board.content, bytes(40));
  });

  it('takes packages of every length, at every block size', () => {
    for (const szx of [0, 1, 2, 6]) {
      const size = 2 ** (szx + 4);
      for (const length of [1, size - 1, size, size + 1, 3 * size, 3 * size + 5]) {
        const board = new Receiving(4 * size);
        const codes = push(board.receive, bytes(length), szx);
        assert.equal(codes.at(-1), '2.04');
        assert.ok(codes.slice(0, -1).every((code) => code === '2.31'));
        assert.deepEqual(board.content, bytes(length), `${length} bytes, szx ${szx}`);
      }
    }
  });

  it('takes a last block once more without putting it in twice', () => {
    const board = new Receiving();
    assert.deepEqual(
      [0, 1, 1, 2, 2].map((num) => board.part(num)),
      Array(5).fill('2.31'),
    );
    assert.equal(board.part(3, { more: false, length: 3 }), '2.04');
    assert.deepEqual(board.content, bytes(51));
  });

  it('answers 4.08 to a gap and keeps what is there', () => {
    const board = new Receiving();
    assert.deepEqual(
      [0, 2, 5, 1].map((num) => board.part(num)),
      ['2.31', '4.08', '4.08', '2.31'],
    );
    assert.equal(board.part(2, { more: false }), '2.04');
    assert.deepEqual(board.content, bytes(48));
  });

  it('answers 4.08 to a block from further back, and to one that comes before any', () => {
    const board = new Receiving();
    assert.equal(board.part(1), '4.08');
    assert.deepEqual(board.events, []);
    for (const num of [0, 1, 2]) board.part(num);
    assert.equal(board.part(1), '4.08');
    assert.equal(board.part(3, { more: false }), '2.04');
    assert.deepEqual(board.content, bytes(64));
  });

  it('answers 4.08 to whatever comes after the last block', () => {
    const board = new Receiving();
    push(board.receive, bytes(40));
    assert.equal(board.part(3), '4.08');
    assert.equal(board.part(2, { more: false, length: 8 }), '4.08');
    assert.deepEqual(board.events, ['started', 'completed']);
  });

  it('starts anew at block 0', () => {
    const board = new Receiving();
    for (const num of [0, 1, 2]) board.part(num);
    assert.deepEqual(push(board.receive, bytes(20).reverse()), ['2.31', '2.04']);
    assert.deepEqual(board.events, ['started', 'started', 'completed']);
    assert.deepEqual(board.content, bytes(20).reverse());
  });

  it('goes on in smaller blocks in the middle', () => {
    const board = new Receiving();
    assert.equal(board.part(0, { szx: 2 }), '2.31');
    assert.equal(board.part(4, { szx: 0 }), '2.31');
    assert.equal(board.part(5, { szx: 0 }), '2.31');
    assert.equal(board.part(3, { szx: 1, more: false }), '2.04');
    assert.deepEqual(board.content, bytes(128));
  });

  it('does not mistake the number of a smaller block for that of a larger one', () => {
    const board = new Receiving();
    board.part(0, { szx: 2 });
    assert.equal(board.part(1, { szx: 0 }), '4.08');
    assert.equal(board.part(4, { szx: 0, more: false }), '2.04');
  });

  it('refuses blocks that are not as long as they say', () => {
    const board = new Receiving();
    assert.equal(board.part(0, { length: 15 }), '4.00');
    assert.equal(board.part(0, { length: 17, more: false }), '4.00');
    assert.equal(board.part(0, { length: 0 }), '4.00');
    assert.deepEqual(board.events, []);
    board.part(0);
    assert.equal(board.part(1, { length: 8 }), '4.00');
    assert.equal(board.part(1, { more: false, length: 8 }), '2.04');
    assert.deepEqual(board.content, bytes(24));
  });

  it('takes a package that fills it to the last byte', () => {
    const board = new Receiving(48);
    assert.deepEqual(push(board.receive, bytes(48)), ['2.31', '2.31', '2.04']);
  });

  it('answers 4.13 to one byte more, and forgets the package', () => {
    const board = new Receiving(47);
    assert.deepEqual(push(board.receive, bytes(48)), ['2.31', '2.31', '4.13']);
    assert.deepEqual(board.events, ['started', 'overflowed']);
    assert.equal(board.part(2, { more: false, length: 8 }), '4.08');
    assert.deepEqual(push(board.receive, bytes(20)), ['2.31', '2.04']);
  });

  it('answers 4.13 at once to a Size1 that is too large, and takes one that fits', () => {
    const board = new Receiving(47);
    const [first] = blocksOf(bytes(40));
    const reply = board.receive({ ...first!, size1: 48 });
    assert.deepEqual([reply?.code, reply?.szx], ['4.13', undefined]);
    assert.equal(Buffer.from(reply?.payload ?? []).toString(), 'room for 47 bytes');
    assert.deepEqual(board.events, ['started', 'overflowed']);
    assert.equal(board.receive({ ...first!, size1: 47 })?.code, '2.31');
  });

  it('does not believe a Size1: neither too much nor too little', () => {
    for (const size1 of [0, 1, 900, 0xffff_fff0]) {
      const board = new Receiving(0xffff);
      const parts = blocksOf(bytes(300)).map((part) => ({ ...part, size1: size1 > 0xffff ? 900 : size1 }));
      assert.equal(parts.map((part) => board.receive(part)?.code).at(-1), '2.04');
      assert.deepEqual(board.content, bytes(300));
    }
    assert.equal(new Receiving().receive({ ...blocksOf(bytes(300))[0]!, size1: 0xffff_fff0 })?.code, '4.13');
  });

  it('forgets what came when told so', () => {
    const board = new Receiving();
    board.part(0);
    board.receiver.discard();
    assert.equal(board.part(1), '4.08');
  });

  it('comes to the same bytes whatever is repeated, dropped or cut smaller on the way', () => {
    const seed = 20260101;
    const random = seeded(seed);
    for (let round = 0; round < 200; round++) {
      const content = bytes(1 + Math.floor(random() * 600));
      const board = new Receiving();
      let [offset, szx] = [0, Math.floor(random() * 4)];
      for (;;) {
        if (offset > 0 && szx > 0 && random() < 0.2) szx--;
        const size = 2 ** (szx + 4);
        const part = block({
          num: offset / size,
          szx,
          payload: content.subarray(offset, offset + size),
          more: offset + size < content.length,
        });
        if (random() < 0.2) {
          const gap = board.receive({
            ...part,
            num: part.num + 2,
            offset: offset + 2 * size,
            payload: bytes(size),
          });
          assert.equal(gap?.code, '4.08', `seed ${seed}, round ${round}`);
        }
        const { code } = board.receive(part)!;
        if (!part.more) {
          assert.equal(code, '2.04', `seed ${seed}, round ${round}`);
          break;
        }
        assert.equal(code, '2.31', `seed ${seed}, round ${round}`);
        if (random() < 0.2) assert.equal(board.receive(part)?.code, '2.31');
        offset += size;
      }
      assert.deepEqual(board.content, content, `seed ${seed}, round ${round}`);
    }
  });

  describe('with a fault', () => {
    it('loses power at a block, without an answer', () => {
      for (const [faults, event] of [
        [{ resetAtBlock: 1 }, 'power lost'],
        [{ vanishAtBlock: 1 }, 'gone'],
      ] as const) {
        const board = new Receiving(1000, faults);
        assert.deepEqual([board.part(0), board.part(1)], ['2.31', undefined]);
        assert.deepEqual(board.events, ['started', event]);
      }
    });

    it('wants smaller blocks, with the size or without', () => {
      for (const hint of [true, false]) {
        const board = new Receiving(1000, { tooLarge: { szx: 1, hint } });
        const reply = board.receive(block({ num: 0, szx: 2, more: true, payload: bytes(64) }));
        assert.deepEqual(reply, hint ? { code: '4.13', szx: 1 } : { code: '4.13' });
        assert.deepEqual(push(board.receive, bytes(40), 1), ['2.31', '2.04']);
        assert.deepEqual(board.content, bytes(40));
      }
    });

    it('is busy at one block, as often as it was told', () => {
      const board = new Receiving(1000, { busyAtBlock: { num: 1, times: 2 } });
      board.part(0);
      assert.deepEqual(board.receive(blocksOf(bytes(48))[1]!), { code: '5.03', maxAge: 1 });
      assert.deepEqual([board.part(1), board.part(1)], ['5.03', '2.31']);
      assert.equal(board.part(2, { more: false }), '2.04');
      assert.deepEqual(board.content, bytes(48));
    });

    it('loses what came, once', () => {
      const board = new Receiving(1000, { incompleteAtBlock: 2 });
      assert.deepEqual(
        [0, 1, 2, 2].map((num) => board.part(num)),
        ['2.31', '2.31', '4.08', '4.08'],
      );
      assert.deepEqual(push(board.receive, bytes(48)), ['2.31', '2.31', '2.04']);
    });
  });
});
