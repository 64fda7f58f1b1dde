import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import { type Random, seededRandom } from '../../../src/base/random';
import { type CoapMessage, emptyMessage } from '../../../src/coap/message';
import { AssemblingBoard, type Run, acknowledge, blockOf, finish, payloadOf, start } from './block1-peer';

interface Schedule {
  readonly loss: number;
  readonly duplication: number;
  /** Largest delay of a message, ms: above the gap between messages they overtake each other. */
  readonly delayMs: number;
  /** How often the board answers with an empty acknowledgement first. */
  readonly separate: number;
  /** How often it is busy, or loses its context. */
  readonly moods: number;
  /** Largest block it takes, exponent; and what it does with larger ones. */
  readonly szx: number;
  readonly oversize: 'negotiate' | '4.13' | 'hint' | 'drop';
  readonly length: number;
  /** Blocks in flight that it is said to keep pace with. */
  readonly window: number;
}

function scheduleOf(random: Random): Schedule {
  const pick = <T>(...values: T[]): T => values[Math.floor(random() * values.length)]!;
  return {
    loss: pick(0, 0.05, 0.2, 0.4),
    duplication: pick(0, 0.1, 0.5),
    delayMs: pick(0, 10, 400, 3000),
    separate: pick(0, 0, 0.3, 1),
    moods: pick(0, 0, 0.02, 0.1),
    szx: pick(6, 6, 4, 2, 0),
    oversize: pick('negotiate', '4.13', 'hint', 'drop'),
    length: Math.floor(random() * pick(50, 700, 6000)),
    window: pick(0, 1, 2, 4),
  };
}

/** A board that heeds RFC 7252 §4.5 (duplicates) and RFC 7959, behind a network that does not heed anything. */
function push(schedule: Schedule, random: Random): { readonly run: Run; readonly board: AssemblingBoard } {
  const board = new AssemblingBoard();
  const answered = new Map<number, CoapMessage[]>();
  let ownMessageId = 40_000;

  const deliver = (arrive: () => void): void => {
    const copies = (random() < schedule.loss ? 0 : 1) + (random() < schedule.duplication ? 1 : 0);
    for (let copy = 0; copy < copies; copy++) run.clock.schedule(random() * schedule.delayMs, arrive);
  };

  const answer = (request: CoapMessage): CoapMessage => {
    const block = blockOf(request);
    if (random() < schedule.moods) {
      return random() < 0.5 ? acknowledge(request, '5.03', { maxAge: 2 }) : acknowledge(request, '4.08');
    }
    if (block.szx > schedule.szx && schedule.oversize === '4.13') {
      return acknowledge(request, '4.13', { block: undefined });
    }
    const smaller = { ...block, szx: Math.min(block.szx, schedule.szx) };
    if (block.szx > schedule.szx && schedule.oversize === 'hint') {
      return acknowledge(request, '4.13', { block: smaller });
    }
    return acknowledge(request, board.take(request), { block: smaller });
  };

  const receive = (request: CoapMessage): void => {
    if (schedule.oversize === 'drop' && request.payload.length > 16 << schedule.szx) return;
    let replies = answered.get(request.messageId);
    if (!replies) {
      const reply = answer(request);
      const response: CoapMessage = { ...reply, type: 'CON', messageId: ownMessageId++ };
      replies = random() < schedule.separate ? [emptyMessage('ACK', request.messageId), response] : [reply];
      answered.set(request.messageId, replies);
    }
    for (const reply of replies) deliver(() => run.exchange.receive(reply));
  };

  const run = start(
    schedule.length,
    (message) => deliver(() => receive(message)),
    {},
    {},
    () => undefined,
    { profile: { szx: 6, window: schedule.window } },
  );
  return { run, board };
}

describe('Block1 sender against any network', function () {
  this.timeout(60_000);

  it('the board has exactly the payload, or an error is reported', async () => {
    const SCHEDULES = 3000;
    const outcomes = { success: 0, error: 0 };
    for (let seed = 1; seed <= SCHEDULES; seed++) {
      const random = seededRandom(seed);
      const schedule = scheduleOf(random);
      const { run, board } = push(schedule, random);
      const context = `seed ${seed} ${JSON.stringify(schedule)}`;
      await finish(run).catch((error: unknown) => assert.fail(`${context}: ${String(error)}`));
      if (run.outcome.result) {
        outcomes.success++;
        assert.equal(board.isComplete, true, context);
        assert.deepEqual(Uint8Array.from(board.received), payloadOf(schedule.length), context);
        assert.equal(run.outcome.result.code, '2.04', context);
      } else {
        outcomes.error++;
        const { error } = run.outcome;
        assert.ok(
          SlipwayError.is(error, 'block.refused') || SlipwayError.is(error, 'block.timeout'),
          context,
        );
      }
      assert.equal(run.exchange.hasListeners, false, context);
    }
    // Neither is rare, or this test shows nothing.
    assert.ok(outcomes.success > SCHEDULES / 2 && outcomes.error > SCHEDULES / 20, JSON.stringify(outcomes));
  });

  it('a network that only loses a little is no reason to fail', async () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = seededRandom(seed);
      const schedule: Schedule = {
        ...{ loss: 0.05, duplication: 0.05, delayMs: 20, separate: 0.1, moods: 0 },
        ...{ szx: 6, oversize: 'negotiate', length: 10_000, window: 1 },
      };
      const { run, board } = push(schedule, random);
      await finish(run);
      assert.ok(run.outcome.result, `seed ${seed}: ${String(run.outcome.error)}`);
      assert.deepEqual(Uint8Array.from(board.received), payloadOf(10_000), `seed ${seed}`);
    }
  });
});
