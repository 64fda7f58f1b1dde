import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import {
  type Interruption,
  type Recovery,
  isInterruption,
  recoveryFrom,
} from '../../../src/update/resume-policy';

/** A push that stopped in the middle; the board is Downloading, and its registration stands. */
const amid: Interruption = {
  status: { state: 1, result: 0 },
  resultBefore: 0,
  sameRegistration: true,
  offset: 4096,
  offsetBefore: 0,
  sentAll: false,
  delivered: false,
  runsNewVersion: false,
  retries: 0,
  maxRetries: 3,
};
const status = (state: number, result: number): Pick<Interruption, 'status'> => ({
  status: { state, result },
});
const restarted = { ...amid, ...status(0, 0), sameRegistration: false };
const sentAll = { ...amid, sentAll: true };
const delivered = { ...sentAll, delivered: true };

const cases: Readonly<Record<string, readonly [Interruption, Recovery]>> = {
  'a cable that was out': [amid, 'resume'],
  'a cable that was out, with no restarts allowed': [{ ...amid, maxRetries: 0 }, 'resume'],
  'a cable that is out again, further on': [
    { ...amid, offsetBefore: 2048, retries: 3, maxRetries: 3 },
    'resume',
  ],
  'a cable that is out again at the same place': [{ ...amid, offsetBefore: 4096 }, 'resume'],
  'the same once too often': [{ ...amid, offsetBefore: 4096, retries: 3 }, 'give-up'],
  'a stop before the first answer': [{ ...amid, ...status(0, 0), offset: 0 }, 'start-over'],
  'a board that pulls': [{ ...amid, offset: undefined }, 'start-over'],
  'a board that restarted': [restarted, 'start-over'],
  'a board that restarted, once too often': [{ ...restarted, retries: 3 }, 'give-up'],
  'a board that restarted and keeps its State': [{ ...restarted, ...status(1, 0) }, 'start-over'],
  'a board that forgot the package without a new registration': [{ ...amid, ...status(0, 0) }, 'start-over'],
  'a board that gave up because it lost the connection': [{ ...amid, ...status(0, 4) }, 'start-over'],
  'a board that ran out of memory': [{ ...amid, ...status(0, 3) }, 'rejected'],
  'a refusal of the update before': [{ ...amid, ...status(0, 5), resultBefore: 5 }, 'start-over'],
  'a package that is not ours': [{ ...amid, ...status(2, 0) }, 'start-over'],
  'a lost answer to the last block': [{ ...sentAll, ...status(2, 0) }, 'accepted'],
  'a lost last block': [sentAll, 'resume'],
  'a refusal behind the cut cable': [{ ...sentAll, ...status(0, 5) }, 'rejected'],
  'a board that checks the package': [delivered, 'await-verdict'],
  'a board that has yet to begin its check': [{ ...delivered, ...status(0, 0) }, 'await-verdict'],
  'a package that was accepted meanwhile': [{ ...delivered, ...status(2, 0) }, 'accepted'],
  'a board that goes on by itself': [{ ...delivered, ...status(3, 0) }, 'accepted'],
  'a board that restarted with the package': [
    { ...delivered, ...status(2, 0), sameRegistration: false },
    'accepted',
  ],
  'a board that restarted without the package': [
    { ...delivered, ...status(0, 0), sameRegistration: false },
    'start-over',
  ],
  'a board that is back with the update done': [
    { ...delivered, ...status(0, 1), sameRegistration: false },
    'accepted',
  ],
  'a success of the update before': [
    { ...delivered, ...status(0, 1), resultBefore: 1, sameRegistration: false },
    'start-over',
  ],
  'the new version, though the result says nothing': [
    { ...delivered, ...status(0, 0), sameRegistration: false, runsNewVersion: true },
    'accepted',
  ],
};

describe('After an interruption of an update', () => {
  for (const [name, [interruption, recovery]] of Object.entries(cases)) {
    it(`${name}: ${recovery}`, () => assert.equal(recoveryFrom(interruption), recovery));
  }

  it('starts over no more often than the limit, whatever the board shows', () => {
    for (let state = 0; state <= 4; state++) {
      for (let result = 0; result <= 12; result++) {
        for (const sameRegistration of [true, false]) {
          const recovery = recoveryFrom({ ...amid, ...status(state, result), sameRegistration, retries: 3 });
          assert.notEqual(recovery, 'start-over', `${state} ${result} ${sameRegistration}`);
        }
      }
    }
  });

  it('only what may come back counts as one', () => {
    assert.ok(isInterruption(new SlipwayError('link.closed', { link: 'serial:COM3' })));
    assert.ok(isInterruption(new SlipwayError('lwm2m.offline', { board: 'desk-1' })));
    assert.ok(!isInterruption(new SlipwayError('cancelled', {})));
    assert.ok(!isInterruption(new SlipwayError('update.too-large', { board: 'desk-1', bytes: 2, limit: 1 })));
    assert.ok(!isInterruption(new Error('link.closed')));
  });
});
