import assert from 'node:assert/strict';
import { SendQueue } from '../../../src/link/send-queue';
import { FakeClock, settle } from '../support/fake-clock';

class Fixture {
  readonly clock = new FakeClock();
  readonly writes: { bytes: Uint8Array; resolve: () => void; reject: (error: Error) => void }[] = [];
  stalls = 0;
  readonly queue = new SendQueue({
    clock: this.clock,
    write: (bytes) => new Promise((resolve, reject) => this.writes.push({ bytes, resolve, reject })),
    closedError: () => new Error('closed'),
    stallMs: 1000,
    onStall: () => this.stalls++,
  });
}

describe('SendQueue', () => {
  it('writes one thing after the other, in order', async () => {
    const { queue, writes, clock } = new Fixture();
    const done: number[] = [];
    for (const value of [1, 2, 3]) void queue.push(Uint8Array.of(value)).then(() => done.push(value));
    await settle();
    assert.equal(writes.length, 1);
    writes[0]!.resolve();
    await settle();
    assert.deepEqual(done, [1]);
    assert.equal(writes.length, 2);
    writes[1]!.resolve();
    await settle();
    writes[2]!.resolve();
    await settle();
    assert.deepEqual(done, [1, 2, 3]);
    assert.deepEqual(
      writes.map(({ bytes }) => bytes[0]),
      [1, 2, 3],
    );
    assert.equal(clock.pending, 0);
  });

  it('goes on after a failed write', async () => {
    const { queue, writes } = new Fixture();
    const first = queue.push(Uint8Array.of(1));
    const second = queue.push(Uint8Array.of(2));
    writes[0]!.reject(new Error('no'));
    await assert.rejects(first, /no/);
    await settle();
    writes[1]!.resolve();
    await second;
  });

  it('rejects everything when closed, the write under way included', async () => {
    const { queue, writes } = new Fixture();
    const sends = [queue.push(Uint8Array.of(1)), queue.push(Uint8Array.of(2))];
    queue.close();
    for (const send of sends) await assert.rejects(send, /closed/);
    await assert.rejects(queue.push(Uint8Array.of(3)), /closed/);
    writes[0]!.resolve();
    await settle();
    assert.equal(writes.length, 1);
  });

  it('tells of a write that does not end', async () => {
    const fixture = new Fixture();
    void fixture.queue.push(Uint8Array.of(1));
    await fixture.clock.advance(999);
    assert.equal(fixture.stalls, 0);
    await fixture.clock.advance(1);
    assert.equal(fixture.stalls, 1);
  });
});
