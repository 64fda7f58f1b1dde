import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../../../src/base/hex';
import { ContentFormat, decodePaths, encodePaths } from '../../../../src/lwm2m/content-format';

const { senmlJson, senmlCbor, lwm2mCbor, tlv } = ContentFormat;

describe('The list of paths of a composite read', () => {
  const paths = ['/3/0/3', '/5', '/1/0/7/0', '/'];

  it('is a pack of names in SenML', () => {
    assert.equal(
      Buffer.from(encodePaths(senmlJson, ['/3/0/3', '/5'])).toString(),
      '[{"n":"/3/0/3"},{"n":"/5"}]',
    );
    assert.equal(toHex(encodePaths(senmlCbor, ['/3/0/3', '/5'])), '82a100662f332f302f33a100622f35');
  });

  for (const format of [senmlJson, senmlCbor, lwm2mCbor]) {
    it(`comes back whole in ${format}`, () => {
      assert.deepEqual(decodePaths(format, encodePaths(format, paths)), paths);
    });
  }

  it('is read with a base name, and from SenML CBOR where no format is told', () => {
    assert.deepEqual(decodePaths(senmlJson, Buffer.from('[{"bn":"/3/0/","n":"3"},{"n":"13"},{"bn":"/5"}]')), [
      '/3/0/3',
      '/3/0/13',
      '/5',
    ]);
    assert.deepEqual(decodePaths(undefined, fromHex('81a100622f35')), ['/5']);
  });

  it('is refused where it is none, and in formats that have none', () => {
    assert.throws(() => decodePaths(senmlJson, Buffer.from('[{"n":"/x"}]')), { code: 'lwm2m.malformed' });
    assert.throws(() => decodePaths(senmlJson, Buffer.from('{}')), { code: 'lwm2m.malformed' });
    assert.throws(() => encodePaths(tlv, paths), { code: 'lwm2m.unsupported-format' });
  });
});
