import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../../src/base/hex';
import type { CoapRequest } from '../../../src/coap/endpoint';
import type { Board } from '../../../src/lwm2m/board';
import type { NotificationAttributes } from '../../../src/lwm2m/notification-attributes';
import type { FakeEndpoint } from '../support/fake-endpoint';
import { settle } from '../support/fake-clock';
import { ServerFixture, register } from './fixture';

const changed = { code: '2.04' };

describe('Operations of the server', () => {
  let fixture: ServerFixture;
  let endpoint: FakeEndpoint;

  beforeEach(() => {
    fixture = new ServerFixture();
    ({ endpoint } = fixture.attach());
    endpoint.answer = () => changed;
  });
  afterEach(() => fixture.server.dispose());

  const boardOf = (version: string, payload?: string): Promise<Board> =>
    fixture.board(endpoint, { query: [`lwm2m=${version}`, 'lt=300'], ...(payload && { payload }) });
  const shown = ({ method, path, contentFormat, payload }: CoapRequest): string =>
    [method, path, contentFormat, payload && toHex(payload)].filter((part) => part !== undefined).join(' ');
  const sent = (): string[] => endpoint.requests.map(shown);

  describe('Read-Composite', () => {
    it('asks with FETCH and remembers what it hears, and what is gone', async () => {
      const board = await boardOf('1.1');
      endpoint.answer = () => ({
        code: '2.05',
        contentFormat: 110,
        payload: Buffer.from('[{"n":"/3/0/3","vs":"1"},{"n":"/5/0/3","v":2}]'),
      });
      await board.readComposite(['/3/0/3', '/5/0']);
      assert.deepEqual(sent(), ['FETCH / 112 82a100662f332f302f33a100642f352f30']);
      assert.equal(endpoint.requests[0]?.accept, 112);
      assert.deepEqual(
        board.values,
        new Map<string, unknown>([
          ['/3/0/3', '1'],
          ['/5/0/3', 2],
        ]),
      );
      endpoint.answer = () => ({
        code: '2.05',
        contentFormat: 110,
        payload: Buffer.from('[{"n":"/3/0/3","vs":"1"}]'),
      });
      await board.readComposite(['/3/0/3', '/5/0']);
      assert.deepEqual(board.values, new Map([['/3/0/3', '1']]));
    });

    it('falls back from one announced format to the next, and remembers', async () => {
      const board = await boardOf('1.2', '</>;rt="oma.lwm2m";ct="11544 112",</3/0>');
      endpoint.answer = ({ contentFormat }) =>
        contentFormat === 11544
          ? { code: '2.05', contentFormat: 11544, payload: fromHex('a1830300036131') }
          : { code: '4.15' };
      assert.deepEqual(await board.readComposite(['/3/0/3']), new Map([['/3/0/3', '1']]));
      await board.readComposite(['/3/0/3']);
      assert.deepEqual(
        endpoint.requests.map(({ contentFormat }) => contentFormat),
        [112, 11544, 11544],
      );
    });

    it('puts the root path in front of the request, not of what it asks for', async () => {
      const board = await boardOf('1.1', '</lwm2m>;rt="oma.lwm2m",</lwm2m/3/0>');
      endpoint.answer = () => ({
        code: '2.05',
        contentFormat: 110,
        payload: Buffer.from('[{"n":"/3/0/3","vs":"1"}]'),
      });
      await board.readComposite(['/3/0/3']);
      assert.deepEqual(sent(), ['FETCH /lwm2m 112 81a100662f332f302f33']);
    });

    it('refuses no paths, wrong ones, and more than a datagram holds, without traffic', async () => {
      const board = await boardOf('1.1');
      const many = Array.from({ length: 200 }, (_, index) => `/3/0/${index}`);
      for (const paths of [[], ['/x'], many]) {
        await assert.rejects(board.readComposite(paths), { code: 'lwm2m.bad-value' });
      }
      assert.deepEqual(sent(), []);
    });
  });

  it('writes to several places with iPATCH, in blocks where it is large', async () => {
    const board = await boardOf('1.1');
    await board.writeComposite(
      new Map<string, string | number>([
        ['/1/0/1', 60],
        ['/5/0/1', ''],
      ]),
    );
    assert.deepEqual(sent(), ['iPATCH / 112 82a321612f0065312f302f3102183ca20065352f302f310360']);
    await board.writeComposite(new Map([['/3/0/15', 'x'.repeat(1100)]]));
    assert.match(endpoint.traffic[1] ?? '', /^iPATCH \/ \(11\d\d bytes\)$/);
  });

  it('observes several places under one observation, again after each registration', async () => {
    const board = await boardOf('1.1');
    const pack = (v: number) => ({
      code: '2.05',
      contentFormat: 110,
      payload: Buffer.from(`[{"n":"/5/0/3","v":${v}}]`),
    });
    endpoint.answer = () => pack(0);
    const observation = await board.observeComposite(['/5/0/3', '/5/0/5']);
    endpoint.observations[0]?.notify(pack(1));
    assert.equal(board.values.get('/5/0/3'), 1);
    await register(endpoint);
    await settle();
    assert.deepEqual(endpoint.traffic, ['OBSERVE /', 'OBSERVE /']);
    endpoint.observations[1]?.notify(pack(2));
    assert.equal(board.values.get('/5/0/3'), 2);
    observation.dispose();
    assert.equal(endpoint.observations[1]?.ended, 'cancelled');
  });

  it('replaces with PUT, updates with POST, in TLV for a client of 1.0', async () => {
    const values = new Map<string, string | number>([
      ['/1/0/1', 60],
      ['/1/0/7', 'U'],
    ]);
    const old = await boardOf('1.0');
    await old.writeAll('/1/0', values, 'replace');
    await old.writeAll('/1/0', values, 'update');
    assert.deepEqual(sent(), ['PUT /1/0 11542 c1013cc10755', 'POST /1/0 11542 c1013cc10755']);
    endpoint.requests.length = 0;
    const board = await boardOf('1.1');
    await board.writeAll('/1/0', values, 'update');
    assert.deepEqual(sent(), ['POST /1/0 112 82a321652f312f302f00613102183ca2006137036155']);
    await assert.rejects(board.writeAll('/1', values, 'update'), { code: 'lwm2m.bad-value' });
  });

  it('creates with an instance of its choice, or of the board’s', async () => {
    const board = await boardOf('1.1');
    const resources = new Map([['3', 'notes']]);
    assert.equal(await board.create(19, resources, { instanceId: 7 }), 7);
    endpoint.answer = () => ({ code: '2.01', locationPath: '/19/4' });
    assert.equal(await board.create(19, resources), 4);
    endpoint.answer = () => ({ code: '2.01' });
    assert.equal(await board.create(19, resources), undefined);
    assert.deepEqual(sent(), [
      'POST /19 112 81a321642f31392f0063372f3303656e6f746573',
      'POST /19 11542 c5036e6f746573',
      'POST /19 11542 c5036e6f746573',
    ]);
  });

  it('deletes an instance and forgets its values', async () => {
    const board = await boardOf('1.1');
    endpoint.answer = ({ method }) =>
      method === 'GET' ? { code: '2.05', contentFormat: 0, payload: Buffer.from('x') } : { code: '2.02' };
    await board.read('/19/4/3');
    await board.delete('/19/4');
    assert.equal(board.values.size, 0);
    assert.deepEqual(sent().at(-1), 'DELETE /19/4');
    for (const path of ['/19', '/19/4/3']) {
      await assert.rejects(board.delete(path), { code: 'lwm2m.bad-value' });
    }
  });

  it('writes attributes as a query, and takes them away by their name', async () => {
    const board = await boardOf('1.2');
    await board.writeAttributes('/4/0/2', { pmin: 5, pmax: 60, gt: 1e-7, lt: -3.5, st: 0, con: 1 });
    await board.writeAttributes('/4/0/2', { pmin: null });
    assert.deepEqual(
      endpoint.requests.map(({ method, query, payload }) => [method, query, payload]),
      [
        ['PUT', ['pmin=5', 'pmax=60', 'gt=0.0000001', 'lt=-3.5', 'st=0', 'con=1'], undefined],
        ['PUT', ['pmin'], undefined],
      ],
    );
    const wrong: readonly NotificationAttributes[] = [
      {},
      { pmin: -1 },
      { pmax: 1.5 },
      { gt: NaN },
      { st: -1 },
      { lt: 5, gt: 5 },
      { lt: 1, gt: 5, st: 2 },
    ];
    for (const attributes of wrong) {
      await assert.rejects(board.writeAttributes('/4/0/2', attributes), { code: 'lwm2m.bad-value' });
    }
    assert.equal(endpoint.requests.length, 2);
  });

  for (const [version, needed, operation, run] of [
    ['1.0', '1.1', 'read-composite', (board) => board.readComposite(['/3'])],
    ['1.0', '1.1', 'observe-composite', (board) => board.observeComposite(['/3'])],
    ['1.0', '1.1', 'write-composite', (board) => board.writeComposite(new Map([['/1/0/1', 60]]))],
    ['1.0', '1.1', 'write-attributes', (board) => board.writeAttributes('/3', { epmin: 1 })],
    ['1.1', '1.2', 'write-attributes', (board) => board.writeAttributes('/3', { edge: 1 })],
    ['1.1', '1.2', 'delete', (board) => board.delete('/3/0/7/0')],
    [
      '1.0',
      '1.1',
      'write-resource-instance',
      (board) => board.writeAll('/3/0/7/0', new Map([['/3/0/7/0', 1]]), 'replace'),
    ],
  ] as readonly (readonly [string, string, string, (board: Board) => Promise<unknown>])[]) {
    it(`never asks a client of ${version} for ${operation} of ${needed}`, async () => {
      const board = await boardOf(version);
      await assert.rejects(run(board), {
        code: 'lwm2m.needs-version',
        details: { board: 'desk-1', operation, version, needed },
      });
      assert.deepEqual(sent(), []);
    });
  }

  describe('Send', () => {
    const send = (contentFormat: number, payload: string, more = {}) =>
      endpoint.receive({
        method: 'POST',
        path: '/dp',
        contentFormat,
        payload: Buffer.from(payload),
        ...more,
      });

    it('enters values and leaves others as they are', async () => {
      const board = await boardOf('1.1');
      assert.equal((await send(110, '[{"n":"/3/0/3","vs":"1.0.0"}]')).code, '2.04');
      const changes: unknown[] = [];
      board.onDidChange((change) => changes.push(change));
      assert.equal((await send(110, '[{"n":"/3/0/9","v":50}]')).code, '2.04');
      assert.deepEqual(
        board.values,
        new Map<string, unknown>([
          ['/3/0/3', '1.0.0'],
          ['/3/0/9', 50],
        ]),
      );
      assert.deepEqual(changes, [{ kind: 'values', paths: ['/3/0/9'] }]);
    });

    it('is refused from strangers, in other formats, and where it is none', async () => {
      assert.equal((await send(110, '[]')).code, '4.04');
      await boardOf('1.1');
      assert.equal((await send(110, '[]', { peer: { address: '192.0.2.9', port: 1 } })).code, '4.04');
      assert.equal((await send(0, 'x')).code, '4.15');
      assert.equal((await send(110, '{')).code, '4.00');
      assert.equal((await send(110, '[]', { method: 'GET' })).code, '4.05');
      assert.equal((await send(110, '[]', { path: '/dp/1' })).code, '4.04');
    });
  });
});
