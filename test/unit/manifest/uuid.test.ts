import { strict as assert } from 'node:assert';
import { fromHex } from '../../../src/base/hex';
import { parseUuid, uuid5, uuidNamespaceDns } from '../../../src/base/uuid';
import { classIdOf, formatUuid, vendorIdOf } from '../../../src/manifest/uuid';

describe('UUID', () => {
  it('makes the name-based UUID of RFC 9562 appendix A.4', () => {
    assert.equal(
      formatUuid(uuid5(uuidNamespaceDns, 'www.example.com')),
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    );
  });

  it("makes the vendor and class ids of draft-ietf-suit-manifest's examples", () => {
    const vendorId = vendorIdOf('arm.com');
    assert.equal(formatUuid(vendorId), 'fa6b4a53-d5ad-5fdf-be9d-e663e4d41ffe');
    assert.equal(formatUuid(classIdOf(vendorId, 'suit')), '1492af14-2569-5e48-bf42-9b2d51f2ab45');
  });

  it('takes domains without regard to case, class names as they are', () => {
    assert.deepEqual(vendorIdOf('ARM.com'), vendorIdOf('arm.com'));
    assert.notDeepEqual(classIdOf(uuidNamespaceDns, 'A'), classIdOf(uuidNamespaceDns, 'a'));
  });

  it('reads what it writes', () => {
    const text = '2ed6657d-e927-568b-95e1-2665a8aea6a2';
    assert.deepEqual(parseUuid(text), fromHex('2ed6657de927568b95e12665a8aea6a2'));
    assert.deepEqual(parseUuid(text.toUpperCase()), parseUuid(text));
    assert.equal(formatUuid(parseUuid(text)!), text);
  });

  it('refuses what is not a UUID', () => {
    for (const text of [
      '',
      '2ed6657de927568b95e12665a8aea6a2',
      '2ed6657d-e927-568b-95e1-2665a8aea6ag',
      ' ',
    ]) {
      assert.equal(parseUuid(text), undefined, text);
    }
    assert.throws(() => formatUuid(new Uint8Array(15)), RangeError);
  });
});
