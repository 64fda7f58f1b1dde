import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import { type Log, nullLog } from '../../../src/base/log';
import { createMemoryLinkPair, type MemoryLink } from '../../../src/link/memory-link';
import { UdpLink } from '../../../src/link/udp-link';
import { requestRegistration } from '../../../src/lwm2m/registration-trigger';
import { FakeClock, settle } from '../support/fake-clock';
import { type FakeAnswer, FakeEndpoint } from '../support/fake-endpoint';
import { until } from '../support/until';
import { ServerFixture, register } from './fixture';

const trigger = 'POST /1/0/8';

describe('Asking the board at the far end to register', () => {
  let desk: ServerFixture;
  let link: MemoryLink;
  let endpoint: FakeEndpoint;
  let messages: string[];
  let log: Log;
  /** How many of the requests were given up. */
  let givenUp: number;

  beforeEach(() => {
    desk = new ServerFixture();
    ({ link, endpoint } = desk.attach());
    messages = [];
    log = { ...nullLog, debug: (message) => messages.push(message) };
    givenUp = 0;
    const request = endpoint.request.bind(endpoint);
    endpoint.request = (peer, what, options) => {
      options?.signal?.addEventListener('abort', () => givenUp++);
      return request(peer, what, options);
    };
  });
  afterEach(() => desk.server.dispose());

  const asked = (): number => endpoint.traffic.splice(0).filter((entry) => entry === trigger).length;
  const nobody = (): Promise<FakeAnswer> => new Promise(() => undefined);

  it('happens at once when the link is open', async () => {
    endpoint.answer = () => ({ code: '2.04' });
    requestRegistration(desk.server, endpoint, log);
    await settle();
    assert.deepEqual(endpoint.requests, [{ method: 'POST', path: '/1/0/8' }]);
    assert.deepEqual(endpoint.peers, [link.peer]);
    assert.deepEqual(messages, ['memory:test-0: the board was asked to register and answered 2.04']);
  });

  it('happens each time the link opens', async () => {
    requestRegistration(desk.server, endpoint, log);
    assert.equal(asked(), 1);
    for (let round = 0; round < 2; round++) {
      await link.release();
      assert.equal(asked(), 0);
      link.retake();
      assert.equal(asked(), 1);
    }
  });

  it('waits for the link when that is not open yet', async () => {
    await link.release();
    requestRegistration(desk.server, endpoint, log);
    assert.equal(asked(), 0);
    link.retake();
    assert.equal(asked(), 1);
  });

  it('is given up when the link goes, and does not disturb the next time', async () => {
    endpoint.answer = nobody;
    requestRegistration(desk.server, endpoint, log);
    await link.release();
    await settle();
    assert.equal(givenUp, 1);
    assert.match(messages.join('\n'), /^memory:test-0: the board was asked to register: cancelled/);
    endpoint.answer = () => ({ code: '2.04' });
    link.retake();
    await settle();
    assert.equal(messages.at(-1), 'memory:test-0: the board was asked to register and answered 2.04');
  });

  it('is given up once the board is there', async () => {
    endpoint.answer = nobody;
    requestRegistration(desk.server, endpoint, log);
    await settle();
    assert.equal(givenUp, 0);
    await register(endpoint);
    await settle();
    assert.equal(givenUp, 1);
  });

  it('goes on when a board registers on another link', async () => {
    endpoint.answer = nobody;
    requestRegistration(desk.server, endpoint, log);
    await register(desk.attach().endpoint, 'desk-2');
    await settle();
    assert.equal(desk.server.boards.size, 1);
    assert.equal(givenUp, 0);
  });

  it('takes any answer, and none', async () => {
    const timeout = new SlipwayError('coap.timeout', { peer: 'x', method: 'POST', path: '/1/0/8' });
    for (const [answer, message] of [
      [() => ({ code: '4.05' }), /answered 4\.05$/],
      [() => Promise.reject(timeout), /coap\.timeout/],
    ] as [FakeEndpoint['answer'], RegExp][]) {
      endpoint.answer = answer;
      const asking = requestRegistration(desk.server, endpoint, log);
      await settle();
      assert.match(messages.at(-1) ?? '', message);
      asking.dispose();
    }
  });

  it('ends when told so', async () => {
    endpoint.answer = nobody;
    const asking = requestRegistration(desk.server, endpoint, log);
    asked();
    asking.dispose();
    await settle();
    assert.equal(givenUp, 1);
    await link.release();
    link.retake();
    assert.equal(asked(), 0);
  });

  it('ends with the link', async () => {
    let listeners = 0;
    const server: Parameters<typeof requestRegistration>[0] = {
      onDidChangeBoard: (listener) => {
        listeners++;
        const subscription = desk.server.onDidChangeBoard(listener);
        return {
          dispose: () => {
            listeners--;
            subscription.dispose();
          },
        };
      },
    };
    endpoint.answer = nobody;
    requestRegistration(server, endpoint, log);
    assert.equal(listeners, 1);
    link.dispose();
    await settle();
    assert.deepEqual([listeners, givenUp], [0, 1]);
  });

  it('asks nothing of a link that is closed already, and holds on to nothing', () => {
    const clock = new FakeClock();
    const [closed] = createMemoryLinkPair('closed', { clock });
    closed.dispose();
    let isHeld = false;
    const server: Parameters<typeof requestRegistration>[0] = {
      onDidChangeBoard: () => {
        isHeld = true;
        return { dispose: () => (isHeld = false) };
      },
    };
    const silent = new FakeEndpoint(closed);
    requestRegistration(server, silent, log);
    assert.deepEqual([silent.traffic, isHeld], [[], false]);
  });

  it('asks nothing on a link with many peers', async () => {
    const udp = new UdpLink({ host: '127.0.0.1', port: 0 }, { clock: desk.clock, log });
    const many = new FakeEndpoint(udp);
    const asking = requestRegistration(desk.server, many, log);
    await until(() => udp.state === 'open', 'an open socket');
    await settle();
    assert.deepEqual(many.traffic, []);
    asking.dispose();
    udp.dispose();
  });
});
