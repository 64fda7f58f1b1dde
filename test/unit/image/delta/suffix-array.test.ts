import assert from 'node:assert/strict';
import { seededRandom } from '../../../../src/base/random';
import { suffixArray } from '../../../../src/image/delta/suffix-array';

describe('suffix array', () => {
  it('is that of a well-known word', () => {
    assert.deepEqual([...suffixArray(Buffer.from('banana'))], [6, 5, 3, 1, 0, 4, 2]);
    assert.deepEqual([...suffixArray(new Uint8Array())], [0]);
  });

  it('holds every suffix once, in order (seeded)', () => {
    const seed = 2009;
    const random = seededRandom(seed);
    for (let round = 0; round < 400; round++) {
      const symbols = 1 + Math.floor(random() * (round % 5 === 0 ? 256 : 4));
      const bytes = Buffer.from(
        Array.from({ length: Math.floor(random() * 300) }, () => Math.floor(random() * symbols)),
      );
      const order = suffixArray(bytes);
      assert.equal(new Set(order).size, bytes.length + 1);
      for (let index = 1; index < order.length; index++) {
        const [before, after] = [bytes.subarray(order[index - 1]), bytes.subarray(order[index])];
        assert.ok(Buffer.compare(before, after) < 0, `seed ${seed} round ${round} index ${index}`);
      }
    }
  });
});
