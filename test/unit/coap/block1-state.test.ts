import assert from 'node:assert/strict';
import {
  DEFAULT_LIMITS,
  type Step,
  type TransferAction,
  type TransferEvent,
  initialState,
  step,
} from '../../../src/coap/block1-state';

const WINDOW_3 = { ...DEFAULT_LIMITS, window: 3 };

/** Applies events in turn; gives the last step. */
function run(total: number, szx: number, limits: typeof DEFAULT_LIMITS, ...events: TransferEvent[]): Step {
  let last: Step = { state: initialState(total, szx), actions: [] };
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
const ok = (part: number, szx?: number, num = part): TransferEvent => ({
  type: 'answer',
  part,
  code: '2.31',
  ...(szx !== undefined && { block: { num, more: true, szx } }),
});

describe('Block1 transfer state with a window', () => {
  it('sends block 0 alone, then fills the window and keeps it full', () => {
    assert.deepEqual(shown(run(1000, 2, WINDOW_3, start).actions), ['#0 0']);
    assert.deepEqual(shown(run(1000, 2, WINDOW_3, start, ok(0)).actions), [
      'progress',
      '#1 1',
      '#2 2',
      '#3 3',
    ]);
    const third = run(1000, 2, WINDOW_3, start, ok(0), ok(1));
    assert.deepEqual(shown(third.actions), ['progress', '#4 4']);
    assert.equal(third.state.acknowledged, 128);
  });

  it('does not send past the end', () => {
    const last = run(130, 2, WINDOW_3, start, ok(0));
    assert.deepEqual(shown(last.actions), ['progress', '#1 1', '#2 2']);
    assert.deepEqual(
      last.state.inFlight.map(({ length, more }) => [length, more]),
      [
        [64, true],
        [2, false],
      ],
    );
  });

  it('gives nothing for an answer to a later block while the oldest is open', () => {
    const before = run(1000, 2, WINDOW_3, start, ok(0));
    for (const event of [ok(2), { ...ok(3), code: '4.08' }, { type: 'silence', part: 2, wasSent: true }]) {
      assert.deepEqual(step(before.state, event as TransferEvent, WINDOW_3), {
        state: before.state,
        actions: [],
      });
    }
  });

  it('sends everything from a lost block on again, the later ones with new message ids', () => {
    const silent: TransferEvent = { type: 'silence', part: 1, wasSent: true };
    const again = run(1000, 2, WINDOW_3, start, ok(0), silent);
    assert.deepEqual(shown(again.actions), ['#1 1', '#4 2', '#5 3']);
    assert.equal(again.state.inFlight[0]?.tries, 2);
    assert.equal(again.state.attempts, 2);
  });

  it('a smaller size in flight begins anew behind what was acknowledged', () => {
    const smaller = run(1000, 2, WINDOW_3, start, ok(0), ok(1, 0));
    assert.deepEqual(shown(smaller.actions), ['progress', '#4 8', '#5 9', '#6 10']);
    assert.deepEqual(
      smaller.state.inFlight.map(({ offset, length }) => [offset, length]),
      [
        [128, 16],
        [144, 16],
        [160, 16],
      ],
    );
  });

  it('holds each byte exactly once over a whole transfer at every size', () => {
    for (let szx = 0; szx <= 6; szx++) {
      for (const total of [1, 15, 16, 17, 1023, 1024, 1025, 5000]) {
        let { state, actions } = run(total, szx, WINDOW_3, start);
        let next = 0;
        while (state.inFlight.length > 0) {
          const [oldest] = state.inFlight;
          assert.equal(oldest!.offset, next);
          assert.equal(oldest!.num * 2 ** (szx + 4), oldest!.offset);
          next += oldest!.length;
          const event = { type: 'answer', part: oldest!.id, code: oldest!.more ? '2.31' : '2.04' } as const;
          ({ state, actions } = step(state, event, WINDOW_3));
        }
        assert.equal(next, total);
        assert.equal(actions.at(-1)?.type, 'succeed');
      }
    }
  });
});
