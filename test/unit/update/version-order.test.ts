import assert from 'node:assert/strict';
import { isOlder } from '../../../src/update/version-order';

describe('the order of versions', () => {
  it('is that of Semantic Versioning, §11', () => {
    const inOrder = [
      '0.9.10',
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      '1.2',
      '1.2.3',
      '1.2.3+4',
      '1.2.3+10',
      '1.2.4',
      '1.10.0',
      'v2.0',
    ];
    for (const [index, version] of inOrder.entries()) {
      for (const [place, than] of inOrder.entries()) {
        assert.equal(isOlder(version, than), index < place, `${version} before ${than}`);
      }
    }
  });

  it('knows what is the same in other words', () => {
    assert.equal(isOlder('1.2', '1.2.0'), false);
    assert.equal(isOlder('1.2.0', '1.2'), false);
    assert.equal(isOlder('1.2.0+g4f2a', '1.2.0+g0000'), false, 'a hash is no number');
  });

  it('is unknown for what is no such number', () => {
    for (const odd of ['', '7', 'main', '1.x', '1.2.3.4.5', '1..2', '-1.2']) {
      assert.equal(isOlder(odd, '1.0.0'), undefined, odd);
      assert.equal(isOlder('1.0.0', odd), undefined, odd);
    }
  });
});
