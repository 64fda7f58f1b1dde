import assert from 'node:assert/strict';
import { ContainerObject } from '../../../src/board/container-object';
import type { InstanceValues } from '../../../src/board/board-object';

const data = new Map([['0/0', Uint8Array.of(1)]]);

function container(own: readonly InstanceValues[]): ContainerObject {
  return new ContainerObject({ instancesChanged: () => undefined, ownInstances: () => own });
}

describe('object 19 of a virtual board', () => {
  it('has the board’s own instances behind those of the server, as they are at the moment', () => {
    const own: InstanceValues[] = [];
    const object = container(own);
    object.create(undefined, data);
    assert.deepEqual(object.instances, [0]);
    own.push(new Map([['3', 'SUIT trust anchor']]));
    assert.deepEqual(object.instances, [0, 60_000]);
    assert.equal(object.read(60_000).get('3'), 'SUIT trust anchor');
    assert.equal(object.read(60_001).size, 0);
    assert.equal(object.create(undefined, data).instance, 1);
  });

  it('lets nobody write or delete its own', () => {
    const object = container([new Map([['3', 'SUIT vendor id']])]);
    for (const outcome of [
      object.write(60_000, 3, 'mine'),
      object.replace(60_000, data),
      object.delete(60_000),
    ]) {
      assert.equal(outcome.code, '4.05');
    }
    assert.equal(object.create(60_000, data).code, '4.00');
    assert.equal(object.read(60_000).get('3'), 'SUIT vendor id');
  });
});
