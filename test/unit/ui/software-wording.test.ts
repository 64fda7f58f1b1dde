import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import { resourceDefinition } from '../../../src/lwm2m/objects/objects';
import {
  doneText,
  operationText,
  softwareResultText,
  softwareStateText,
} from '../../../src/ui/software-wording';
import { phaseText } from '../../../src/ui/phase-wording';
import { errorText } from '../../../src/ui/wording';
import { softwareOperations, softwareResult, softwareState } from '../../../src/update/software-states';

describe('wording of software', () => {
  it('has words and a remedy for every result of the registry, and for one without a name', () => {
    const registered = [...resourceDefinition(9, 9)!.enumeration!.keys()];
    assert.deepEqual(registered, Object.values(softwareResult));
    for (const result of registered) {
      const { text, remedy } = softwareResultText(result);
      assert.match(text, /^[A-Z]/);
      assert.doesNotMatch(text, /Unknown/);
      assert.match(remedy, /\.$/);
    }
    assert.equal(softwareResultText(55).text, 'Unknown result 55');
  });

  it('has a word for every state', () => {
    for (const state of Object.values(softwareState)) {
      assert.doesNotMatch(softwareStateText(state), /Unknown/);
    }
    assert.equal(softwareStateText(9), 'Unknown (9)');
  });

  it('has a name, a phase and an end for every operation', () => {
    const ends = softwareOperations.map((operation) => doneText(operation, 'blink', '1.0'));
    assert.equal(
      new Set([...ends, ...softwareOperations.map((operation) => operationText(operation))]).size,
      12,
    );
    for (const phase of ['install', 'activate', 'deactivate', 'uninstall'] as const) {
      assert.match(phaseText(phase), /ing$/);
    }
  });

  it('says where the state went when the result names no failure', () => {
    const details = { board: 'desk-1', instance: 0, operation: 'install', result: 0, state: 0 };
    assert.equal(
      errorText(new SlipwayError('software.rejected', details)),
      'desk-1 did not install software 0: its state went to Initial. See its console, then deliver the package again.',
    );
  });
});
