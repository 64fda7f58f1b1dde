import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import type { Board } from '../../../src/lwm2m/board';
import { DEFAULT_AWAKE_MS } from '../../../src/lwm2m/queue-mode';
import { settle } from '../support/fake-clock';
import type { FakeEndpoint } from '../support/fake-endpoint';
import { ServerFixture, register } from './fixture';

const queueQuery = ['lwm2m=1.1', 'lt=3000', 'b=U', 'Q'];
const timeout = new SlipwayError('coap.timeout', { peer: 'x', method: 'GET', path: '/' });

describe('A board in queue mode', () => {
  let fixture: ServerFixture;
  let endpoint: FakeEndpoint;
  let board: Board;

  beforeEach(async () => {
    fixture = new ServerFixture();
    ({ endpoint } = fixture.attach());
    endpoint.answer = () => ({ code: '2.05', contentFormat: 0, payload: Buffer.from('1') });
    board = await fixture.board(endpoint, { query: queueQuery });
  });
  afterEach(() => fixture.server.dispose());

  const update = (): Promise<unknown> =>
    endpoint.receive({ method: 'POST', path: `/rd/${board.registration.id}` });
  const fallAsleep = async (): Promise<void> => {
    await fixture.clock.advance(DEFAULT_AWAKE_MS);
    assert.deepEqual(board.sleep, { asleep: true, waiting: 0 });
  };

  it('listens for MAX_TRANSMIT_WAIT after each of its messages', async () => {
    assert.deepEqual(board.sleep, { asleep: false, waiting: 0 });
    await fixture.clock.advance(DEFAULT_AWAKE_MS - 1);
    await board.read('/3/0/3');
    await fixture.clock.advance(DEFAULT_AWAKE_MS - 1);
    assert.equal(board.sleep?.asleep, false);
    await fixture.clock.advance(1);
    assert.equal(board.sleep?.asleep, true);
  });

  it('of 1.0 says so in its binding; one that is not in it never sleeps', async () => {
    const old = await fixture.board(endpoint, { name: 'old', query: ['b=UQ'] });
    assert.deepEqual(old.sleep, { asleep: false, waiting: 0 });
    const other = await fixture.board(endpoint, { name: 'other' });
    await fixture.clock.advance(DEFAULT_AWAKE_MS * 2);
    assert.equal(other.sleep, undefined);
    assert.equal(old.sleep?.asleep, true);
  });

  for (const [what, wake] of [
    ['updates its registration', update],
    ['registers anew', () => register(endpoint, 'desk-1', queueQuery)],
    [
      'sends values',
      () => endpoint.receive({ method: 'POST', path: '/dp', contentFormat: 110, payload: Buffer.from('[]') }),
    ],
  ] as const) {
    it(`gets what waited when it ${what}`, async () => {
      await fallAsleep();
      const sleeps: unknown[] = [];
      board.onDidChange(({ kind }) => kind === 'sleep' && sleeps.push(board.sleep));
      const work = Promise.all([board.read('/3/0/3'), board.push('/5/0/0', Uint8Array.of(1))]);
      await settle();
      assert.deepEqual(endpoint.traffic, []);
      assert.deepEqual(sleeps.at(-1), { asleep: true, waiting: 2 });
      await wake();
      await work;
      assert.deepEqual(endpoint.traffic, ['GET /3/0/3', 'PUT /5/0/0 (1 bytes)']);
      assert.deepEqual(sleeps.at(-1), { asleep: false, waiting: 0 });
    });
  }

  it('sends nothing that was given up meanwhile', async () => {
    await fallAsleep();
    const abort = new AbortController();
    const reading = board.read('/3/0/3', { signal: abort.signal });
    await settle();
    abort.abort('enough');
    await assert.rejects(reading, { code: 'cancelled' });
    assert.deepEqual(board.sleep, { asleep: true, waiting: 0 });
    await update();
    await settle();
    assert.deepEqual(endpoint.traffic, []);
  });

  it('rejects what waits when it goes for good', async () => {
    await fallAsleep();
    const reading = assert.rejects(board.read('/3/0/3'), { code: 'lwm2m.offline' });
    await settle();
    await endpoint.receive({ method: 'DELETE', path: `/rd/${board.registration.id}` });
    await reading;
    assert.equal(board.sleep, undefined);
  });

  it('that fell asleep early is asked again when it wakes', async () => {
    endpoint.answer = () => Promise.reject(timeout);
    const reading = board.read('/3/0/3');
    await settle();
    assert.deepEqual(board.sleep, { asleep: true, waiting: 1 });
    endpoint.answer = () => ({ code: '2.05', contentFormat: 0, payload: Buffer.from('1') });
    await update();
    await reading;
    assert.deepEqual(endpoint.traffic, ['GET /3/0/3', 'GET /3/0/3']);
  });

  it('is not told twice to execute', async () => {
    endpoint.answer = () => Promise.reject(timeout);
    await assert.rejects(board.execute('/3/0/4'), { code: 'coap.timeout' });
    assert.equal(board.sleep?.asleep, true);
  });

  it('listens as long as the desk is told', async () => {
    const shorter = new ServerFixture({ awakeMs: () => 5000 });
    const far = shorter.attach().endpoint;
    const sleepy = await shorter.board(far, { query: queueQuery });
    await shorter.clock.advance(5000);
    assert.equal(sleepy.sleep?.asleep, true);
    shorter.server.dispose();
    assert.equal(shorter.clock.pending, 0);
  });
});
