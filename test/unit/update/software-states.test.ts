import assert from 'node:assert/strict';
import {
  type SoftwareOperation,
  type SoftwareVerdict,
  deliverFrom,
  isAllowed,
  isFailure,
  judgeSoftware,
  softwareOperations,
  softwareResult,
} from '../../../src/update/software-states';

const states = [0, 1, 2, 3, 4];
const results = Object.values(softwareResult);
const failures = [50, 51, 52, 53, 54, 56, 57, 58, 59];

describe('the states of software', () => {
  it('know a failure by its number, also one without a name', () => {
    assert.deepEqual(results.filter(isFailure), failures);
    assert.equal(isFailure(200), true);
    assert.equal(isFailure(4), false);
  });

  it('allow each operation in its own states only, active or not', () => {
    /** Per operation, for State 0 to 4: inactive, active, or not told (`i`, `a`, `?`). */
    const expected: Readonly<Record<SoftwareOperation, readonly string[]>> = {
      deliver: ['ia?', 'ia?', 'ia?', 'ia?', ''],
      install: ['', '', '', 'ia?', ''],
      activate: ['', '', '', '', 'i?'],
      deactivate: ['', '', '', '', 'a?'],
      uninstall: ['', '', '', 'ia?', 'ia?'],
      'uninstall-for-update': ['', '', '', '', 'ia?'],
    };
    for (const operation of softwareOperations) {
      const found = states.map((state) =>
        (
          [
            ['i', false],
            ['a', true],
            ['?', undefined],
          ] as const
        )
          .filter(([, active]) => isAllowed(operation, { state, active }))
          .map(([letter]) => letter)
          .join(''),
      );
      assert.deepEqual(found, expected[operation], operation);
      assert.equal(isAllowed(operation, { state: 9, active: undefined }), false, 'a state without a name');
    }
  });

  it('tell how a delivery begins', () => {
    assert.deepEqual([...states, 9].map(deliverFrom), [
      ...['transfer', 'transfer', 'transfer', 'clear', 'refuse', 'refuse'],
    ]);
  });

  /** Per operation, for State 0 to 4 of inactive software: without a failure, and with one. */
  const verdicts: Readonly<
    Record<SoftwareOperation, readonly (readonly [SoftwareVerdict, SoftwareVerdict])[]>
  > = {
    deliver: [
      ['wait', 'failed'],
      ['wait', 'wait'],
      ['wait', 'wait'],
      ['done', 'done'],
      ['done', 'done'],
    ],
    install: [
      ['failed', 'failed'],
      ['wait', 'wait'],
      ['wait', 'wait'],
      ['wait', 'failed'],
      ['done', 'done'],
    ],
    activate: [
      ['failed', 'failed'],
      ['failed', 'failed'],
      ['failed', 'failed'],
      ['failed', 'failed'],
      ['wait', 'failed'],
    ],
    deactivate: [
      ['failed', 'failed'],
      ['failed', 'failed'],
      ['failed', 'failed'],
      ['failed', 'failed'],
      ['done', 'done'],
    ],
    uninstall: [
      ['done', 'done'],
      ['wait', 'wait'],
      ['wait', 'wait'],
      ['wait', 'failed'],
      ['wait', 'failed'],
    ],
    'uninstall-for-update': [
      ['done', 'done'],
      ['wait', 'wait'],
      ['wait', 'wait'],
      ['wait', 'failed'],
      ['wait', 'failed'],
    ],
  };
  for (const operation of softwareOperations) {
    it(`mean to ${operation} what the table says, for every result`, () => {
      for (const state of states) {
        const [open, failure] = verdicts[operation][state]!;
        for (const result of results) {
          const status = { state, result, active: false };
          const expected = failures.includes(result) ? failure : open;
          assert.equal(judgeSoftware(operation, status), expected, `state ${state}, result ${result}`);
          assert.equal(judgeSoftware(operation, status, true), open, `an old result ${result}`);
        }
      }
      assert.equal(judgeSoftware(operation, { state: 9, result: 0, active: false }), 'wait');
    });
  }

  it('end an activation by what the board tells to be active', () => {
    const at = (operation: SoftwareOperation, active: boolean | undefined): SoftwareVerdict =>
      judgeSoftware(operation, { state: 4, result: 2, active });
    assert.deepEqual(
      [at('activate', true), at('activate', false), at('activate', undefined)],
      [...['done', 'wait', 'done']],
    );
    assert.deepEqual(
      [at('deactivate', true), at('deactivate', false), at('deactivate', undefined)],
      [...['wait', 'done', 'done']],
    );
  });
});
