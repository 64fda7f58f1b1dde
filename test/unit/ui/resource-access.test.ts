import assert from 'node:assert/strict';
import { fromHex } from '../../../src/base/hex';
import { nullLog } from '../../../src/base/log';
import type { Board } from '../../../src/lwm2m/board';
import { ResourceAccess } from '../../../src/ui/resource-access';
import { ServerFixture } from '../lwm2m/fixture';
import { settle } from '../support/fake-clock';
import type { FakeAnswer, FakeEndpoint } from '../support/fake-endpoint';

const links = (text: string): FakeAnswer => ({ code: '2.05', contentFormat: 40, payload: Buffer.from(text) });
const tlv = (hex: string): FakeAnswer => ({ code: '2.05', contentFormat: 11542, payload: fromHex(hex) });

describe('Access to resources', () => {
  let fixture: ServerFixture;
  let endpoint: FakeEndpoint;
  let access: ResourceAccess;
  let updating: boolean;
  let changes: number;
  let board: Board;

  beforeEach(async () => {
    fixture = new ServerFixture();
    endpoint = fixture.attach().endpoint;
    updating = false;
    changes = 0;
    access = new ResourceAccess(fixture.server, () => updating, nullLog);
    access.onDidChange(() => changes++);
    board = await fixture.board(endpoint, { query: ['lt=300'], payload: '</3/0>,</5/0>' });
  });
  afterEach(async () => {
    access.dispose();
    fixture.server.dispose();
    await settle();
  });

  /** What the board answers from now on, in turn. */
  const answers = (...some: readonly FakeAnswer[]): void => {
    const left = [...some];
    endpoint.answer = () => left.shift() ?? { code: '4.04' };
  };
  const open = async (): Promise<void> => {
    access.open(board.endpoint, '/3/0');
    await settle();
  };
  const requests = (): string[] =>
    endpoint.requests.map(({ method, path, accept }) => `${method} ${path} ${accept}`);

  it('discovers and reads an instance once in a registration', async () => {
    answers(links('</3/0>,</3/0/0>,</3/0/4>'), tlv('c10041'));
    await open();
    await open();
    assert.deepEqual(requests(), ['GET /3/0 40', 'GET /3/0 11542']);
    assert.deepEqual(
      access.discovered(board.endpoint, '/3/0')?.map(({ path }) => path),
      ['/3/0', '/3/0/0', '/3/0/4'],
    );
    assert.equal(access.isRead(board.endpoint, '/3/0'), true);
    assert.equal(access.problem(board.endpoint, '/3/0'), undefined);
    assert.equal(changes, 1);
  });

  it('does nothing beside an update', async () => {
    updating = true;
    await open();
    assert.deepEqual(requests(), []);
    assert.equal(access.isRead(board.endpoint, '/3/0'), false);
  });

  it('does without Discover, and without values', async () => {
    answers({ code: '4.05' }, tlv('c10041'));
    await open();
    assert.equal(access.discovered(board.endpoint, '/3/0'), undefined);
    assert.equal(access.problem(board.endpoint, '/3/0'), undefined);
    answers(links('</5/0/1>'), { code: '4.05' });
    access.open(board.endpoint, '/5/0');
    await settle();
    assert.equal(access.problem(board.endpoint, '/5/0'), undefined);
    assert.equal(access.isRead(board.endpoint, '/5/0'), true);
  });

  it('remembers what keeps an instance from being read', async () => {
    answers({ code: '4.01' }, { code: '4.01' });
    await open();
    assert.equal(access.problem(board.endpoint, '/3/0')?.code, 'coap.response');
  });

  it('forgets with the board', async () => {
    answers(links('</3/0/0>'), tlv('c10041'));
    await open();
    fixture.server.forget(board.endpoint);
    assert.equal(access.discovered(board.endpoint, '/3/0'), undefined);
    access.open(board.endpoint, '/3/0');
    assert.equal(access.isObserved(board.endpoint, '/3/0/0'), false);
  });
});
