import assert from 'node:assert/strict';
import type { Board } from '../../../src/lwm2m/board';
import { settle } from '../support/fake-clock';
import { ServerFixture, register } from './fixture';

describe('Lwm2mServer', () => {
  let fixture: ServerFixture;
  let seen: string[];

  beforeEach(() => {
    fixture = new ServerFixture();
    seen = [];
    fixture.server.onDidAddBoard((board) =>
      seen.push(`add ${board.endpoint} ${board.registration.lifetime}`),
    );
    fixture.server.onDidRemoveBoard((board) => seen.push(`remove ${board.endpoint}`));
    fixture.server.onDidChangeBoard(({ board, change }) =>
      seen.push(`${change.kind} ${board.endpoint}${'reason' in change ? ` ${change.reason}` : ''}`),
    );
  });
  afterEach(async () => {
    fixture.server.dispose();
    await settle();
    assert.equal(fixture.clock.pending, 0, 'timers left behind');
  });

  it('answers a registration with its location and has the board', async () => {
    const { endpoint, link } = fixture.attach();
    const reply = await register(endpoint);
    const board = fixture.server.board('desk-1');
    assert.equal(reply.code, '2.01');
    assert.equal(reply.locationPath, `/rd/${board.registration.id}`);
    assert.equal(board.online, true);
    assert.equal(board.link, link);
    assert.deepEqual(board.instancesOf(5), [0]);
    assert.deepEqual(board.instancesOf(9), []);
    assert.equal(board.hasObject(9), true);
    assert.equal(board.hasObject(14), false);
    assert.deepEqual(seen, ['add desk-1 300', 'registered desk-1']);
    assert.deepEqual([...fixture.server.boards.keys()], ['desk-1']);
  });

  it('updates and de-registers by location', async () => {
    const { endpoint } = fixture.attach();
    const { locationPath } = await register(endpoint);
    const path = locationPath!;
    assert.equal((await endpoint.receive({ method: 'POST', path, query: ['lt=60'] })).code, '2.04');
    assert.equal(fixture.server.board('desk-1').registration.lifetime, 60);
    assert.equal((await endpoint.receive({ method: 'DELETE', path })).code, '2.02');
    assert.equal(fixture.server.board('desk-1').online, false);
    assert.equal((await endpoint.receive({ method: 'DELETE', path })).code, '4.04');
    assert.equal((await endpoint.receive({ method: 'POST', path, query: ['lt=60'] })).code, '4.04');
    assert.deepEqual(seen.slice(2), ['updated desk-1', 'offline desk-1 deregistered']);
  });

  it('keeps the handle of a board that registers again, from another port and another link', async () => {
    const first = fixture.attach();
    const second = fixture.attach();
    await register(first.endpoint);
    const board = fixture.server.board('desk-1');
    const { id } = board.registration;
    const peer = { address: '192.0.2.1', port: 40000 };
    await register(second.endpoint, 'desk-1', ['lwm2m=1.1', 'lt=60'], '</3/0>', peer);
    assert.equal(fixture.server.board('desk-1'), board);
    assert.notEqual(board.registration.id, id);
    assert.deepEqual(board.registration.peer, peer);
    assert.equal(board.link, second.link);
    assert.deepEqual(seen, ['add desk-1 300', 'registered desk-1', 'registered desk-1']);
    first.detach();
    assert.equal(board.online, true);
  });

  it('takes a board offline when its lifetime is over', async () => {
    const { endpoint } = fixture.attach();
    await register(endpoint, 'desk-1', ['lt=60']);
    await fixture.clock.advance(75_000);
    assert.deepEqual(seen.at(-1), 'offline desk-1 expired');
    await register(endpoint, 'desk-1', ['lt=60']);
    assert.equal(fixture.server.board('desk-1').online, true);
  });

  for (const how of ['detached', 'closed'] as const) {
    it(`takes the boards of a link offline that is ${how}`, async () => {
      const { endpoint, link, detach } = fixture.attach();
      const { locationPath } = await register(endpoint);
      await register(fixture.attach().endpoint, 'desk-2');
      if (how === 'detached') detach();
      else link.dispose();
      assert.deepEqual(seen.at(-1), 'offline desk-1 link-closed');
      assert.equal(endpoint.disposed, true);
      assert.equal(fixture.server.board('desk-2').online, true);
      const other = fixture.endpoints.at(-1)!;
      assert.equal((await other.receive({ method: 'POST', path: locationPath! })).code, '4.04');
    });
  }

  it('serves a link once, however often it is attached', () => {
    const { link } = fixture.attach();
    fixture.server.attach(link);
    assert.equal(fixture.endpoints.length, 1);
  });

  it('forgets a board', async () => {
    const { endpoint } = fixture.attach();
    const { locationPath } = await register(endpoint);
    const board: Board = fixture.server.board('desk-1');
    const waiting = board.whenRegistered(board.registration.id);
    fixture.server.forget('desk-1');
    assert.deepEqual(seen.at(-1), 'remove desk-1');
    assert.equal(fixture.server.boards.size, 0);
    await assert.rejects(waiting, { code: 'lwm2m.no-such-board' });
    assert.throws(() => fixture.server.board('desk-1'), { code: 'lwm2m.no-such-board' });
    assert.throws(() => fixture.server.forget('desk-1'), { code: 'lwm2m.no-such-board' });
    assert.equal((await endpoint.receive({ method: 'POST', path: locationPath! })).code, '4.04');
  });

  it('refuses nonsense, says why, and stays', async () => {
    const { endpoint } = fixture.attach();
    const noName = await endpoint.receive({ method: 'POST', path: '/rd', payload: Buffer.from('</3/0>') });
    assert.equal(noName.code, '4.00');
    assert.equal(Buffer.from(noName.payload ?? []).toString(), 'no endpoint name');
    assert.equal((await register(endpoint, 'a', [], 'hello')).code, '4.00');
    assert.equal((await register(endpoint, 'a', ['lwm2m=3.0'])).code, '4.12');
    assert.deepEqual(seen, []);
    assert.equal((await register(endpoint, 'a')).code, '2.01');
  });

  it('answers other paths and methods with 4.04 and 4.05', async () => {
    const { endpoint } = fixture.attach();
    const { locationPath } = await register(endpoint);
    const code = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string): Promise<string> =>
      (await endpoint.receive({ method, path })).code;
    assert.equal(await code('GET', '/'), '4.04');
    assert.equal(await code('POST', '/bs'), '4.04');
    assert.equal(await code('POST', `${locationPath!}/x`), '4.04');
    assert.equal(await code('GET', '/rd'), '4.05');
    assert.equal(await code('PUT', '/rd'), '4.05');
    assert.equal(await code('GET', locationPath!), '4.05');
    assert.equal(await code('GET', '/rd/unknown'), '4.04');
  });
});
