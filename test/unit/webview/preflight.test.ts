import assert from 'node:assert/strict';
import { checksText } from '../../../webview/words';

describe('the checks before a push', () => {
  it('are counted', () => {
    assert.equal(checksText([{ tone: 'good' }, { tone: 'good' }]), '2 passed');
    assert.equal(checksText([{ tone: 'good' }, { tone: 'neutral' }, { tone: 'bad' }]), '1 of 3 passed');
  });
});
