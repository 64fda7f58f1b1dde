import assert from 'node:assert/strict';
import { Throughput } from '../../../src/update/throughput';

/** A rate that was fed with `[at, bytes]`. */
function fed(...samples: readonly (readonly [number, number])[]): Throughput {
  const throughput = new Throughput();
  for (const [at, bytes] of samples) throughput.add(at, bytes);
  return throughput;
}

describe('the rate of a push', () => {
  it('is unknown until two samples lie apart in time', () => {
    for (const throughput of [fed(), fed([5, 100]), fed([5, 0], [5, 100])]) {
      assert.equal(throughput.bytesPerSecond, 0);
      assert.equal(throughput.remainingMs(1000), undefined);
    }
  });

  it('is bytes over time, and what is left follows from it', () => {
    const throughput = fed([1000, 0], [1500, 512], [2000, 1024]);
    assert.equal(throughput.bytesPerSecond, 1024);
    assert.equal(throughput.remainingMs(3072), 2000);
    assert.equal(throughput.remainingMs(1024), 0);
  });

  it('looks back on the last three seconds only', () => {
    const slow = Array.from({ length: 10 }, (_, second) => [second * 1000, second * 10] as const);
    const fast = Array.from(
      { length: 4 },
      (_, second) => [(second + 10) * 1000, 1000 * (second + 1)] as const,
    );
    assert.equal(fed(...slow).bytesPerSecond, 10);
    assert.equal(fed(...slow, ...fast).bytesPerSecond, 1000);
  });

  it('still has two samples to compare on a line slower than that', () => {
    const throughput = fed([0, 0], [10_000, 64], [30_000, 128]);
    assert.equal(throughput.bytesPerSecond, 3.2);
    assert.equal(throughput.remainingMs(192), 20_000);
  });

  it('falls to nothing while the board is silent', () => {
    const throughput = fed([0, 0], [1000, 1000], [4000, 1000], [7000, 1000]);
    assert.equal(throughput.bytesPerSecond, 0);
    assert.equal(throughput.remainingMs(2000), undefined);
  });

  it('begins anew when the board asked to start over', () => {
    const throughput = fed([0, 0], [1000, 4000], [1100, 0]);
    assert.equal(throughput.bytesPerSecond, 0);
    throughput.add(2100, 500);
    assert.equal(throughput.bytesPerSecond, 500);
    assert.equal(throughput.remainingMs(1000), 1000);
  });
});
