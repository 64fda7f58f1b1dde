import assert from 'node:assert/strict';
import { type Verdict, type Waiting, judge, startFrom } from '../../../src/update/firmware-states';

const letters: Readonly<Record<string, Verdict>> = {
  '.': 'wait',
  D: 'downloaded',
  U: 'updating',
  S: 'succeeded',
  L: 'deferred',
  F: 'failed',
};

/** One letter for each Update Result from 0 to 12, one row for each State. */
const expected: Readonly<Record<Waiting, Readonly<Record<number, string>>>> = {
  'for-download': {
    0: '..FFFFFFFFFFF',
    1: '.............',
    2: 'DDDDDDDDDDDDD',
    3: 'UUUUUUUUUUUUU',
    4: '.............',
    [-1]: '.............',
  },
  'for-update': {
    0: '.SFFFFFFFFFFF',
    1: '.............',
    2: '..FFFFFFFFFLF',
    3: '.............',
    4: '.............',
    [-1]: '.............',
  },
};

describe('State and Update Result of object 5', () => {
  for (const [waiting, rows] of Object.entries(expected)) {
    for (const [state, row] of Object.entries(rows)) {
      it(`mean ${row} while waiting ${waiting} in State ${state}`, () => {
        const verdicts = Array.from(row, (_, result) => judge(waiting as Waiting, Number(state), result));
        assert.deepEqual(
          verdicts,
          Array.from(row, (letter) => letters[letter]),
        );
      });
    }
  }

  it('let a push begin from Idle, after a reset from Downloading and Downloaded, and else not', () => {
    assert.deepEqual([0, 1, 2, 3, 4, -1, 0.5, NaN].map(startFrom), [
      'push',
      'reset',
      'reset',
      'refuse',
      'refuse',
      'refuse',
      'refuse',
      'refuse',
    ]);
  });
});
