import assert from 'node:assert/strict';
import { encodeMessage } from '../../../src/coap/message';
import { pathOptions } from '../../../src/coap/options';
import { TraceRecorder } from '../../../src/coap/trace-recorder';
import { type TraceBatch, TraceFeed } from '../../../src/ui/trace-feed';
import { FakeClock } from '../support/fake-clock';

const link = { id: 'serial:/dev/ttyUSB0', kind: 'serial' } as const;
const peer = { address: link.id, port: 0 };

describe('The feed of the trace view', () => {
  let clock: FakeClock;
  let trace: TraceRecorder;
  let feed: TraceFeed;
  let batches: TraceBatch[];

  beforeEach(() => {
    clock = new FakeClock();
    trace = new TraceRecorder(clock, { entries: 5000, bytes: 1024 * 1024 });
    batches = [];
    feed = new TraceFeed(trace, clock, (batch) => batches.push(batch));
  });
  afterEach(() => feed.dispose());

  const say = (count: number): void => {
    for (let messageId = 0; messageId < count; messageId++) {
      const parts = {
        type: 'CON',
        code: '0.01',
        token: Uint8Array.of(1),
        payload: new Uint8Array(0),
      } as const;
      trace.record(link, 'sent', peer, encodeMessage({ ...parts, messageId, options: pathOptions('/3/0') }));
    }
  };
  const given = (): number[] => batches.flatMap(({ messages }) => messages.map(({ entry }) => entry.seq));

  it('gives what is there at its start, and then what comes, together', async () => {
    say(2);
    feed.start();
    assert.deepEqual([batches.length, batches[0]!.fresh, given()], [1, true, [0, 1]]);
    say(3);
    assert.equal(batches.length, 1);
    await clock.advance(100);
    assert.deepEqual([batches.length, batches[1]!.fresh, given()], [2, false, [0, 1, 2, 3, 4]]);
    assert.equal(feed.message(3)?.path, '/3/0');
    assert.equal(feed.message(9), undefined);
    await clock.advance(1000);
    assert.equal(batches.length, 2);
  });

  it('leaves the most of its time to a push, catches up when that rests, and loses nothing', async () => {
    feed.start();
    for (let round = 0; round < 4; round++) {
      say(1000);
      await clock.advance(100);
    }
    const { behind } = batches.at(-1)!;
    assert.equal(given().length, 4000 - behind);
    assert.ok(behind > 2000, `${behind} wait`);
    await clock.advance(200);
    assert.deepEqual([batches.at(-1)!.behind, given()], [0, Array.from({ length: 4000 }, (_, seq) => seq)]);
  });

  it('skips what the trace let go before it was taken apart', async () => {
    feed.start();
    say(12_000);
    await clock.advance(400);
    assert.deepEqual([given().length, given()[0], given().at(-1)], [5000, 7000, 11_999]);
    assert.deepEqual([batches.at(-1)!.oldest, batches.at(-1)!.behind], [7000, 0]);
    say(1);
    await clock.advance(100);
    assert.equal(feed.message(7000), undefined);
    assert.ok(feed.message(7001));
  });

  it('begins anew when the trace is cleared, and says nothing once stopped', async () => {
    say(2);
    feed.start();
    trace.clear();
    const { fresh, messages, oldest } = batches.at(-1)!;
    assert.deepEqual([fresh, messages.length, oldest, feed.message(1)], [true, 0, 2, undefined]);
    say(1);
    feed.stop();
    await clock.advance(200);
    say(1);
    await clock.advance(200);
    assert.equal(batches.length, 2);
    feed.start();
    assert.deepEqual(given(), [0, 1, 2, 3]);
  });
});
