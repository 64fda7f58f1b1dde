import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import { toHex } from '../../../src/base/hex';
import { nullLog } from '../../../src/base/log';
import { sendBlocks } from '../../../src/coap/block1-sender';
import { STOP_AND_WAIT } from '../../../src/coap/block1-window';
import { type CoapMessage, emptyMessage } from '../../../src/coap/message';
import type { TransferProfile } from '../../../src/coap/transfer-profile';
import { FakeClock, settle } from '../support/fake-clock';
import {
  AssemblingBoard,
  type Run,
  ScriptedExchange,
  accept,
  acknowledge,
  blockOf,
  finish,
  payloadOf,
  shownBlock,
  start,
} from './block1-peer';

/** Answers the n-th message by the n-th step of the script, and what comes after it with `accept`. */
type ScriptStep = (request: CoapMessage, exchange: ScriptedExchange) => CoapMessage | undefined;

function scripted(...steps: ScriptStep[]): (message: CoapMessage, exchange: ScriptedExchange) => void {
  let at = 0;
  return (message, exchange) => {
    const answer = (steps[at++] ?? accept)(message, exchange);
    if (answer) exchange.receive(answer);
  };
}

const silence: ScriptStep = () => undefined;
const code =
  (value: string, options = {}): ScriptStep =>
  (request) =>
    acknowledge(request, value, options);

function blocks(run: Run): string[] {
  return run.exchange.sent.map(shownBlock);
}

function messageIds(run: Run): number[] {
  return run.exchange.sent.map(({ messageId }) => messageId - 100);
}

/** A separate response, confirmable unless told otherwise. */
function separate(
  request: CoapMessage,
  answer: string,
  messageId: number,
  type: 'CON' | 'NON' = 'CON',
): CoapMessage {
  return { ...acknowledge(request, answer), type, messageId };
}

