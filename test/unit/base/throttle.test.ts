import assert from 'node:assert/strict';
import { Throttle } from '../../../src/base/throttle';
import { FakeClock } from '../support/fake-clock';

describe('Throttle', () => {
  it('works at once, and of a storm makes one piece of work an interval, the last change among it', async () => {
    const clock = new FakeClock();
    let changes = 0;
    const seen: (readonly [at: number, changes: number])[] = [];
    const throttle = new Throttle(clock, 100, () => seen.push([clock.now(), changes]));
    for (let at = 0; at < 250; at++) {
      changes++;
      throttle.request();
      await clock.advance(1);
    }
    await clock.advance(500);
    assert.deepEqual(seen, [
      [0, 1],
      [100, 100],
      [200, 200],
      [300, 250],
    ]);
    assert.equal(clock.pending, 0);
  });

  it('does what was asked for at once when it is flushed, and begins its time anew', async () => {
    const clock = new FakeClock();
    const seen: number[] = [];
    const throttle = new Throttle(clock, 100, () => seen.push(clock.now()));
    throttle.flush();
    throttle.request();
    throttle.request();
    await clock.advance(50);
    throttle.flush();
    throttle.flush();
    throttle.request();
    await clock.advance(500);
    assert.deepEqual([seen, clock.pending], [[0, 50, 150], 0]);
  });

  it('does nothing more once it is disposed', async () => {
    const clock = new FakeClock();
    let runs = 0;
    const throttle = new Throttle(clock, 100, () => runs++);
    throttle.request();
    throttle.request();
    throttle.dispose();
    throttle.request();
    await clock.advance(1000);
    assert.deepEqual([runs, clock.pending], [1, 0]);
  });
});
