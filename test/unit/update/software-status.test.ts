import assert from 'node:assert/strict';
import type { ResourceValue } from '../../../src/lwm2m/values';
import { linkedComponents } from '../../../src/update/software-links';
import { activation } from '../../../src/update/software-status';

const values = (some: Readonly<Record<string, ResourceValue>>): ReadonlyMap<string, ResourceValue> =>
  new Map(Object.entries(some));
const link = (instanceId: number, objectId = 14): ResourceValue => ({ objectId, instanceId });

describe('what software links to', () => {
  it('is found in one link or many, in order, once, and of object 14 only', () => {
    const known = values({
      '/9/0/17/0': link(3),
      '/9/0/17/1': link(1),
      '/9/0/17/2': link(3),
      '/9/0/17/3': link(0, 3),
      '/9/1/17': link(2),
      '/9/10/17/0': link(7),
    });
    assert.deepEqual(
      [0, 1, 10, 2].map((instance) => linkedComponents(known, instance)),
      [[1, 3], [2], [7], []],
    );
  });

  it('tells what is active where it does, else the software itself', () => {
    const links = { '/9/0/17/0': link(0), '/9/0/17/1': link(1) };
    for (const [some, expected] of [
      [{}, undefined],
      [{ '/9/0/12': true }, true],
      [{ '/9/0/12': true, ...links }, true],
      [{ '/9/0/12': false, ...links, '/14/0/5': true }, true],
      [{ '/9/0/12': true, ...links, '/14/0/5': true, '/14/1/5': false }, false],
      [{ ...links, '/14/2/5': true }, undefined],
    ] as const) {
      assert.equal(activation(values(some), 0), expected, JSON.stringify(some));
    }
  });
});