describe('Block1 sender', () => {
  describe('a plain push', () => {
    it('sends the payload in order, each block once, and reports', async () => {
      const board = new AssemblingBoard();
      const run = await finish(start(2500, (m, x) => x.receive(acknowledge(m, board.take(m)))));
      assert.deepEqual(blocks(run), ['0/1024+', '1/1024+', '2/1024']);
      assert.deepEqual(Uint8Array.from(board.received), payloadOf(2500));
      assert.equal(board.announced, 2500);
      assert.deepEqual(run.outcome.result, {
        code: '2.04',
        bytes: 2500,
        durationMs: 0,
        retransmissions: 0,
        restarts: 0,
        szx: 6,
      });
      assert.deepEqual(
        run.progress.map(({ bytesAcknowledged }) => bytesAcknowledged),
        [1024, 2048, 2500],
      );
      assert.equal(run.clock.pending, 0);
      assert.equal(run.exchange.hasListeners, false);
    });

    it('puts options as they must be, Size1 on the first block alone', async () => {
      const run = await finish(
        start(40, scripted(), { szx: 1, query: ['a=1'], method: 'POST', path: '/9/3/2' }),
      );
      const [first, second] = run.exchange.sent;
      assert.equal(first!.code, '0.02');
      assert.equal(first!.type, 'CON');
      const shown = (message: CoapMessage): string[] =>
        message.options.map(({ name, value }) => `${name} ${toHex(value)}`);
      const path = ['Uri-Path 39', 'Uri-Path 33', 'Uri-Path 32', 'Content-Format 2a', 'Uri-Query 613d31'];
      assert.deepEqual(shown(first!), [...path, 'Block1 09', 'Size1 28']);
      assert.deepEqual(shown(second!), [...path, 'Block1 11']);
      assert.equal(second!.payload.length, 8);
    });

    it('keeps one token and gives each block a message id', async () => {
      const run = await finish(start(3000, scripted()));
      assert.deepEqual(messageIds(run), [0, 1, 2]);
      assert.equal(new Set(run.exchange.sent.map(({ token }) => toHex(token))).size, 1);
    });

    it('of nothing is one empty block', async () => {
      const run = await finish(start(0, scripted()));
      assert.deepEqual(blocks(run), ['0/1024']);
      assert.equal(run.outcome.result?.bytes, 0);
    });

    it('of exactly one block has no second', async () => {
      assert.deepEqual(blocks(await finish(start(1024, scripted()))), ['0/1024']);
    });

    it('takes 2.01 as success, and acknowledgements without Block1', async () => {
      const bare = { block: undefined };
      const run = await finish(start(1500, scripted(code('2.31', bare), code('2.01', bare))));
      assert.equal(run.outcome.result?.code, '2.01');
    });

    it('goes on after a 2.04 that acknowledges one block amid the transfer', async () => {
      const run = await finish(start(2000, scripted(code('2.04'))));
      assert.deepEqual(blocks(run), ['0/1024+', '1/1024']);
    });
  });

  describe('size negotiation', () => {
    const at = (num: number, szx: number): { block: { num: number; more: boolean; szx: number } } => ({
      block: { num, more: true, szx },
    });

    it('2.31 with a smaller size at block 0', async () => {
      // RFC 7959 §3.2, figure 8: after 1:0/1/128 is answered with 32, the next is 1:4/1/32.
      const run = await finish(start(200, scripted(code('2.31', at(0, 1))), { szx: 3 }));
      assert.deepEqual(blocks(run), ['0/128+', '4/32+', '5/32+', '6/32']);
      assert.equal(run.outcome.result?.szx, 1);
      assert.equal(run.outcome.result?.restarts, 0);
    });

    it('2.31 with a smaller size at a later block, twice, in either numbering', async () => {
      const board = new AssemblingBoard();
      const steps: ScriptStep[] = [code('2.31'), code('2.31', at(1, 4)), code('2.31', at(8 * 4, 2))];
      let count = 0;
      const run = await finish(
        start(2500, (m, x) => {
          const answer = board.take(m);
          x.receive((steps[count++] ?? ((request) => acknowledge(request, answer)))(m, x)!);
        }),
      );
      assert.deepEqual(blocks(run).slice(0, 5), ['0/1024+', '1/1024+', '8/256+', '36/64+', '37/64+']);
      assert.deepEqual(Uint8Array.from(board.received), payloadOf(2500));
    });

    it('a larger size is not taken up', async () => {
      const run = await finish(start(500, scripted(code('2.31', at(0, 6))), { szx: 4 }));
      assert.deepEqual(blocks(run), ['0/256+', '1/256']);
    });

    it('4.13 with a hint starts again at the hinted size', async () => {
      const run = await finish(start(600, scripted(code('4.13', at(0, 4)))));
      assert.deepEqual(blocks(run), ['0/1024', '0/256+', '1/256+', '2/256']);
      assert.deepEqual(messageIds(run), [0, 1, 2, 3]);
      assert.equal(run.outcome.result?.restarts, 1);
    });

    it('4.13 with a hint at a later block starts again from 0', async () => {
      const run = await finish(start(1300, scripted(accept, code('4.13', at(1, 5)))));
      assert.deepEqual(blocks(run), ['0/1024+', '1/1024', '0/512+', '1/512+', '2/512']);
      assert.deepEqual(
        run.progress.map(({ bytesAcknowledged }) => bytesAcknowledged),
        [1024, 0, 512, 1024, 1300],
      );
    });

    it('4.13 without hint, or with one that is no smaller, halves', async () => {
      const run = await finish(
        start(300, scripted(code('4.13', { block: undefined }), code('4.13', at(0, 5)))),
      );
      assert.deepEqual(blocks(run), ['0/1024', '0/512', '0/256+', '1/256']);
    });

    it('4.13 down to 16 bytes is a refusal', async () => {
      const run = await finish(start(300, (m, x) => x.receive(acknowledge(m, '4.13', { block: undefined }))));
      assert.deepEqual(
        blocks(run).map((text) => text.replace('+', '')),
        ['0/1024', '0/512', '0/256', '0/128', '0/64', '0/32', '0/16'],
      );
      assertRefused(run, '4.13', 0);
    });

    it('4.13 with a Size1 below what is to come is a refusal at once', async () => {
      const run = await finish(start(3000, scripted(code('4.13', { size1: 2999, payload: 'slot full' }))));
      assert.equal(run.exchange.sent.length, 1);
      assertRefused(run, '4.13', 0, 'slot full');
    });

    it('refuses a size that can not number all blocks', async () => {
      const run = await finish(
        start(0, scripted(code('4.13', at(0, 0))), { payload: new Uint8Array(16 * 2 ** 20 + 1) }),
      );
      assertRefused(run, '4.13', 0);
    });
  });

  describe('answers that are not success', () => {
    it('4.08 starts again from block 0, three times', async () => {
      const run = await finish(start(2000, scripted(accept, code('4.08'), accept, accept)));
      assert.deepEqual(blocks(run), ['0/1024+', '1/1024', '0/1024+', '1/1024']);
      assert.equal(run.outcome.result?.restarts, 1);
      const stubborn = await finish(
        start(2000, (m, x) => x.receive(blockOf(m).num === 0 ? accept(m) : acknowledge(m, '4.08'))),
      );
      assert.equal(stubborn.exchange.sent.length, 8);
      assertRefused(stubborn, '4.08', 1024);
    });

    it('5.03 waits for Max-Age and tries the same block with a new message id', async () => {
      const run = start(2000, scripted(accept, code('5.03', { maxAge: 7 })));
      await run.clock.advance(6999);
      assert.deepEqual(blocks(run), ['0/1024+', '1/1024']);
      await run.clock.advance(1);
      assert.deepEqual(blocks(run), ['0/1024+', '1/1024', '1/1024']);
      assert.deepEqual(messageIds(run), [0, 1, 2]);
      await finish(run);
      assert.equal(run.outcome.result?.retransmissions, 0);
    });

    it('5.03 without Max-Age waits longer each time, and not for ever', async () => {
      const run = start(100, (m, x) => x.receive(acknowledge(m, '5.03', { payload: 'busy' })));
      const waits: number[] = [];
      await run.clock.advance(0);
      while (!run.outcome.error) {
        waits.push(run.clock.nextIn!);
        await run.clock.advance(run.clock.nextIn!);
      }
      assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16000, ...Array<number>(8).fill(30000)]);
      assertRefused(run, '5.03', 0, 'busy');
    });

    it('5.03 bounds what Max-Age asks for', async () => {
      for (const [maxAge, ms] of [
        [0, 500],
        [86400, 60000],
      ] as const) {
        const run = start(100, scripted(code('5.03', { maxAge })));
        await run.clock.advance(0);
        assert.equal(run.clock.nextIn, ms);
        await finish(run);
      }
    });

    it('5.03 counts anew after progress', async () => {
      const seen = new Map<number, number>();
      const run = await finish(
        start(4000, (m, x) => {
          const count = (seen.get(blockOf(m).num) ?? 0) + 1;
          seen.set(blockOf(m).num, count);
          x.receive(count <= 13 ? acknowledge(m, '5.03', { maxAge: 1 }) : accept(m));
        }),
      );
      assert.ok(run.outcome.result);
      assert.equal(run.exchange.sent.length, 56);
    });

    for (const answer of ['4.00', '4.01', '4.02', '4.04', '4.05', '4.06', '4.15', '5.00', '5.01']) {
      it(`${answer} is a refusal with the board's words`, async () => {
        const run = await finish(start(3000, scripted(accept, code(answer, { payload: 'no such thing' }))));
        assertRefused(run, answer, 1024, 'no such thing');
        assert.equal(run.clock.pending, 0);
      });
    }

    it('2.31 to the last block is a refusal: the board expects more', async () => {
      assertRefused(await finish(start(100, scripted(code('2.31')))), '2.31', 0);
    });

    it('2.04 without Block1 to a block with more to come is a refusal: the board took it for the whole', async () => {
      assertRefused(await finish(start(2000, scripted(code('2.04', { block: undefined })))), '2.04', 0);
    });

    it('Reset is coap.reset', async () => {
      const run = await finish(
        start(
          2000,
          scripted(accept, (m) => emptyMessage('RST', m.messageId)),
        ),
      );
      assert.ok(SlipwayError.is(run.outcome.error, 'coap.reset'));
      assert.deepEqual(run.outcome.error.details, { peer: 'memory:board', method: 'PUT', path: '/5/0/0' });
    });
  });

  describe('silence', () => {
    it('block 0 waits 10 s each, then tries smaller blocks: 256, 64', async () => {
      const run = await finish(start(2000, () => undefined));
      assert.deepEqual(blocks(run), ['0/1024+', '0/1024+', '0/256+', '0/256+', '0/64+', '0/64+', '0/64+']);
      assert.deepEqual(messageIds(run), [0, 0, 1, 1, 2, 2, 2]);
      assert.equal(run.clock.now(), 70_000);
      assert.ok(SlipwayError.is(run.outcome.error, 'block.timeout'));
      assert.deepEqual(run.outcome.error.details, { path: '/5/0/0', offset: 0, attempts: 7 });
      assert.equal(run.exchange.hasListeners, false);
    });

    it('a board that drops large frames is served with smaller ones', async () => {
      const run = await finish(start(200, (m, x) => m.payload.length <= 64 && x.receive(accept(m))));
      assert.deepEqual(blocks(run), ['0/1024', '0/1024', '0/64+', '1/64+', '2/64+', '3/64']);
      assert.equal(run.outcome.result?.szx, 2);
      assert.equal(run.outcome.result?.retransmissions, 1);
    });

    it('a short payload is not cut for silence', async () => {
      const run = await finish(start(60, () => undefined));
      assert.deepEqual(blocks(run), ['0/1024', '0/1024', '0/1024']);
    });

    it('later blocks are sent again with the same message id, at doubled times, six times in all', async () => {
      const times: number[] = [];
      const run = start(5000, (m, x) => {
        times.push(run.clock.now());
        if (blockOf(m).num < 3) x.receive(accept(m));
      });
      await finish(run);
      assert.deepEqual(blocks(run).slice(3), Array(6).fill('3/1024+'));
      assert.deepEqual(messageIds(run).slice(3), Array(6).fill(3));
      // Answers came at once, so the timeout is at its floor of 500 ms.
      assert.deepEqual(times.slice(3), [0, 500, 1500, 3500, 7500, 15500]);
      assert.equal(run.clock.now(), 25_500);
      assert.ok(SlipwayError.is(run.outcome.error, 'block.timeout'));
      assert.deepEqual(run.outcome.error.details, { path: '/5/0/0', offset: 3072, attempts: 6 });
      assert.equal(run.progress.at(-1)?.retransmissions, 5);
    });

    it('the last block unanswered tells what was acknowledged', async () => {
      const run = await finish(start(2000, (m, x) => blockOf(m).more && x.receive(accept(m))));
      assert.ok(SlipwayError.is(run.outcome.error, 'block.timeout'));
      assert.equal(run.outcome.error.details.offset, 1024);
    });

    it('an answer to a retransmission goes on', async () => {
      const run = await finish(start(3000, scripted(accept, silence, silence, accept)));
      assert.deepEqual(blocks(run), ['0/1024+', '1/1024+', '1/1024+', '1/1024+', '2/1024']);
      assert.equal(run.outcome.result?.retransmissions, 2);
    });

    it('the timeout follows the round-trip time', async () => {
      // 2 s a block, as at 9600 baud with flash writes: nothing is sent twice.
      const limits = { window: STOP_AND_WAIT };
      const slow = start(20_000, (m, x) => run(m, x), {}, { limits });
      const run = (m: CoapMessage, x: ScriptedExchange): void => {
        slow.clock.schedule(2000, () => x.receive(accept(m)));
      };
      await finish(slow);
      assert.equal(slow.outcome.result?.retransmissions, 0);
      assert.equal(slow.outcome.result?.durationMs, 40_000);
    });

    it('a slow erase at block 0 does not slow down what comes after', async () => {
      const run = start(3000, (m, x) => {
        if (blockOf(m).num === 0) run.clock.schedule(9000, () => x.receive(accept(m)));
        else if (run.exchange.sent.length === 2) x.receive(accept(m));
        else if (run.exchange.sent.length > 3) x.receive(accept(m));
      });
      await finish(run);
      assert.equal(run.outcome.result?.durationMs, 9500);
    });
  });

  describe('empty acknowledgements and separate responses', () => {
    it('the response may come much later; nothing is sent again meanwhile', async () => {
      const run = start(1500, (m, x) => {
        x.receive(emptyMessage('ACK', m.messageId));
        const num = blockOf(m).num;
        run.clock.schedule(29_000, () => x.receive(separate(m, blockOf(m).more ? '2.31' : '2.04', 7 + num)));
      });
      await finish(run);
      assert.equal(run.exchange.sent.length, 2);
      assert.equal(run.outcome.result?.code, '2.04');
      assert.equal(run.outcome.result?.durationMs, 58_000);
    });

    it('a response without acknowledgement counts too', async () => {
      const run = await finish(
        start(1500, (m, x) => x.receive(separate(m, blockOf(m).more ? '2.31' : '2.04', m.messageId, 'NON'))),
      );
      assert.equal(run.outcome.result?.code, '2.04');
    });

    it('without response the block is sent again twice, then given up', async () => {
      const run = await finish(start(2000, (m, x) => x.receive(emptyMessage('ACK', m.messageId))));
      assert.deepEqual(blocks(run), ['0/1024+', '0/1024+', '0/1024+']);
      assert.deepEqual(messageIds(run), [0, 0, 0]);
      assert.equal(run.clock.now(), 90_000);
      assert.ok(SlipwayError.is(run.outcome.error, 'block.timeout'));
    });

    it('a separate error is heeded once, its duplicates are not', async () => {
      const run = await finish(
        start(
          2000,
          scripted(accept, (m, x) => {
            x.receive(emptyMessage('ACK', m.messageId));
            x.receive(separate(m, '4.08', 9));
            x.receive(separate(m, '4.08', 9));
            return undefined;
          }),
        ),
      );
      assert.equal(run.outcome.result?.restarts, 1);
    });
  });

  describe('answers that count for nothing', () => {
    it('duplicates of an acknowledgement', async () => {
      const board = new AssemblingBoard();
      const run = await finish(
        start(5000, (m, x) => {
          const answer = acknowledge(m, board.take(m));
          for (let copy = 0; copy < 3; copy++) x.receive(answer);
        }),
      );
      assert.equal(run.exchange.sent.length, 5);
      assert.deepEqual(Uint8Array.from(board.received), payloadOf(5000));
    });

    it('acknowledgements and resets of other message ids', async () => {
      const run = await finish(
        start(
          2000,
          scripted((m, x) => {
            x.receive({ ...accept(m), messageId: m.messageId + 1 });
            x.receive(emptyMessage('RST', m.messageId + 1));
            return accept(m);
          }),
        ),
      );
      assert.deepEqual(blocks(run), ['0/1024+', '1/1024']);
    });

    it('a wrong block number', async () => {
      const wrong = code('2.31', { block: { num: 5, more: true, szx: 6 } });
      const run = await finish(start(3000, scripted(accept, wrong)));
      assert.deepEqual(blocks(run), ['0/1024+', '1/1024+', '1/1024+', '2/1024']);
    });

    it('a separate 2.31 for another block, or for none', async () => {
      const run = await finish(
        start(
          3000,
          scripted(accept, (m, x) => {
            x.receive({
              ...separate(m, '2.31', 1),
              options: acknowledge(x.sent[0]!, '2.31').options,
            });
            x.receive({ ...separate(m, '2.31', 2), options: [] });
            return undefined;
          }),
        ),
      );
      assert.deepEqual(blocks(run), ['0/1024+', '1/1024+', '1/1024+', '2/1024']);
    });

    it('anything during a pause, and after the end', async () => {
      const run = start(2000, scripted(code('5.03', { maxAge: 5 })));
      await run.clock.advance(1000);
      run.exchange.receive(accept(run.exchange.sent[0]!));
      assert.equal(run.exchange.sent.length, 1);
      await finish(run);
      run.exchange.receive(acknowledge(run.exchange.sent.at(-1)!, '5.00'));
      assert.ok(run.outcome.result);
    });

    it('malformed options', async () => {
      const malformed: ScriptStep = (m) => ({
        ...acknowledge(m, '2.31', { block: undefined }),
        options: [{ name: 'Block1', value: Uint8Array.of(1, 2, 3, 4) }],
      });
      const run = await finish(start(3000, scripted(malformed)));
      assert.deepEqual(blocks(run), ['0/1024+', '1/1024+', '2/1024']);
    });
  });

  describe('several blocks in flight', () => {
    /** Answers after `ms`, so that what is sent meanwhile is in flight. */
    const after =
      (ms: number, steps: (request: CoapMessage) => CoapMessage | undefined = accept) =>
      (message: CoapMessage, exchange: ScriptedExchange, clock: FakeClock): void => {
        const answer = steps(message);
        if (answer) clock.schedule(ms, () => exchange.receive(answer));
      };
    const pushTo = (
      respond: ReturnType<typeof after>,
      length: number,
      profile?: TransferProfile,
    ): { run: Run; learned: TransferProfile[] } => {
      const learned: TransferProfile[] = [];
      const run: Run = start(length, (m, x) => respond(m, x, run.clock), {}, {}, undefined, {
        ...(profile && { profile }),
        onLearned: (what) => learned.push(what),
      });
      return { run, learned };
    };
    const mostInFlight = (run: Run): number => Math.max(...run.progress.map(({ window }) => window));

    it('a board that keeps pace gets more, and is remembered for it', async () => {
      const { run, learned } = pushTo(after(10), 40 * 1024);
      await finish(run);
      assert.equal(mostInFlight(run), 4);
      assert.deepEqual(learned, [{ szx: 6, window: 4 }]);
      assert.ok(run.outcome.result!.durationMs < 240, `${run.outcome.result?.durationMs} ms`);
    });

    it('a remembered board gets as much at once, after block 0, and nothing new is learned of it', async () => {
      const { run, learned } = pushTo(after(10), 9 * 1024, { szx: 6, window: 4 });
      await finish(run);
      assert.equal(run.outcome.result?.durationMs, 30);
      assert.deepEqual(learned, []);
    });

    it('a board that showed that it can not is served one by one for ever, also when the push fails', async () => {
      let gaps = 0;
      const failing = pushTo(
        after(10, (m) => {
          const { num } = blockOf(m);
          if (num === 2) return gaps++ === 0 ? undefined : acknowledge(m, '5.00');
          return num > 2 ? acknowledge(m, '5.03') : accept(m);
        }),
        9 * 1024,
        { szx: 6, window: 4 },
      );
      await finish(failing.run);
      assertRefused(failing.run, '5.00', 2048);
      assert.deepEqual(failing.learned, [{ szx: 6, window: 0 }]);
      const { run, learned } = pushTo(after(10), 9 * 1024, failing.learned[0]);
      await finish(run);
      assert.equal(run.outcome.result?.durationMs, 90);
      assert.deepEqual(learned, []);
    });

    it('after a gap that the board noticed, what was behind it has new message ids', async () => {
      const board = new AssemblingBoard();
      let isLost = false;
      const { run } = pushTo(
        after(10, (m) => {
          if (blockOf(m).num === 2 && !isLost) {
            isLost = true;
            return undefined;
          }
          return acknowledge(m, board.take(m));
        }),
        5 * 1024,
        { szx: 6, window: 3 },
      );
      await finish(run);
      assert.deepEqual(
        blocks(run)
          .map((text) => text[0])
          .join(''),
        '012342' + '34',
      );
      assert.deepEqual(messageIds(run), [0, 1, 2, 3, 4, 2, 5, 6]);
      assert.deepEqual(Uint8Array.from(board.received), payloadOf(5 * 1024));
      assert.equal(run.outcome.result?.restarts, 0);
    });

    it('the size that worked is remembered', async () => {
      const small = pushTo(
        after(10, (m) => (m.payload.length <= 256 ? accept(m) : undefined)),
        2048,
      );
      await finish(small.run);
      assert.deepEqual(small.learned.at(-1)?.szx, 4);
      const { run } = pushTo(after(10), 2048, small.learned.at(-1));
      await finish(run);
      assert.equal(blocks(run)[0], '0/256+');
    });

    it('a payload below one block says nothing of the size', async () => {
      const { run, learned } = pushTo(after(10), 200, { szx: 6, window: 4 });
      await finish(run);
      assert.deepEqual(learned, []);
    });
  });

  describe('the link and the user', () => {
    it('a link that goes down amid the transfer and comes back costs time only', async () => {
      const board = new AssemblingBoard();
      const run = start(5000, (m, x) => {
        x.receive(acknowledge(m, board.take(m)));
        if (run.exchange.sent.length === 2) {
          x.isDown = true;
          run.clock.schedule(6_000, () => (x.isDown = false));
        }
      });
      await finish(run);
      assert.deepEqual(Uint8Array.from(board.received), payloadOf(5000));
      assert.equal(run.outcome.result?.durationMs, 7_500);
    });

    it('a link that is down at block 0 does not make the blocks smaller', async () => {
      const prepare: Parameters<typeof start>[4] = (exchange, clock) => {
        exchange.isDown = true;
        clock.schedule(15_000, () => (exchange.isDown = false));
      };
      const run = await finish(start(3000, scripted(), {}, {}, prepare));
      assert.deepEqual(blocks(run), ['0/1024+', '1/1024+', '2/1024']);
    });

    it('a link that stays down ends in link.closed', async () => {
      const run = await finish(
        start(5000, (m, x) => {
          x.receive(accept(m));
          x.isDown = x.sent.length === 2;
        }),
      );
      assert.ok(SlipwayError.is(run.outcome.error, 'link.closed'));
      assert.equal(run.clock.now(), 25_500);
    });

    it('a message that waits for the line is not queued twice', async () => {
      let open = (): void => {};
      const run = start(5000, (m, x) => {
        if (blockOf(m).num === 0) x.line = new Promise((resolve) => (open = resolve));
        if (blockOf(m).num !== 1) x.receive(accept(m));
      });
      await run.clock.advance(5_000);
      assert.deepEqual(blocks(run), ['0/1024+', '1/1024+']);
      open();
      run.exchange.receive(accept(run.exchange.sent[1]!));
      await finish(run);
      assert.equal(run.outcome.result?.retransmissions, 0);
    });

    it('a message that can not be sent at all fails the push', async () => {
      const malformed = new SlipwayError('coap.malformed', { reason: 'too large' });
      const prepare: Parameters<typeof start>[4] = (exchange) => {
        exchange.send = () => Promise.reject(malformed);
      };
      const run = await finish(start(100, scripted(), {}, {}, prepare));
      assert.equal(run.outcome.error, malformed);
    });

    it('cancelled before it began, it sends nothing', async () => {
      const abort = new AbortController();
      abort.abort('user');
      const exchange = new ScriptedExchange(() => undefined);
      await assert.rejects(
        sendBlocks(
          exchange,
          { method: 'PUT', path: '/5/0/0', contentFormat: 42, payload: payloadOf(10) },
          { clock: new FakeClock(), log: nullLog },
          { signal: abort.signal },
        ),
        (error) => SlipwayError.is(error, 'cancelled'),
      );
      assert.equal(exchange.sent.length, 0);
    });

    it('cancel ends it at once', async () => {
      const run = start(5000, scripted(accept, silence));
      await run.clock.advance(100);
      run.abort.abort('user');
      await settle();
      assert.ok(SlipwayError.is(run.outcome.error, 'cancelled'));
      assert.deepEqual(run.outcome.error.details, { reason: 'user' });
      assert.equal(run.clock.pending, 0);
      assert.equal(run.exchange.hasListeners, false);
      assert.equal(run.exchange.sent.length, 2);
    });

    it('cancel ends a pause', async () => {
      const run = start(5000, scripted(code('5.03', { maxAge: 60 })));
      await run.clock.advance(100);
      run.abort.abort();
      await settle();
      assert.ok(SlipwayError.is(run.outcome.error, 'cancelled'));
      assert.equal(run.clock.pending, 0);
    });
  });
});

function assertRefused(run: Run, expected: string, offset: number, diagnostic?: string): void {
  assert.ok(SlipwayError.is(run.outcome.error, 'block.refused'), String(run.outcome.error));
  assert.deepEqual(run.outcome.error.details, {
    path: '/5/0/0',
    code: expected,
    offset,
    ...(diagnostic && { diagnostic }),
  });
}
