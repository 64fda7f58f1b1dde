import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../../src/base/hex';
import type { CoapRequest } from '../../../src/coap/endpoint';
import type { Board, BoardChange } from '../../../src/lwm2m/board';
import { settle } from '../support/fake-clock';
import type { FakeAnswer, FakeEndpoint } from '../support/fake-endpoint';
import { until } from '../support/until';
import { OBJECTS, ServerFixture, register } from './fixture';

const text = (value: string): FakeAnswer => ({ code: '2.05', contentFormat: 0, payload: Buffer.from(value) });
const json = (value: string): FakeAnswer => ({
  code: '2.05',
  contentFormat: 110,
  payload: Buffer.from(value),
});
const tlv = (hex: string): FakeAnswer => ({ code: '2.05', contentFormat: 11542, payload: fromHex(hex) });
const changed: FakeAnswer = { code: '2.04' };
const never = new Promise<FakeAnswer>(() => undefined);

describe('ConnectedBoard', () => {
  let fixture: ServerFixture;
  let endpoint: FakeEndpoint;

  beforeEach(() => {
    fixture = new ServerFixture();
    endpoint = fixture.attach().endpoint;
  });
  afterEach(async () => {
    fixture.server.dispose();
    await settle();
    assert.equal(fixture.clock.pending, 0, 'timers left behind');
  });

  const board11 = (): Promise<Board> => fixture.board(endpoint, { payload: '</3/0>,</5/0>,</9>' });
  const board10 = (): Promise<Board> =>
    fixture.board(endpoint, { query: ['lt=300'], payload: '</3/0>,</5/0>' });
  const accepts = (): unknown[] => endpoint.requests.map(({ accept }) => accept);
  const contentFormats = (): unknown[] => endpoint.requests.map(({ contentFormat }) => contentFormat);

  describe('read', () => {
    it('asks in SenML CBOR first and remembers the values', async () => {
      const board = await board11();
      const seen: BoardChange[] = [];
      board.onDidChange((change) => seen.push(change));
      endpoint.answer = () => json('[{"bn":"/5/0/","n":"3","v":0},{"n":"5","v":1}]');
      const expected = new Map([
        ['/5/0/3', 0],
        ['/5/0/5', 1],
      ]);
      assert.deepEqual(await board.read('/5/0'), expected);
      assert.deepEqual(board.values, expected);
      assert.deepEqual(accepts(), [112]);
      assert.deepEqual(seen, [{ kind: 'values', paths: ['/5/0/3', '/5/0/5'] }]);
    });

    it('tells only of values that changed, and drops those that are gone', async () => {
      const board = await board11();
      endpoint.answer = () => json('[{"bn":"/3/0/11/","n":"0","v":1},{"n":"1","v":2}]');
      await board.read('/3/0/11');
      const seen: BoardChange[] = [];
      board.onDidChange((change) => seen.push(change));
      await board.read('/3/0/11');
      assert.deepEqual(seen, []);
      endpoint.answer = () => json('[{"bn":"/3/0/11/","n":"0","v":0}]');
      await board.read('/3/0');
      assert.deepEqual(seen, [{ kind: 'values', paths: ['/3/0/11/1', '/3/0/11/0'] }]);
      assert.deepEqual(board.values, new Map([['/3/0/11/0', 0]]));
    });

    it('falls back on 4.06 and remembers the format, for larger parts and for resources', async () => {
      const board = await board11();
      endpoint.answer = ({ accept, path }) =>
        accept !== 11542 ? { code: '4.06' } : path === '/5/0/3' ? tlv('c10300') : tlv('c10300c10501');
      await board.read('/5/0');
      assert.deepEqual(accepts(), [112, 110, 11542]);
      await board.read('/5/0');
      assert.deepEqual(accepts(), [112, 110, 11542, 11542]);
      assert.equal(await board.readResource('/5/0/3'), 0);
      await board.readResource('/5/0/3');
      assert.deepEqual(accepts().slice(4), [112, 110, 11542, 11542]);
    });

    it('asks a client of 1.0 for TLV, then JSON, then text, then for anything', async () => {
      const board = await board10();
      endpoint.answer = ({ accept }) =>
        accept === undefined
          ? { code: '2.05', payload: Buffer.from('2') }
          : { code: accept === 0 ? '4.02' : '4.06' };
      assert.equal(await board.readResource('/5/0/3'), 2);
      assert.deepEqual(accepts(), [11542, 11543, 0, undefined]);
      assert.equal('accept' in endpoint.requests[3]!, false);
      await board.readResource('/5/0/3');
      assert.deepEqual(accepts().slice(4), [undefined]);
    });

    it('asks first for what the client announced', async () => {
      const board = await fixture.board(endpoint, { payload: '</>;rt="oma.lwm2m";ct=110,</3/0>' });
      endpoint.answer = () => ({ code: '4.06' });
      await assert.rejects(board.read('/3/0'), { code: 'coap.response' });
      assert.deepEqual(accepts(), [110, 112, 11542, undefined]);
      endpoint.requests.length = 0;
      await assert.rejects(board.read('/3/0'), 'nothing worked, nothing is remembered');
      assert.deepEqual(accepts(), [110, 112, 11542, undefined]);
    });

    it('rejects any other error answer at once, with its diagnostic', async () => {
      const board = await board11();
      endpoint.answer = () => ({ code: '5.03', payload: Buffer.from('busy') });
      await assert.rejects(board.read('/5/0'), {
        code: 'coap.response',
        details: { method: 'GET', path: '/5/0', code: '5.03', diagnostic: 'busy' },
      });
      assert.equal(endpoint.requests.length, 1);
    });

    it('rejects an answer that is no LwM2M and keeps what was known', async () => {
      const board = await board11();
      endpoint.answer = () => text('1.0.0');
      await board.read('/3/0/3');
      endpoint.answer = () => json('{"');
      await assert.rejects(board.read('/3/0'), { code: 'lwm2m.malformed' });
      endpoint.answer = () => ({ code: '2.05', contentFormat: 50, payload: Buffer.from('{}') });
      await assert.rejects(board.read('/3/0'), { code: 'lwm2m.unsupported-format' });
      assert.deepEqual(board.values, new Map([['/3/0/3', '1.0.0']]));
    });

    it('of one resource gives undefined for 4.04 and 4.05, and rejects others', async () => {
      const board = await board11();
      for (const code of ['4.04', '4.05']) {
        endpoint.answer = () => ({ code });
        assert.equal(await board.readResource('/5/0/6'), undefined);
      }
      endpoint.answer = () => ({ code: '4.01' });
      await assert.rejects(board.readResource('/5/0/6'), { code: 'coap.response' });
    });

    it('refuses what is no path', async () => {
      const board = await board11();
      for (const path of ['5/0', '/5/0/', '/5//3', '/5/0/3/0/0', '/99999', '/a', '']) {
        await assert.rejects(board.read(path), { code: 'lwm2m.bad-value' }, path);
      }
      assert.deepEqual(endpoint.traffic, []);
    });

    it('goes on by the caller’s signal', async () => {
      const board = await board11();
      endpoint.answer = () => never;
      const abort = new AbortController();
      const reading = board.read('/3/0', { signal: abort.signal });
      await until(() => endpoint.requests.length === 1, 'the request');
      abort.abort('enough');
      await assert.rejects(reading, { code: 'cancelled', details: { reason: 'enough' } });
    });
  });

  describe('write', () => {
    it('writes text, and bytes as opaque', async () => {
      const board = await board11();
      endpoint.answer = () => changed;
      await board.write('/5/0/1', 'coap://host/fw');
      await board.write('/3/0/13', new Date(1367491215000));
      await board.write('/5/0/0', Uint8Array.of(0));
      assert.deepEqual(
        endpoint.requests.map(({ method, path, contentFormat, payload }) => [
          method,
          path,
          contentFormat,
          Buffer.from(payload ?? []).toString('latin1'),
        ]),
        [
          ['PUT', '/5/0/1', 0, 'coap://host/fw'],
          ['PUT', '/3/0/13', 0, '1367491215'],
          ['PUT', '/5/0/0', 42, '\0'],
        ],
      );
    });

    for (const refusal of ['4.00', '4.02', '4.06', '4.15']) {
      it(`falls back on ${refusal} and remembers the format`, async () => {
        const board = await board10();
        endpoint.answer = ({ contentFormat }) => (contentFormat === 11542 ? changed : { code: refusal });
        await board.write('/5/0/1', '');
        await board.write('/5/0/1', 'x');
        assert.deepEqual(contentFormats(), [0, 11542, 11542]);
        assert.equal(toHex(endpoint.requests[1]!.payload!), 'c001');
      });
    }

    it('rejects the last refusal, and other errors at once', async () => {
      const board = await board10();
      endpoint.answer = () => ({ code: '4.00' });
      await assert.rejects(board.write('/5/0/1', 'x'), { code: 'coap.response' });
      assert.deepEqual(contentFormats(), [0, 11542, 11543]);
      endpoint.answer = () => ({ code: '4.05' });
      await assert.rejects(board.write('/5/0/3', 1), { code: 'coap.response' });
      assert.equal(endpoint.requests.length, 4);
    });

    it('refuses a value of another type without traffic', async () => {
      const board = await board11();
      await assert.rejects(board.write('/5/0/1', 5), { code: 'lwm2m.bad-value' });
      assert.deepEqual(endpoint.traffic, []);
    });

    it('sends what is too large for one datagram by blocks', async () => {
      const board = await board11();
      await board.write('/3/0/15', 'x'.repeat(1025));
      assert.deepEqual(endpoint.traffic, ['PUT /3/0/15 (1025 bytes)']);
      assert.equal(endpoint.uploads[0]?.contentFormat, 0);
    });
  });

  it('executes without payload, or with arguments in text', async () => {
    const board = await board11();
    endpoint.answer = () => changed;
    await board.execute('/5/0/2');
    await board.execute('/9/0/6', '1');
    assert.deepEqual(endpoint.requests, [
      { method: 'POST', path: '/5/0/2' },
      { method: 'POST', path: '/9/0/6', contentFormat: 0, payload: Buffer.from('1') },
    ]);
    endpoint.answer = () => ({ code: '4.05' });
    await assert.rejects(board.execute('/5/0/2'), { code: 'coap.response' });
  });

  it('discovers', async () => {
    const board = await board11();
    endpoint.answer = () => ({
      code: '2.05',
      contentFormat: 40,
      payload: Buffer.from('</5/0>;ver=1.1,</5/0/3>;pmin=1'),
    });
    assert.deepEqual(await board.discover('/5/0'), [
      { path: '/5/0', attributes: { ver: '1.1' } },
      { path: '/5/0/3', attributes: { pmin: '1' } },
    ]);
    assert.deepEqual(accepts(), [40]);
  });

  it('pushes opaque bytes by blocks', async () => {
    const board = await board11();
    const progress: number[] = [];
    const onProgress = (): void => void progress.push(1);
    const result = await board.push('/5/0/0', Buffer.alloc(5000), { szx: 4, onProgress });
    assert.equal(result.bytes, 5000);
    const { method, path, contentFormat, szx } = endpoint.uploads[0]!;
    assert.deepEqual(
      { method, path, contentFormat, szx },
      { method: 'PUT', path: '/5/0/0', contentFormat: 42, szx: 4 },
    );
    endpoint.uploadOptions[0]?.onProgress?.({
      bytesAcknowledged: 256,
      bytesTotal: 5000,
      retransmissions: 0,
      szx: 4,
      window: 1,
    });
    assert.equal(progress.length, 1);
  });

  it('remembers how it takes transfers, across registrations', async () => {
    const board = await board11();
    await board.push('/5/0/0', Buffer.alloc(5000));
    assert.equal(endpoint.uploadOptions[0]?.profile, undefined);
    endpoint.uploadOptions[0]?.onLearned?.({ szx: 4, window: 2 });
    await fixture.board(endpoint);
    await board.push('/9/0/2', Buffer.alloc(5000));
    assert.deepEqual(endpoint.uploadOptions[1]?.profile, { szx: 4, window: 2 });
    const other = await fixture.board(endpoint, { name: 'desk-2' });
    await other.push('/5/0/0', Buffer.alloc(5000));
    assert.equal(endpoint.uploadOptions[2]?.profile, undefined);
  });

  it('puts the root path in front of every path, and takes it off again', async () => {
    const board = await fixture.board(endpoint, { payload: '</lwm2m>;rt="oma.lwm2m",</lwm2m/3/0>' });
    endpoint.answer = ({ accept }) =>
      accept === 40
        ? { code: '2.05', contentFormat: 40, payload: Buffer.from('</lwm2m/3/0/3>') }
        : json('[{"n":"/3/0/3","vs":"1"}]');
    assert.equal(await board.readResource('/3/0/3'), '1');
    assert.deepEqual(await board.discover('/3/0'), [{ path: '/3/0/3', attributes: {} }]);
    await board.push('/5/0/0', Uint8Array.of(1));
    assert.deepEqual(endpoint.traffic, ['GET /lwm2m/3/0/3', 'GET /lwm2m/3/0', 'PUT /lwm2m/5/0/0 (1 bytes)']);
  });

  it('sends to where the board is now', async () => {
    const board = await board11();
    endpoint.answer = () => text('x');
    const moved = { address: '192.0.2.1', port: 49999 };
    await endpoint.receive({ method: 'POST', path: `/rd/${board.registration.id}`, peer: moved });
    await board.read('/3/0/0');
    assert.deepEqual(endpoint.peers, [moved]);
  });

  describe('around registrations', () => {
    it('sends nothing before the answer to the registration is out', async () => {
      endpoint.answer = () => text('x');
      let reading: Promise<unknown> | undefined;
      fixture.server.onDidChangeBoard(({ board, change }) => {
        if (change.kind === 'registered') reading = board.read('/3/0/0');
      });
      const reply = await register(endpoint);
      assert.equal(reply.code, '2.01');
      assert.deepEqual(endpoint.traffic, []);
      await reading;
      assert.deepEqual(endpoint.traffic, ['GET /3/0/0']);
    });

    it('rejects everything while offline', async () => {
      const board = await board11();
      await endpoint.receive({ method: 'DELETE', path: `/rd/${board.registration.id}` });
      const offline = { code: 'lwm2m.offline', details: { board: 'desk-1' } };
      await assert.rejects(board.read('/3/0'), offline);
      await assert.rejects(board.readResource('/3/0/0'), offline);
      await assert.rejects(board.write('/5/0/1', ''), offline);
      await assert.rejects(board.execute('/5/0/2'), offline);
      await assert.rejects(board.discover('/5/0'), offline);
      await assert.rejects(board.observe('/5/0'), offline);
      await assert.rejects(board.push('/5/0/0', Uint8Array.of(1)), offline);
      assert.deepEqual(endpoint.traffic, []);
    });

    for (const [what, happen] of [
      ['registers anew', () => register(endpoint)],
      [
        'de-registers',
        (board: Board) => endpoint.receive({ method: 'DELETE', path: `/rd/${board.registration.id}` }),
      ],
      ['expires', () => fixture.clock.advance(400_000)],
    ] as const) {
      it(`gives up requests under way when the board ${what}`, async () => {
        const board = await board11();
        endpoint.answer = () => never;
        endpoint.onUpload = () => new Promise(() => undefined);
        const reading = assert.rejects(board.read('/3/0'), { code: 'lwm2m.offline' });
        const pushing = assert.rejects(board.push('/5/0/0', Buffer.alloc(9)), { code: 'lwm2m.offline' });
        await until(() => endpoint.traffic.length === 2, 'both under way');
        await happen(board);
        await reading;
        await pushing;
      });
    }

    it('clears values with each new registration', async () => {
      const board = await board11();
      endpoint.answer = () => text('1.0.0');
      await board.read('/3/0/3');
      await register(endpoint);
      assert.equal(board.values.size, 0);
    });

    it('resolves whenRegistered on the next registration, at once if that was before', async () => {
      const board = await board11();
      const before = board.registration.id;
      const next = board.whenRegistered(before);
      await endpoint.receive({ method: 'POST', path: `/rd/${before}`, query: ['lt=60'] });
      await endpoint.receive({ method: 'DELETE', path: `/rd/${before}` });
      await register(endpoint);
      assert.equal((await next).id, board.registration.id);
      assert.equal((await board.whenRegistered(before)).id, board.registration.id);
    });

    it('rejects whenRegistered when it is cancelled', async () => {
      const board = await board11();
      const abort = new AbortController();
      const next = board.whenRegistered(board.registration.id, abort.signal);
      abort.abort();
      await assert.rejects(next, { code: 'cancelled' });
      await assert.rejects(board.whenRegistered(board.registration.id, abort.signal), { code: 'cancelled' });
    });
  });

  describe('observe', () => {
    it('keeps values current, each notification in its own format', async () => {
      const board = await board11();
      endpoint.answer = () => json('[{"n":"/5/0/3","v":0}]');
      await board.observe('/5/0/3');
      assert.deepEqual(board.values, new Map([['/5/0/3', 0]]));
      const [observation] = endpoint.observations;
      observation!.notify(text('1'));
      assert.equal(board.values.get('/5/0/3'), 1);
      observation!.notify(tlv('c10302'));
      assert.equal(board.values.get('/5/0/3'), 2);
      observation!.notify(tlv('c9'));
      observation!.notify(text('what?'));
      assert.equal(board.values.get('/5/0/3'), 2, 'unreadable ones are passed over');
      observation!.notify(text('3'));
      assert.equal(board.values.get('/5/0/3'), 3);
    });

    it('negotiates the format as a read does', async () => {
      const board = await board11();
      endpoint.answer = ({ accept }) => (accept === 110 ? json('[{"n":"/5/0/3","v":0}]') : { code: '4.06' });
      await board.observe('/5/0');
      assert.deepEqual(accepts(), [112, 110]);
    });

    it('rejects when the board refuses, and leaves nothing behind', async () => {
      const board = await board11();
      endpoint.answer = () => ({ code: '4.05' });
      await assert.rejects(board.observe('/5/0/0'), { code: 'coap.response' });
      await register(endpoint);
      await settle();
      assert.deepEqual(endpoint.traffic, ['OBSERVE /5/0/0']);
    });

    it('is shared by all who observe a path, and cancelled by the last', async () => {
      const board = await board11();
      endpoint.answer = () => text('0');
      const [first, second] = await Promise.all([board.observe('/5/0/3'), board.observe('/5/0/3')]);
      assert.deepEqual(endpoint.traffic, ['OBSERVE /5/0/3']);
      first.dispose();
      first.dispose();
      assert.equal(endpoint.observations[0]?.ended, undefined);
      second.dispose();
      await settle();
      assert.equal(endpoint.observations[0]?.ended, 'cancelled');
      await board.observe('/5/0/3');
      assert.equal(endpoint.observations.length, 2);
    });

    it('is made again after each registration, the old one dropped without a word', async () => {
      const board = await board11();
      endpoint.answer = () => text('2');
      await board.observe('/5/0/3');
      endpoint.answer = () => text('0');
      await register(endpoint);
      await until(() => endpoint.observations.length === 2, 'the second observation');
      await settle();
      assert.equal(endpoint.observations[0]?.ended, 'disposed');
      assert.equal(board.values.get('/5/0/3'), 0);
      endpoint.observations[1]!.notify(text('1'));
      assert.equal(board.values.get('/5/0/3'), 1);
    });

    it('is made again where the board comes back: on another link, after de-registration', async () => {
      const board = await board11();
      endpoint.answer = () => text('2');
      const handle = await board.observe('/5/0/3');
      await endpoint.receive({ method: 'DELETE', path: `/rd/${board.registration.id}` });
      const other = fixture.attach().endpoint;
      other.answer = () => text('0');
      await register(other);
      await until(() => other.observations.length === 1, 'the observation on the other link');
      assert.equal(endpoint.observations[0]?.ended, 'disposed');
      handle.dispose();
      await settle();
      assert.equal(other.observations[0]?.ended, 'cancelled');
    });

    it('is made again where an update comes from another port, values kept', async () => {
      const board = await board11();
      endpoint.answer = () => text('2');
      await board.observe('/5/0/3');
      const peer = { address: '192.0.2.1', port: 50001 };
      await endpoint.receive({ method: 'POST', path: `/rd/${board.registration.id}`, peer });
      assert.equal(board.values.get('/5/0/3'), 2);
      await until(() => endpoint.observations.length === 2, 'the second observation');
      assert.deepEqual(endpoint.observations[1]!.peer, peer);
    });

    it('is not made again after it was disposed of while offline', async () => {
      const board = await board11();
      endpoint.answer = () => text('2');
      const handle = await board.observe('/5/0/3');
      await endpoint.receive({ method: 'DELETE', path: `/rd/${board.registration.id}` });
      handle.dispose();
      await register(endpoint);
      await settle();
      assert.equal(endpoint.observations.length, 1);
    });

    it('is tried again with back-off when the board does not answer or ends it', async () => {
      const board = await board11();
      endpoint.answer = () => text('2');
      await board.observe('/5/0/3');
      endpoint.answer = () => Promise.reject(new Error('no answer'));
      await register(endpoint, 'desk-1', ['lwm2m=1.1', 'lt=3000']);
      await settle();
      const tries = (): number => endpoint.traffic.length - 1;
      assert.equal(tries(), 1);
      await fixture.clock.advance(5_000);
      assert.equal(tries(), 2);
      await fixture.clock.advance(9_999);
      assert.equal(tries(), 2);
      endpoint.answer = () => text('0');
      await fixture.clock.advance(1);
      assert.equal(endpoint.observations.length, 2);
      assert.equal(board.values.get('/5/0/3'), 0);
      endpoint.observations[1]!.end();
      await fixture.clock.advance(5_000);
      assert.equal(endpoint.observations.length, 3);
    });

    it('reads once what the board will not observe any more', async () => {
      const board = await board11();
      endpoint.answer = () => text('2');
      await board.observe('/5/0/3');
      let answers = 0;
      endpoint.answer = () => (answers++ === 0 ? { code: '5.00' } : text('0'));
      await register(endpoint);
      await until(() => board.values.get('/5/0/3') === 0, 'the value');
      await fixture.clock.advance(60_000);
      assert.deepEqual(endpoint.traffic.slice(1), ['OBSERVE /5/0/3', 'GET /5/0/3']);
    });

    it('does not wait for the answer of a board that has registered again', async () => {
      const board = await board11();
      endpoint.answer = () => text('2');
      await board.observe('/5/0/3');
      await board.observe('/3/0/3');
      endpoint.answer = (request: CoapRequest) => (request.path === '/5/0/3' ? never : text('1.0'));
      await register(endpoint);
      await settle();
      endpoint.answer = () => text('3');
      await register(endpoint, 'desk-1', ['lwm2m=1.1', 'lt=300'], OBJECTS);
      await until(() => endpoint.observations.length === 4, 'both observations');
      await settle();
      assert.equal(board.values.get('/5/0/3'), 3);
      assert.deepEqual(
        endpoint.observations.map(({ ended }) => ended),
        ['disposed', 'disposed', undefined, undefined],
      );
    });
  });
});
