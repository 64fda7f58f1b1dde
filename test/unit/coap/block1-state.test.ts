import assert from 'node:assert/strict';
import { initialState, step } from '../../../src/coap/block1-state';
import {
  DEFAULT_LIMITS,
  type Step,
  type TransferAction,
  type TransferEvent,
} from '../../../src/coap/block1-transfer';
import { openingWindow } from '../../../src/coap/block1-window';

const serial = { ...DEFAULT_LIMITS, isOrdered: true };

/** Applies events in turn, to a push to a board that kept pace with three blocks; gives the last step. */
function run(total: number, szx: number, limits: typeof DEFAULT_LIMITS, ...events: TransferEvent[]): Step {
  let last: Step = { state: initialState(total, szx, openingWindow(3)), actions: [] };
  for (const event of events) last = step(last.state, event, limits);
  return last;
}

/** `#id num` of sends, the type of anything else. */
function shown(actions: readonly TransferAction[]): string[] {
  return actions.map((action) =>
    action.type === 'send' ? `#${action.part.id} ${action.part.num}` : action.type,
  );
}

const start: TransferEvent = { type: 'start' };
const answer = (part: number, code: string): TransferEvent => ({
  type: 'answer',
  part,
  code,
  wasLineIdle: false,
});
const ok = (part: number, szx?: number, num = part): TransferEvent => ({
  type: 'answer',
  part,
  code: '2.31',
  wasLineIdle: false,
  ...(szx !== undefined && { block: { num, more: true, szx } }),
});
const silent = (part: number, fate: 'sent' | 'queued' | 'failed' = 'sent'): TransferEvent => ({
  type: 'silence',
  part,
  fate,
});

