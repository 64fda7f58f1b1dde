import assert from 'node:assert/strict';
import type { SingleInstance } from '../../../src/board/board-object';
import { ComponentObject } from '../../../src/board/component-object';
import { ConnectivityObject } from '../../../src/board/connectivity-object';
import { DeviceObject } from '../../../src/board/device-object';
import { FirmwareObject } from '../../../src/board/firmware-object';
import { ServerObject } from '../../../src/board/server-object';
import { SoftwareObject } from '../../../src/board/software-object';
import type { ResourceValue } from '../../../src/lwm2m/values';
import { objectDefinition } from '../../../src/lwm2m/objects/objects';
import { FakeClock } from '../support/fake-clock';

const identity = { manufacturer: 'Example', model: 'Sensor', serialNumber: '0042' };
const wallStart = Date.UTC(2026, 0, 1);
const changed = { code: '2.04' };

function changesOf(object: SingleInstance): (readonly string[])[] {
  const changes: (readonly string[])[] = [];
  object.onDidChange((paths) => changes.push(paths));
  return changes;
}

describe('Object 3 of the virtual board', () => {
  let clock: FakeClock;
  let reboots: number;
  let device: DeviceObject;
  beforeEach(() => {
    clock = new FakeClock(wallStart + 789);
    reboots = 0;
    device = new DeviceObject(clock, identity, {
      memoryFreeKb: () => 64,
      reboot: () => {
        reboots++;
      },
    });
  });

  it('tells who it is', () => {
    device.setFirmwareVersion('1.2.3');
    assert.deepEqual(Object.fromEntries(device.read(0)), {
      0: 'Example',
      1: 'Sensor',
      2: '0042',
      3: '1.2.3',
      10: 64,
      '11/0': 0,
      13: new Date(wallStart),
      16: 'U',
      17: 'virtual',
    });
  });

  it('tells of a new version, not of the same again', () => {
    const changes = changesOf(device);
    for (const version of ['1.2.3', '1.2.3', '1.2.4']) device.setFirmwareVersion(version);
    assert.deepEqual(changes, [['/0/3'], ['/0/3']]);
  });

  it('lets its time be set, and goes on from there', async () => {
    assert.deepEqual(device.write(0, 13, new Date(Date.UTC(2030, 5, 1))), changed);
    await clock.advance(90_000);
    assert.deepEqual(device.read(0).get('13'), new Date(Date.UTC(2030, 5, 1, 0, 1, 30)));
  });

  it('lets nothing else be written', () => {
    for (const resource of device.resources) {
      assert.equal(device.write(0, resource, 'x').code, '4.05');
    }
    assert.equal(device.read(0).get('0'), 'Example');
  });

  it('reboots for Reboot and Factory Reset only', () => {
    assert.deepEqual(device.execute(0, 12, ''), changed);
    assert.equal(reboots, 0);
    assert.deepEqual([device.execute(0, 4, ''), device.execute(0, 5, '')], [changed, changed]);
    assert.equal(reboots, 2);
  });
});

describe('Object 1 of the virtual board', () => {
  let updates: number;
  let server: ServerObject;
  beforeEach(() => {
    updates = 0;
    server = new ServerObject(300, {
      update: () => {
        updates++;
      },
    });
  });

  it('holds the account of one server', () => {
    assert.deepEqual(Object.fromEntries(server.read(0)), { 0: 1, 1: 300, 2: 0, 3: 0, 6: false, 7: 'U' });
    assert.equal(server.lifetime, 300);
  });

  it('takes another lifetime, and tells the server of it', () => {
    assert.deepEqual(server.write(0, 1, 60), changed);
    assert.deepEqual([server.lifetime, updates], [60, 1]);
  });

  it('takes a lifetime of any size that can be written', () => {
    assert.deepEqual(server.write(0, 1, 2n ** 60n), changed);
    assert.equal(server.lifetime, 2 ** 60);
  });

  it('refuses a lifetime that is none, and says why', () => {
    for (const lifetime of [0, -1]) {
      assert.deepEqual(server.write(0, 1, lifetime), {
        code: '4.00',
        diagnostic: 'lifetime must be positive',
      });
    }
    assert.deepEqual([server.lifetime, updates], [300, 0]);
  });

  it('takes the periods and whether to store notifications, which the server need not be told', () => {
    for (const [resource, value] of [
      [2, 5],
      [3, 60],
      [6, true],
    ] as const) {
      assert.deepEqual(server.write(0, resource, value), changed);
      assert.equal(server.read(0).get(String(resource)), value);
    }
    assert.equal(updates, 0);
  });

  it('refuses to change its id, binding and triggers', () => {
    for (const resource of [0, 7, 8]) assert.equal(server.write(0, resource, 2).code, '4.05');
  });

  it('updates its registration when told to', () => {
    assert.deepEqual(server.execute(0, 8, ''), changed);
    assert.equal(updates, 1);
  });
});

