import assert from 'node:assert/strict';
import type { ResumePoint } from '../../../src/coap/endpoint';
import { type CoapMessage, emptyMessage } from '../../../src/coap/message';
import {
  AssemblingBoard,
  type Run,
  type ScriptedExchange,
  accept,
  acknowledge,
  blockOf,
  finish,
  payloadOf,
  shownBlock,
  start,
} from './block1-peer';

const length = 5000;

/** Pushes to `board` until block `num` is sent, whose answer is lost, and gives where that push stood. */
async function brokenOff(board: AssemblingBoard, num: number): Promise<ResumePoint> {
  const points: ResumePoint[] = [];
  const run = start(
    length,
    (message, exchange) => {
      const code = board.take(message);
      if (blockOf(message).num === num) run.abort.abort();
      else exchange.receive(acknowledge(message, code));
    },
    {},
    {},
    undefined,
    { onBrokeOff: (point) => points.push(point) },
  );
  await finish(run);
  assert.ok(run.outcome.error);
  const [point] = points;
  assert.ok(point);
  assert.equal(points.length, 1);
  return point;
}

function resumed(
  resume: ResumePoint,
  respond: (message: CoapMessage, exchange: ScriptedExchange) => void,
  waitedMs = 0,
): Promise<Run> {
  const at = resume.at - waitedMs;
  return finish(start(length, respond, {}, {}, undefined, { resume: { ...resume, at } }));
}

function blocks({ exchange }: Run): string[] {
  return exchange.sent.map(shownBlock);
}

describe('A Block1 push that goes on after an interruption', () => {
  it('tells where it stood', async () => {
    const point = await brokenOff(new AssemblingBoard(), 2);
    assert.deepEqual([point.offset, point.sentUpTo, point.szx], [2048, 3072, 6]);
    assert.deepEqual([...point.messageIds], [[2048, 102]]);
    assert.deepEqual(point.token, Uint8Array.of(0x5a));
  });

  it('sends what is missing, and the open block as the message that it was', async () => {
    const board = new AssemblingBoard();
    const point = await brokenOff(board, 2);
    const run = await resumed(point, (message, exchange) => {
      // The board knows the message again, and answers as before (RFC 7252 §4.5).
      const isKnown = message.messageId === 102 && blockOf(message).num === 2;
      exchange.receive(isKnown ? accept(message) : acknowledge(message, board.take(message)));
    });
    assert.deepEqual(blocks(run), ['2/1024+', '3/1024+', '4/1024']);
    assert.equal(run.outcome.result?.code, '2.04');
    assert.deepEqual(Uint8Array.from(board.received), payloadOf(length));
    assert.deepEqual(
      run.progress.map(({ bytesAcknowledged }) => bytesAcknowledged),
      [3072, 4096, 5000],
    );
  });

  it('takes a new message id once the board may have forgotten the old one', async () => {
    const point = await brokenOff(new AssemblingBoard(), 2);
    const sent = await resumed(point, (message, exchange) => exchange.receive(accept(message)), 247_001);
    assert.equal(sent.exchange.sent[0]?.messageId, 100);
    const known = await resumed(point, (message, exchange) => exchange.receive(accept(message)), 246_999);
    assert.equal(known.exchange.sent[0]?.messageId, 102);
  });

  for (const code of ['4.08', '4.13', '4.00', '4.04', '5.00', 'a Reset', 'a final 2.04 without Block1']) {
    it(`starts over where the board answers ${code}`, async () => {
      const point = await brokenOff(new AssemblingBoard(), 2);
      const board = new AssemblingBoard();
      const run = await resumed(point, (message, exchange) => {
        if (exchange.sent.length > 1) exchange.receive(acknowledge(message, board.take(message)));
        else if (code === 'a Reset') exchange.receive(emptyMessage('RST', message.messageId));
        else if (code.startsWith('a final')) {
          exchange.receive(acknowledge(message, '2.04', { block: undefined }));
        } else exchange.receive(acknowledge(message, code));
      });
      assert.deepEqual(blocks(run), ['2/1024+', '0/1024+', '1/1024+', '2/1024+', '3/1024+', '4/1024']);
      assert.deepEqual(Uint8Array.from(board.received), payloadOf(length));
      assert.equal(run.outcome.result?.restarts, 1);
    });
  }

  it('is refused by a board that refuses after that too', async () => {
    const point = await brokenOff(new AssemblingBoard(), 2);
    const run = await resumed(point, (message, exchange) => exchange.receive(acknowledge(message, '4.04')));
    assert.deepEqual(blocks(run), ['2/1024+', '0/1024+']);
    assert.ok(run.outcome.error);
  });

  it('can break off and go on again', async () => {
    const board = new AssemblingBoard();
    const first = await brokenOff(board, 1);
    const points: ResumePoint[] = [];
    const run = start(length, () => run.abort.abort(), {}, {}, undefined, {
      resume: first,
      onBrokeOff: (point) => points.push(point),
    });
    await finish(run);
    assert.deepEqual(
      points.map(({ offset, sentUpTo, messageIds }) => [offset, sentUpTo, ...messageIds.values()]),
      [[1024, 2048, 101]],
    );
  });
});
