import assert from 'node:assert/strict';
import { SleepyLink } from '../../../src/board/sleepy-link';
import { createMemoryLinkPair } from '../../../src/link/memory-link';
import { FakeClock } from '../support/fake-clock';

describe('The link of a board that sleeps', () => {
  it('hears nothing until it sends, and for a while after each datagram', async () => {
    const clock = new FakeClock();
    const [host, far] = createMemoryLinkPair('x', { clock });
    const link = new SleepyLink(far, clock, 1000);
    const heard: number[] = [];
    link.onDatagram(({ data }) => heard.push(data[0] ?? -1));
    const say = async (byte: number): Promise<void> => {
      await host.send(Uint8Array.of(byte), host.peer);
      await clock.advance(0);
    };
    await clock.advance(0);
    await say(1);
    await link.send(Uint8Array.of(0), far.peer);
    await clock.advance(900);
    await say(2);
    await clock.advance(900);
    await say(3);
    await clock.advance(1000);
    await say(4);
    await link.send(Uint8Array.of(0), far.peer);
    link.sleep();
    await say(5);
    assert.deepEqual(heard, [2, 3]);
    link.dispose();
    assert.equal(clock.pending, 0);
    assert.equal(far.state, 'closed');
    host.dispose();
  });
});
