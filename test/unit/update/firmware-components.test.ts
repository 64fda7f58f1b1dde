import assert from 'node:assert/strict';
import type { ResourceValue } from '../../../src/lwm2m/values';
import { componentNamed, knownComponents } from '../../../src/update/firmware-components';

const values = new Map<string, ResourceValue>([
  ['/33629/0/14', 'application'],
  ['/33629/0/15', '1.0.0'],
  ['/33629/2/14', ''],
  ['/33629/2/15', '3.0'],
]);

describe('the components of a firmware', () => {
  const components = knownComponents(values, [2, 0, 1]);

  it('are called by their names, or by their paths where they have none', () => {
    assert.deepEqual(components, [
      { instance: 0, name: 'application', version: '1.0.0' },
      { instance: 1, name: '/33629/1' },
      { instance: 2, name: '/33629/2', version: '3.0' },
    ]);
  });

  it('are found by name or number', () => {
    for (const wanted of ['application', '0']) {
      assert.equal(componentNamed('desk-1', components, wanted).instance, 0);
    }
    assert.throws(() => componentNamed('desk-1', components, 'modem'), {
      code: 'components.unknown',
      details: { board: 'desk-1', component: 'modem', known: 'application, /33629/1, /33629/2' },
    });
  });
});
