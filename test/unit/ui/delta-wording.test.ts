import assert from 'node:assert/strict';
import { noPatchText, sentPackageText, sentText } from '../../../src/ui/delta-wording';
import type { UpdatePackage } from '../../../src/update/types';

describe('what is sent of a package', () => {
  it('is told with what it stands for', () => {
    assert.equal(sentText({ bytes: 600 }), '600 bytes');
    assert.equal(
      sentText({ bytes: 600, fullBytes: 66_200, reducedBy: 'patch' }),
      'a patch of 600 bytes instead of 64.6 KiB',
    );
    const full: UpdatePackage = { name: 'app.suit', bytes: new Uint8Array(66_200), sha256: '' };
    assert.equal(
      sentPackageText({ ...full, bytes: new Uint8Array(600), full, reducedBy: 'compression' }),
      'compressed to 600 bytes instead of 64.6 KiB',
    );
    assert.equal(sentPackageText(full), '64.6 KiB');
  });

  it('is told with why it is no patch', () => {
    assert.match(noPatchText('not-kept', true), /^The image is sent compressed: .+ not pushed from here/);
    assert.match(noPatchText('not-kept', false), /^The full image is sent: .+ not pushed from here/);
  });
});
