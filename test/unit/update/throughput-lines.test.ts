import assert from 'node:assert/strict';
import { Throughput } from '../../../src/update/throughput';
import { type Line, lineName, targets } from '../../bench/lines';
import { push } from '../../bench/push';

const seeds = [1, 2, 3];

describe('the estimate of what is left is right within a tenth on the lines of the benchmark:', function () {
  this.timeout(60_000);
  for (const { least, ...line } of targets) {
    for (const szx of Object.keys(least).map(Number)) {
      for (const known of [false, true]) {
        const to = known ? 'a board that is known' : 'a new board';
        it(`${lineName(line)}, blocks of ${2 ** (szx + 4)} bytes to ${to}`, async () => {
          for (const seed of seeds) {
            const { mean, most } = await estimateErrors(line, szx, known, seed);
            // What will be lost nobody knows: right on average then, and never far off.
            const limit = line.corruption ? 0.25 : 0.1;
            assert.ok(mean <= 0.1 && most <= limit, `seed ${seed}: off by ${mean}, at most ${most}`);
          }
        });
      }
    }
  }
});

/** Errors of the estimate from the first tenth of the push to the last, as parts of what was left. */
async function estimateErrors(
  line: Line,
  szx: number,
  known: boolean,
  seed: number,
): Promise<{ readonly mean: number; readonly most: number }> {
  // Long enough for a dozen losses, where there are some.
  const bytes = (line.corruption ? 1024 : 256) * 1024;
  const throughput = new Throughput();
  throughput.add(0, 0);
  const estimates: { readonly at: number; readonly left: number }[] = [];
  const { lineMs } = await push(
    {
      ...line,
      bytes,
      how: { way: 'slipway', known, szx },
      onProgress: (at, { bytesAcknowledged, window }) => {
        throughput.add(at, bytesAcknowledged, window);
        if (bytesAcknowledged < bytes / 10 || bytesAcknowledged > (bytes * 9) / 10) return;
        const left = throughput.remainingMs(bytes);
        assert.ok(left !== undefined, `no estimate at byte ${bytesAcknowledged}`);
        estimates.push({ at, left });
      },
    },
    seed,
  );
  assert.ok(estimates.length > 100, `${estimates.length} estimates`);
  const errors = estimates.map(({ at, left }) => Math.abs(left - (lineMs - at)) / (lineMs - at));
  return { mean: errors.reduce((sum, error) => sum + error, 0) / errors.length, most: Math.max(...errors) };
}
