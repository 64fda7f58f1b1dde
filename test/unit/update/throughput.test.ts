import assert from 'node:assert/strict';
import { seededRandom } from '../../../src/base/random';
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
    // The time to the first block may be that of erasing flash.
    assert.equal(throughput.remainingMs(1000), undefined);
    throughput.add(3100, 1500);
    assert.equal(throughput.remainingMs(2500), 1000);
  });
});

/** A push of 1 KiB blocks as its answers come: ms from each to the next, and the window they come in. */
interface Pace {
  readonly blocks: number;
  /** ms until block `num` is answered, after the one before. */
  readonly ms: (num: number) => number;
  readonly window?: (num: number) => number;
}

/** Errors of the estimate from the first tenth of the push to the last, as parts of what was left. */
function estimateErrors({ blocks, ms, window = () => 1 }: Pace): { mean: number; most: number } {
  const ends: number[] = [];
  for (let num = 0; num < blocks; num++) ends.push((ends.at(-1) ?? 0) + ms(num));
  const end = ends.at(-1)!;
  const throughput = new Throughput();
  throughput.add(0, 0);
  const errors: number[] = [];
  ends.forEach((at, num) => {
    const bytes = (num + 1) * 1024;
    throughput.add(at, bytes, window(num));
    if (bytes < (blocks * 1024) / 10 || bytes > (blocks * 1024 * 9) / 10) return;
    const left = throughput.remainingMs(blocks * 1024);
    assert.ok(left !== undefined, `no estimate at block ${num}`);
    errors.push(Math.abs(left - (end - at)) / (end - at));
  });
  return { mean: errors.reduce((sum, error) => sum + error, 0) / errors.length, most: Math.max(...errors) };
}

describe('the estimate of what is left of a push is right within a tenth, from the first tenth on,', () => {
  const cases: Readonly<Record<string, Pace>> = {
    'on a steady line': { blocks: 256, ms: () => 92 },
    'when flash was erased first': { blocks: 256, ms: (num) => (num === 0 ? 9000 : 92) },
    'when the window opens on the way': {
      blocks: 256,
      ms: (num) => (num < 4 ? 27 : num < 16 ? 14 : 10.6),
      window: (num) => (num < 4 ? 1 : num < 16 ? 2 : 4),
    },
    'when every fourth block waits for a sector': { blocks: 256, ms: (num) => (num % 4 === 0 ? 200 : 92) },
    'when every 16th block waits for a long time': { blocks: 1024, ms: (num) => (num % 16 === 0 ? 900 : 92) },
    'on a line that is slow': { blocks: 40, ms: () => 1100 },
    'at the speed of a network': { blocks: 8192, ms: () => 0.15 },
  };
  for (const [name, pace] of Object.entries(cases)) {
    it(name, () => {
      const { most } = estimateErrors(pace);
      assert.ok(most <= 0.1, `off by ${(most * 100).toFixed(1)} %`);
    });
  }

  it('when a block is lost now and then', () => {
    const seeds = Array.from({ length: 25 }, (_, index) => index + 1);
    const errors = seeds.map((seed) => {
      const random = seededRandom(seed);
      const lost = Array.from({ length: 1024 }, () => random() < 0.02);
      return estimateErrors({ blocks: 1024, ms: (num) => (lost[num] ? 592 : 92) });
    });
    // What will be lost nobody knows: right on average, and never far off.
    for (const [index, { mean, most }] of errors.entries()) {
      assert.ok(mean <= 0.1 && most <= 0.25, `seed ${seeds[index]}: off by ${mean}, at most ${most}`);
    }
  });

  it('also when the pace changes for good, within half a minute', () => {
    const throughput = new Throughput();
    let at = 0;
    for (let num = 0; num <= 2000; num++) {
      throughput.add(at, num * 1024);
      at += num < 1000 ? 20 : 100;
    }
    const left = throughput.remainingMs(3000 * 1024)!;
    assert.ok(Math.abs(left - 100_000) < 1000, `${left} ms`);
  });
});