describe('Object 4 of the virtual board', () => {
  it('shows a cable, and where it is, and can’t be written', () => {
    const connectivity = new ConnectivityObject('memory:desk');
    const values = { 0: 41, '1/0': 41, 2: 0, '4/0': 'memory:desk' };
    assert.deepEqual(Object.fromEntries(connectivity.read(0)), values);
    for (const resource of connectivity.resources) {
      assert.deepEqual(connectivity.write(0, resource, 1), { code: '4.05' });
      assert.deepEqual(connectivity.execute(0, resource, ''), { code: '4.05' });
    }
    assert.deepEqual(Object.fromEntries(connectivity.read(0)), values);
  });
});

describe('Object 14 of the virtual board', () => {
  const calls: string[] = [];
  const component = new ComponentObject({
    activate: () => (calls.push('activate'), { code: '2.04' }),
    deactivate: () => (calls.push('deactivate'), { code: '4.05' }),
  });

  it('shows what is installed, and nothing when nothing is', () => {
    component.show({ identity: 'blink', version: '1.2.0', active: true });
    assert.deepEqual(Object.fromEntries(component.read(0)), { 0: 'blink', 2: '1.2.0', 5: true });
    const changes = changesOf(component);
    component.show(undefined);
    assert.deepEqual(Object.fromEntries(component.read(0)), { 5: false });
    assert.deepEqual(changes, [['/0/0', '/0/2', '/0/5']], 'all at once');
  });

  it('hands Activate and Deactivate on, with their answer', () => {
    assert.deepEqual(
      [component.execute(0, 3, ''), component.execute(0, 4, '')],
      [{ code: '2.04' }, { code: '4.05' }],
    );
    assert.deepEqual(calls, ['activate', 'deactivate']);
  });
});

describe('Every object of the virtual board', () => {
  const nothing = { code: '2.04' };
  const objects: readonly SingleInstance[] = [
    new ServerObject(300, { update: () => undefined }),
    new DeviceObject(new FakeClock(), identity, { memoryFreeKb: () => 64, reboot: () => undefined }),
    new ConnectivityObject('memory:desk'),
    new FirmwareObject(
      1000,
      new FakeClock(),
      {
        examine: () => assert.fail('no package'),
        install: () => Promise.resolve(),
        reboot: () => undefined,
        powerLost: () => undefined,
        fetch: () => assert.fail('no package'),
        fetches: () => false,
        print: () => undefined,
      },
      {},
      [0],
    ),
    new SoftwareObject(1000, {
      show: () => undefined,
      fetch: () => assert.fail('no package'),
      fetches: () => false,
      powerLost: () => undefined,
      print: () => undefined,
    }),
    new ComponentObject({ activate: () => nothing, deactivate: () => nothing }),
  ];

  for (const object of objects) {
    it(`is as the registry has it: ${object.id}`, () => {
      const definition = objectDefinition(object.id);
      assert.ok(definition);
      for (const id of object.resources) assert.ok(definition.resources.has(id), `/${object.id}/0/${id}`);
      for (const [key, value] of object.read(0)) {
        const [id, instance] = key.split('/').map(Number);
        const resource = definition.resources.get(id!);
        assert.ok(resource && object.resources.includes(id!), key);
        assert.equal(instance !== undefined, resource.multiple, `/${object.id}/0/${key} multiple`);
        assert.ok(fits(value, resource.type), `/${object.id}/0/${key} is no ${resource.type}`);
      }
      const mandatory = [...definition.resources.values()].filter((resource) => resource.mandatory);
      for (const { id } of mandatory) {
        // Start and Stop came with version 1.1 of object 9; this is 1.0.
        if (object.id === 9 && id >= 19) continue;
        assert.ok(object.resources.includes(id), `lacks /${object.id}/0/${id}`);
      }
    });
  }
});

function fits(value: ResourceValue, type: string): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'integer':
    case 'unsigned':
      return typeof value === 'number' && Number.isInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'time':
      return value instanceof Date;
    case 'objlnk':
      return typeof value === 'object' && 'objectId' in value;
    default:
      return false;
  }
}