describe('Block1 transfer state with a window', () => {
  it('sends block 0 alone, then fills the window and keeps it full', () => {
    assert.deepEqual(shown(run(1000, 2, serial, start).actions), ['#0 0']);
    assert.deepEqual(shown(run(1000, 2, serial, start, ok(0)).actions), ['progress', '#1 1', '#2 2', '#3 3']);
    const third = run(1000, 2, serial, start, ok(0), ok(1));
    assert.deepEqual(shown(third.actions), ['progress', '#4 4']);
    assert.equal(third.state.acknowledged, 128);
  });

  it('does not send past the end', () => {
    const last = run(130, 2, serial, start, ok(0));
    assert.deepEqual(shown(last.actions), ['progress', '#1 1', '#2 2']);
    assert.deepEqual(
      last.state.inFlight.map(({ length, more }) => [length, more]),
      [
        [64, true],
        [2, false],
      ],
    );
  });

  it('holds each byte exactly once over a whole transfer at every size', () => {
    for (let szx = 0; szx <= 6; szx++) {
      for (const total of [1, 15, 16, 17, 1023, 1024, 1025, 5000]) {
        let { state, actions } = run(total, szx, serial, start);
        let next = 0;
        while (state.inFlight.length > 0) {
          const [oldest] = state.inFlight;
          assert.equal(oldest!.offset, next);
          assert.equal(oldest!.num * 2 ** (szx + 4), oldest!.offset);
          next += oldest!.length;
          ({ state, actions } = step(state, answer(oldest!.id, oldest!.more ? '2.31' : '2.04'), serial));
        }
        assert.equal(next, total);
        assert.equal(actions.at(-1)?.type, 'succeed');
      }
    }
  });

  describe('when something of a later block is heard while the oldest is open', () => {
    const open = [start, ok(0)];

    for (const code of ['4.08', '5.03']) {
      it(`${code}: the board noticed a gap; the oldest again, then one at a time under new message ids`, () => {
        const again = run(1000, 2, serial, ...open, answer(2, code));
        assert.deepEqual(shown(again.actions), ['#1 1']);
        assert.equal(again.state.inFlight[0]?.tries, 2);
        assert.equal(again.state.window.isClosed, true);
        const next = step(again.state, ok(1), serial);
        assert.deepEqual(shown(next.actions), ['progress', '#4 2']);
        assert.equal(next.state.restarts, 0);
        // The other answers to what met the gap.
        assert.deepEqual(step(next.state, answer(3, code), serial).actions, []);
      });
    }

    it('success: it did not notice, or an answer was lost; over from the start, one at a time for good', () => {
      const over = run(1000, 2, serial, ...open, ok(2));
      assert.deepEqual(shown(over.actions), ['progress', '#4 0']);
      assert.equal(over.state.acknowledged, 0);
      assert.equal(over.state.window.isClosed, true);
      assert.deepEqual(shown(step(over.state, ok(4, 2, 0), serial).actions), ['progress', '#5 1']);
    });

    it('the same for a separate response, which is known by its number', () => {
      const separate: TransferEvent = { ...ok(0, 2, 3), part: undefined } as TransferEvent;
      assert.deepEqual(shown(run(1000, 2, serial, ...open, separate).actions), ['progress', '#4 0']);
    });

    it('an empty acknowledgement is kept for its turn', () => {
      const before = run(1000, 2, serial, ...open, { type: 'acknowledged', part: 2 });
      assert.deepEqual(before.actions, []);
      assert.deepEqual(
        before.state.inFlight.map(({ isAcknowledged }) => isAcknowledged),
        [false, true, false],
      );
    });

    it('any other answer, a Reset and silence count for nothing', () => {
      const before = run(1000, 2, serial, ...open);
      for (const event of [answer(2, '5.00'), { type: 'reset', part: 2 } as const, silent(3)]) {
        assert.deepEqual(step(before.state, event, serial), { state: before.state, actions: [] });
      }
    });
  });

  describe('when the oldest of several is silent', () => {
    const open = [start, ok(0), silent(1)];

    it('sends it again alone, with its message id', () => {
      const again = run(1000, 2, serial, ...open);
      assert.deepEqual(shown(again.actions), ['#1 1']);
      assert.equal(again.state.attempts, 2);
    });

    it('goes on where the others are then answered in their turn: the board was only slow', () => {
      const on = run(1000, 2, serial, ...open, ok(1), ok(2), ok(3));
      assert.equal(on.state.acknowledged, 256);
      assert.equal(on.state.restarts, 0);
      assert.equal(on.state.window.size, 3);
    });

    it('does not trust the order of answers where messages overtake each other', () => {
      const over = run(1000, 2, DEFAULT_LIMITS, ...open, ok(1), ok(2));
      assert.deepEqual(shown(over.actions), ['progress', '#5 0']);
      assert.equal(over.state.window.losses, 1);
    });

    it('starts over where the next is silent too: it may have met a gap', () => {
      const over = run(1000, 2, serial, ...open, ok(1), silent(2));
      assert.deepEqual(shown(over.actions), ['progress', '#5 0']);
      assert.equal(over.state.window.isClosed, false);
    });

    it('starts over where a later one is answered first', () => {
      assert.deepEqual(shown(run(1000, 2, serial, ...open, ok(3)).actions), ['progress', '#4 0']);
    });

    it('doubts nothing that still waits for the line', () => {
      const waiting = run(1000, 2, serial, start, ok(0), silent(1, 'queued'));
      assert.deepEqual(
        waiting.state.inFlight.map(({ isDoubtful }) => isDoubtful),
        [false, false, false],
      );
    });

    it('sends anew what the link lost while it was down', () => {
      const down = run(1000, 2, serial, start, ok(0), silent(1, 'failed'));
      assert.deepEqual(shown(down.actions), ['#1 1']);
      assert.deepEqual(shown(step(down.state, ok(1), serial).actions), ['progress', '#4 2', '#5 3', '#6 4']);
    });
  });

  describe('when the oldest of several is refused', () => {
    it('4.08 starts over, one at a time for good', () => {
      const over = run(1000, 2, serial, start, ok(0), answer(1, '4.08'));
      assert.deepEqual(shown(over.actions), ['progress', '#4 0']);
      assert.equal(over.state.window.isClosed, true);
    });

    it('5.03 starts over after the pause, for those behind it met a gap', () => {
      const paused = run(1000, 2, serial, start, ok(0), answer(1, '5.03'));
      assert.deepEqual(shown(paused.actions), ['progress', 'pause']);
      assert.equal(paused.state.window.isClosed, true);
      assert.deepEqual(shown(step(paused.state, { type: 'resume' }, serial).actions), ['#4 0']);
    });

    it('5.03 to one that was sent before starts over too: the board may have it, and take it for another', () => {
      const lone = run(100, 2, serial, start, ok(0), silent(1), answer(1, '5.03'));
      assert.deepEqual(shown(lone.actions), ['progress', 'pause']);
      assert.equal(lone.state.acknowledged, 0);
      assert.equal(lone.state.window.isClosed, false);
    });

    it('neither says anything of the window while the block is alone', () => {
      const alone = run(100, 2, serial, start, ok(0), answer(1, '4.08'));
      assert.equal(alone.state.window.isClosed, false);
    });
  });

  it('takes up a smaller size only once nothing of the old one is in flight', () => {
    const asked = run(1000, 2, serial, start, ok(0), ok(1, 0));
    assert.deepEqual(shown(asked.actions), ['progress']);
    const drained = [ok(2, 0, 8), ok(3, 2)].reduce((last, event) => step(last.state, event, serial), asked);
    assert.deepEqual(shown(drained.actions), ['progress', '#4 16']);
    assert.deepEqual(
      drained.state.inFlight.map(({ offset, length, szx }) => [offset, length, szx]),
      [[256, 16, 0]],
    );
  });
});
