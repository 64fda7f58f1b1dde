import assert from 'node:assert/strict';
import { sleep } from '../../../src/base/clock';
import { FakeClock } from './fake-clock';
import { until } from './until';

describe('FakeClock', () => {
  it('runs timers in order of their time, ties in order of scheduling', async () => {
    const clock = new FakeClock();
    const seen: string[] = [];
    clock.schedule(20, () => seen.push(`b@${clock.now()}`));
    clock.schedule(10, () => seen.push(`a@${clock.now()}`));
    clock.schedule(20, () => seen.push(`c@${clock.now()}`));
    await clock.advance(20);
    assert.deepEqual(seen, ['a@10', 'b@20', 'c@20']);
    assert.equal(clock.pending, 0);
  });

  it('runs timers scheduled while advancing and awaits promises in between', async () => {
    const clock = new FakeClock();
    const seen: number[] = [];
    const loop = (async () => {
      for (let round = 0; round < 3; round++) {
        await sleep(clock, 10);
        seen.push(clock.now());
      }
    })();
    await clock.advance(25);
    assert.deepEqual(seen, [10, 20]);
    assert.equal(clock.now(), 25);
    assert.equal(clock.nextIn, 5);
    await clock.advance(5);
    await loop;
    assert.deepEqual(seen, [10, 20, 30]);
  });

  it('does not run a disposed timer and moves wall time along', async () => {
    const clock = new FakeClock(1000);
    let ran = false;
    clock.schedule(5, () => (ran = true)).dispose();
    await clock.advance(10);
    assert.equal(ran, false);
    assert.equal(clock.wallTime(), 1010);
  });
});

describe('until', () => {
  it('resolves with the first true value', async () => {
    let looks = 0;
    assert.equal(await until(() => (++looks === 5 ? 'there' : undefined), 'the fifth look'), 'there');
  });

  it('fails with its description and the last error', async () => {
    const failing = until(
      () => {
        throw new RangeError('not yet');
      },
      'a board',
      20,
    );
    await assert.rejects(failing, (error: Error) => {
      assert.match(error.message, /in vain for: a board/);
      assert.ok(error.cause instanceof RangeError);
      return true;
    });
  });
});
