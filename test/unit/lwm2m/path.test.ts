import assert from 'node:assert/strict';
import { formatPath, isWithin, parsePath, pathIds } from '../../../src/lwm2m/path';

describe('paths', () => {
  it('are one to four IDs', () => {
    assert.deepEqual(pathIds('/'), []);
    assert.deepEqual(pathIds('/3'), [3]);
    assert.deepEqual(pathIds('/3/0/7/65534'), [3, 0, 7, 65534]);
    for (const path of ['', '3', '/3/', '//3', '/03', '/3/0/7/1/0', '/65535', '/-1', '/3/x', '/3 ', '/3\n']) {
      assert.equal(pathIds(path), undefined, path);
    }
  });

  it('are taken apart and put together', () => {
    assert.deepEqual(parsePath('/5'), { objectId: 5 });
    assert.deepEqual(parsePath('/5/0/3'), { objectId: 5, instanceId: 0, resourceId: 3 });
    assert.deepEqual(parsePath('/5/0/8/1'), {
      objectId: 5,
      instanceId: 0,
      resourceId: 8,
      resourceInstanceId: 1,
    });
    assert.equal(formatPath([5, 0, 3]), '/5/0/3');
    assert.throws(() => parsePath('/'), { code: 'lwm2m.bad-value' });
  });

  it('are within others by whole IDs', () => {
    assert.equal(isWithin('/5/0/3', '/5/0'), true);
    assert.equal(isWithin('/5/0', '/5/0'), true);
    assert.equal(isWithin('/50/0', '/5'), false);
    assert.equal(isWithin('/5', '/5/0'), false);
    assert.equal(isWithin('/5', '/'), true);
  });
});
