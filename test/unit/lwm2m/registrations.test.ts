import assert from 'node:assert/strict';
import type { Registration } from '../../../src/lwm2m/board';
import { type Refusal, isRefusal } from '../../../src/lwm2m/registration-query';
import { type RegistrationRequest, Registrations } from '../../../src/lwm2m/registrations';
import { FakeClock } from '../support/fake-clock';
import { OBJECTS } from './fixture';
import { Random } from './formats/random';

const peer = { address: '192.0.2.1', port: 49152 };

function request(query: string, payload = OBJECTS): RegistrationRequest {
  return { query: query.split('&'), contentFormat: 40, payload: Buffer.from(payload), peer };
}

describe('Registrations', () => {
  let clock: FakeClock;
  let registrations: Registrations;
  let expired: string[];

  beforeEach(() => {
    clock = new FakeClock(1_000_000);
    let count = 0;
    registrations = new Registrations(clock, () => `id${count++}`);
    expired = [];
    registrations.onDidExpire(({ endpoint }) => expired.push(endpoint));
  });
  afterEach(() => {
    registrations.dispose();
    assert.equal(clock.pending, 0, 'timers left behind');
  });

  function register(query: string, payload?: string): Registration {
    const outcome = registrations.register(request(query, payload));
    assert.ok(!isRefusal(outcome), isRefusal(outcome) ? outcome.reason : '');
    return outcome;
  }

  function refusalOf(outcome: Registration | Refusal): string {
    assert.ok(isRefusal(outcome), 'was not refused');
    assert.notEqual(outcome.reason, '');
    return outcome.refused;
  }

  it('keep everything that a client of 1.1 tells, in any order', () => {
    const expected: Registration = {
      id: 'id0',
      endpoint: 'urn:dev:os:0023C7-1',
      lifetime: 120,
      lwm2mVersion: '1.1',
      binding: 'UT',
      queueMode: true,
      sms: '+491234',
      rootPath: '/',
      contentFormats: [110, 112, 11542],
      objects: [
        { objectId: 1, instances: [0] },
        { objectId: 3, instances: [0] },
        { objectId: 5, version: '1.1', instances: [0] },
        { objectId: 9, instances: [] },
      ],
      peer,
      registeredAt: 1_000_000,
      updatedAt: 1_000_000,
    };
    const parts = ['ep=urn:dev:os:0023C7-1', 'lt=120', 'lwm2m=1.1', 'b=UT', 'Q', 'sms=+491234', 'x=y'];
    assert.deepEqual(register(parts.join('&')), expected);
    assert.deepEqual(register([...parts].reverse().join('&')), { ...expected, id: 'id1' });
  });

  it('read queue mode out of the binding of 1.0', () => {
    const { binding, queueMode, lwm2mVersion } = register('ep=a&b=UQ&lwm2m=1.0');
    assert.deepEqual(
      { binding, queueMode, lwm2mVersion },
      { binding: 'U', queueMode: true, lwm2mVersion: '1.0' },
    );
  });

  it('default to binding U, one day and version 1.0', () => {
    const { binding, queueMode, lifetime, lwm2mVersion, contentFormats } = register('ep=a', '</3/0>');
    assert.deepEqual(
      { binding, queueMode, lifetime, lwm2mVersion, contentFormats },
      { binding: 'U', queueMode: false, lifetime: 86_400, lwm2mVersion: '1.0', contentFormats: [] },
    );
    assert.equal(register('ep=b&lwm2m=1.2').binding, 'U');
  });

  it('read an alternate root path, quoted versions and objects without instance', () => {
    const { rootPath, objects, contentFormats } = register(
      'ep=a',
      '</lwm2m>;rt="oma.lwm2m";ct=110, </lwm2m/33629>;ver="1.0", </lwm2m/3/0> , </lwm2m/5/1>,</lwm2m/5/0>,</sensors>;rt="temp"',
    );
    assert.equal(rootPath, '/lwm2m');
    assert.deepEqual(contentFormats, [110]);
    assert.deepEqual(objects, [
      { objectId: 3, instances: [0] },
      { objectId: 5, instances: [0, 1] },
      { objectId: 33629, version: '1.0', instances: [] },
    ]);
  });

  it('take the version on the object link and the instance links together', () => {
    assert.deepEqual(register('ep=a', '</5>;ver=1.1,</5/0>,</3/0>').objects, [
      { objectId: 3, instances: [0] },
      { objectId: 5, version: '1.1', instances: [0] },
    ]);
  });

  for (const [what, query, payload, code] of [
    ['no endpoint name', 'lt=60', OBJECTS, '4.00'],
    ['an empty endpoint name', 'ep=', OBJECTS, '4.00'],
    ['a blank endpoint name', 'ep=  ', OBJECTS, '4.00'],
    ['an endpoint name that is too long', `ep=${'x'.repeat(253)}`, OBJECTS, '4.00'],
    ['control characters in the endpoint name', 'ep=a\u001b[2J', OBJECTS, '4.00'],
    ['two endpoint names', 'ep=a&ep=b', OBJECTS, '4.00'],
    ['a lifetime that is none', 'ep=a&lt=soon', OBJECTS, '4.00'],
    ['a negative lifetime', 'ep=a&lt=-1', OBJECTS, '4.00'],
    ['a lifetime beyond 32 bits', 'ep=a&lt=4294967296', OBJECTS, '4.00'],
    ['lifetime 0 before 1.2', 'ep=a&lt=0&lwm2m=1.1', OBJECTS, '4.00'],
    ['a binding that is none', 'ep=a&b=wifi', OBJECTS, '4.00'],
    ['a version that is none', 'ep=a&lwm2m=latest', OBJECTS, '4.00'],
    ['a version not spoken here', 'ep=a&lwm2m=2.0', OBJECTS, '4.12'],
    ['no objects', 'ep=a', '', '4.00'],
    ['objects that are none', 'ep=a', 'hello', '4.00'],
    ['no links of LwM2M', 'ep=a', '</sensors>', '4.00'],
    ['an object ID out of range', 'ep=a', '</3/0>,</65535/0>', '4.00'],
  ] as const) {
    it(`refuse ${what} with ${code}`, () => {
      assert.equal(refusalOf(registrations.register(request(query, payload))), code);
    });
  }

  it('refuse objects in another format', () => {
    assert.equal(refusalOf(registrations.register({ ...request('ep=a'), contentFormat: 50 })), '4.15');
  });

  it('are kept by endpoint name: the new replaces the old', async () => {
    const first = register('ep=a&lt=60');
    const second = register('ep=a&lt=600');
    assert.equal(registrations.get(first.id), undefined);
    assert.equal(registrations.get(second.id), second);
    assert.equal(refusalOf(registrations.update(first.id, request('lt=60', ''))), '4.04');
    await clock.advance(120_000);
    assert.deepEqual(expired, []);
  });

  it('expire when their lifetime and some grace are over', async () => {
    const { id } = register('ep=a&lt=60');
    await clock.advance(60_000);
    assert.ok(registrations.get(id));
    await clock.advance(10_000);
    assert.deepEqual(expired, ['a']);
    assert.equal(registrations.get(id), undefined);
  });

  it('last through an update', async () => {
    const { id } = register('ep=a&lt=60');
    await clock.advance(59_000);
    const moved = { address: '192.0.2.1', port: 50000 };
    const updated = registrations.update(id, { query: [], payload: new Uint8Array(0), peer: moved });
    assert.ok(!isRefusal(updated));
    assert.equal(updated.lifetime, 60);
    assert.deepEqual(updated.peer, moved);
    assert.equal(updated.registeredAt, 1_000_000);
    assert.equal(updated.updatedAt, 1_059_000);
    await clock.advance(60_000);
    assert.deepEqual(expired, []);
    await clock.advance(10_000);
    assert.deepEqual(expired, ['a']);
  });

  it('change by an update in what it names, and only in that', () => {
    const registered = register(
      'ep=a&lt=60&lwm2m=1.1&b=UQ&sms=1',
      '</lwm2m>;rt="oma.lwm2m";ct=112,</lwm2m/3/0>',
    );
    const { id } = registered;
    const updated = registrations.update(id, request('lt=90&sms=2', '</lwm2m/3/0>,</lwm2m/5/0>'));
    assert.deepEqual(updated, {
      ...registered,
      lifetime: 90,
      sms: '2',
      objects: [
        { objectId: 3, instances: [0] },
        { objectId: 5, instances: [0] },
      ],
    });
    const rebound = registrations.update(id, request('b=T', ''));
    assert.ok(!isRefusal(rebound));
    assert.deepEqual([rebound.binding, rebound.queueMode, rebound.objects.length], ['T', false, 2]);
  });

  it('are unharmed by an update that is refused', () => {
    const registered = register('ep=a&lt=60');
    for (const [query, payload, code] of [
      ['lt=x', '', '4.00'],
      ['lt=0', '', '4.00'],
      ['b=?', '', '4.00'],
      ['lt=90', 'hello', '4.00'],
    ] as const) {
      assert.equal(refusalOf(registrations.update(registered.id, request(query, payload))), code);
    }
    assert.deepEqual(registrations.get(registered.id), registered);
  });

  it('are gone after they are removed, once', () => {
    const { id } = register('ep=a');
    assert.equal(registrations.remove(id)?.endpoint, 'a');
    assert.equal(registrations.remove(id), undefined);
    assert.equal(refusalOf(registrations.update(id, request('lt=60', ''))), '4.04');
  });

  it('hold longer than a timer can wait, and forever with lifetime 0 of 1.2', async () => {
    register('ep=long&lt=4294967295');
    register('ep=forever&lt=0&lwm2m=1.2');
    assert.ok(clock.nextIn! < 2 ** 31, 'a timer of Node would fire at once');
    const day = 86_400_000;
    for (let days = 0; days < 49_700; days += 700) await clock.advance(700 * day);
    assert.deepEqual(expired, []);
    await clock.advance(100 * day);
    assert.deepEqual(expired, ['long']);
  });

  it('never throw, whatever the request', () => {
    const random = new Random(7);
    const golden = Buffer.from(OBJECTS);
    for (let round = 0; round < 2000; round++) {
      const query = ['ep=', 'lt=', 'b=', 'lwm2m=', 'Q', '', '=', 'sms='].map(
        (name) => name + Buffer.from(random.bytes(random.below(6))).toString('latin1'),
      );
      const odd = { query: round % 2 ? query : ['ep=a'], payload: random.mutate(golden), peer };
      registrations.register(odd);
      registrations.update('id1', odd);
    }
  });
});
