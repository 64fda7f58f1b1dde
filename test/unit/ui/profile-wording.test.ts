import assert from 'node:assert/strict';
import { forgottenProfileText } from '../../../src/ui/profile-wording';

describe('a transfer profile that is forgotten', () => {
  it('is told, or that there was none', () => {
    assert.equal(
      forgottenProfileText('desk-1', { szx: 6, window: 0 }),
      'Forgotten for desk-1: blocks of 1.0 KiB, one at a time. The next push finds out anew what it takes.',
    );
    assert.match(
      forgottenProfileText('desk-1', { szx: 4, window: 6 }),
      /blocks of 256 bytes, 6 in flight\. /,
    );
    assert.equal(
      forgottenProfileText('desk-1', undefined),
      'Nothing was remembered of how desk-1 takes transfers.',
    );
  });
});
