import assert from 'node:assert/strict';
import { bytesText, durationText, percent, rateText } from '../../../src/ui/quantities';

describe('quantities', () => {
  it('writes sizes', () => {
    assert.deepEqual([0, 1, 512, 44_032, 1_310_720].map(bytesText), [
      '0 bytes',
      '1 byte',
      '512 bytes',
      '43.0 KiB',
      '1.25 MiB',
    ]);
  });

  it('writes rates', () => {
    assert.deepEqual([0, 999, 11_200, 999_960].map(rateText), ['0 B/s', '999 B/s', '11.2 kB/s', '1.00 MB/s']);
  });

  it('writes durations', () => {
    assert.deepEqual([0, 850, 2000, 4240, 59_600, 65_000].map(durationText), [
      '0 ms',
      '850 ms',
      '2 s',
      '4.2 s',
      '1 min 00 s',
      '1 min 05 s',
    ]);
  });

  it('says 100 % only when all is there', () => {
    assert.deepEqual(
      [percent(0, 10), percent(999, 1000), percent(10, 10), percent(11, 10), percent(1, 0)],
      [0, 99, 100, 100, 0],
    );
  });
});
