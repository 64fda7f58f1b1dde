import assert from 'node:assert/strict';
import { nullLog } from '../../../src/base/log';
import { RegistrationClient, type RegistrationClientOptions } from '../../../src/board/registration-client';
import { createMemoryLinkPair } from '../../../src/link/memory-link';
import { FakeClock, settle } from '../support/fake-clock';
import { type FakeAnswer, FakeEndpoint, defaultPeer } from '../support/fake-endpoint';

const created: FakeAnswer = { code: '2.01', locationPath: '/rd/a1' };
const changed: FakeAnswer = { code: '2.04' };

/** An answer, or what is done in place of one. */
type Reply = FakeAnswer | (() => Promise<FakeAnswer>);

const silent = (): Promise<FakeAnswer> => Promise.reject(new Error('no answer'));
const pending = (): Promise<FakeAnswer> => new Promise(() => undefined);

describe('The registration of the virtual board', () => {
  let clock: FakeClock;
  let coap: FakeEndpoint;
  let lifetime: number;
  let registered: number;
  let client: RegistrationClient;
  /** What the server answers to each method and path. */
  let answers: Record<string, Reply>;

  beforeEach(() => {
    clock = new FakeClock();
    coap = new FakeEndpoint(createMemoryLinkPair('board', { clock })[1]);
    lifetime = 300;
    registered = 0;
    answers = { 'POST /rd': created, 'POST /rd/a1': changed, 'DELETE /rd/a1': { code: '2.02' } };
    coap.answer = ({ method, path }) => {
      const answer = answers[`${method} ${path}`] ?? { code: '4.04' };
      return typeof answer === 'function' ? answer() : answer;
    };
    client = new RegistrationClient(options());
  });
  afterEach(() => client.dispose());

  function options(): RegistrationClientOptions {
    return {
      coap,
      server: defaultPeer,
      clock,
      log: nullLog,
      endpoint: 'desk-1',
      lifetime: () => lifetime,
      links: () => Buffer.from('</3/0>'),
      onDidRegister: () => {
        registered++;
      },
    };
  }

  async function start(): Promise<void> {
    void client.run();
    await settle();
  }

  /** The requests since the last look. */
  const traffic = (): string[] => coap.traffic.splice(0);

  it('names the board, its lifetime, version, binding and objects', async () => {
    await start();
    assert.deepEqual(coap.requests, [
      {
        method: 'POST',
        path: '/rd',
        query: ['ep=desk-1', 'lt=300', 'lwm2m=1.1', 'b=U'],
        contentFormat: 40,
        payload: Buffer.from('</3/0>'),
      },
    ]);
    assert.deepEqual(coap.peers, [defaultPeer]);
    assert.equal(registered, 1);
  });

  it('is updated well before its lifetime ends, again and again', async () => {
    await start();
    traffic();
    await clock.advance(239_999);
    assert.deepEqual(traffic(), []);
    await clock.advance(1);
    assert.deepEqual(traffic(), ['POST /rd/a1']);
    assert.deepEqual(coap.requests.at(-1), { method: 'POST', path: '/rd/a1', query: ['lt=300'] });
    await clock.advance(480_000);
    assert.deepEqual(traffic(), ['POST /rd/a1', 'POST /rd/a1']);
    assert.equal(registered, 1);
  });

  it('goes by the lifetime that holds', async () => {
    lifetime = 10;
    await start();
    traffic();
    await clock.advance(8000);
    assert.deepEqual(traffic(), ['POST /rd/a1']);
    lifetime = 100;
    await clock.advance(8000);
    assert.deepEqual(coap.requests.at(-1)?.query, ['lt=100']);
    traffic();
    await clock.advance(79_999);
    assert.deepEqual(traffic(), []);
  });

  it('does not flood the server when its lifetime is longer than a timer can be', async () => {
    for (const years of [1, 1000]) {
      const delays: number[] = [];
      const timers = new FakeClock();
      const schedule = timers.schedule.bind(timers);
      timers.schedule = (delayMs, callback) => {
        delays.push(delayMs);
        return schedule(delayMs, callback);
      };
      lifetime = years * 31_536_000;
      const long = new RegistrationClient({ ...options(), clock: timers });
      void long.run();
      await settle();
      long.dispose();
      // What setTimeout takes; it makes 1 ms of anything longer.
      assert.ok(delays.length === 1 && delays[0]! < 2 ** 31, `${delays.join(', ')} ms`);
    }
  });

  it('is made anew, at once, when the server has forgotten it', async () => {
    await start();
    answers['POST /rd/a1'] = { code: '4.04' };
    answers['POST /rd'] = { code: '2.01', locationPath: '/rd/b2' };
    answers['POST /rd/b2'] = changed;
    traffic();
    await clock.advance(240_000);
    assert.deepEqual(traffic(), ['POST /rd/a1', 'POST /rd']);
    assert.equal(registered, 2);
    await clock.advance(240_000);
    assert.deepEqual(traffic(), ['POST /rd/b2']);
  });

  it('is made anew, after a pause, when an update finds no answer', async () => {
    await start();
    answers['POST /rd/a1'] = silent;
    traffic();
    await clock.advance(240_000);
    assert.deepEqual(traffic(), ['POST /rd/a1']);
    await clock.advance(999);
    assert.deepEqual(traffic(), []);
    await clock.advance(1);
    assert.deepEqual(traffic(), ['POST /rd']);
    assert.equal(registered, 2);
  });

  for (const [what, answer] of [
    ['does not answer', silent],
    ['refuses', () => Promise.resolve({ code: '4.03' })],
    ['names no location', () => Promise.resolve({ code: '2.01' })],
    ['answers another success', () => Promise.resolve({ code: '2.04', locationPath: '/rd/a1' })],
  ] as [string, () => Promise<FakeAnswer>][]) {
    it(`is tried less and less often, up to once a minute, while the server ${what}`, async () => {
      const times: number[] = [];
      coap.answer = () => {
        times.push(clock.now());
        return answer();
      };
      await start();
      await clock.advance(300_000);
      const pauses = times.slice(1).map((time, index) => time - times[index]!);
      const minute = 60_000;
      assert.deepEqual(pauses, [1000, 2000, 4000, 8000, 16_000, 32_000, minute, minute, minute]);
      assert.equal(registered, 0);
    });
  }

  it('begins with short pauses again after it stood once', async () => {
    answers['POST /rd'] = silent;
    await start();
    await clock.advance(15_000);
    answers['POST /rd'] = created;
    await clock.advance(16_000);
    assert.equal(registered, 1);
    answers['POST /rd/a1'] = answers['POST /rd'] = { code: '5.03' };
    await clock.advance(240_000);
    traffic();
    await clock.advance(1000);
    assert.deepEqual(traffic(), ['POST /rd']);
  });

  describe('at once', () => {
    it('is updated when it stands', async () => {
      await start();
      traffic();
      client.updateNow();
      await settle();
      assert.deepEqual(traffic(), ['POST /rd/a1']);
      assert.equal(clock.pending, 1);
    });

    it('is tried when it pauses', async () => {
      answers['POST /rd'] = { code: '5.03' };
      await start();
      await clock.advance(10_000);
      answers['POST /rd'] = created;
      traffic();
      client.updateNow();
      await settle();
      assert.deepEqual(traffic(), ['POST /rd']);
      assert.equal(registered, 1);
    });

    it('is tried anew when the request under way waits long for its retransmission', async () => {
      answers['POST /rd'] = pending;
      await start();
      traffic();
      await clock.advance(2001);
      answers['POST /rd'] = created;
      client.updateNow();
      await settle();
      assert.deepEqual(traffic(), ['POST /rd']);
      assert.equal(registered, 1);
    });

    it('is not asked for twice while the answer may be on its way', async () => {
      let answer: (answer: FakeAnswer) => void = () => undefined;
      answers['POST /rd'] = () => new Promise((resolve) => (answer = resolve));
      await start();
      await clock.advance(2000);
      client.updateNow();
      await settle();
      answer(created);
      await settle();
      assert.deepEqual(traffic(), ['POST /rd']);
      assert.equal(registered, 1);
    });

    it('is updated when the lifetime changed while it was being made', async () => {
      let answer: (answer: FakeAnswer) => void = () => undefined;
      answers['POST /rd'] = () => new Promise((resolve) => (answer = resolve));
      await start();
      lifetime = 60;
      client.updateNow();
      answer(created);
      await settle();
      assert.deepEqual(traffic(), ['POST /rd', 'POST /rd/a1']);
      assert.deepEqual(coap.requests.at(-1)?.query, ['lt=60']);
    });

    it('is updated once more when the lifetime changed while it was being updated', async () => {
      await start();
      let answer: (answer: FakeAnswer) => void = () => undefined;
      answers['POST /rd/a1'] = () => new Promise((resolve) => (answer = resolve));
      traffic();
      lifetime = 60;
      client.updateNow();
      await settle();
      lifetime = 90;
      client.updateNow();
      answers['POST /rd/a1'] = changed;
      answer(changed);
      await settle();
      assert.deepEqual(traffic(), ['POST /rd/a1', 'POST /rd/a1']);
      assert.deepEqual(
        coap.requests.slice(-2).map(({ query }) => query),
        [['lt=60'], ['lt=90']],
      );
      await settle();
      assert.deepEqual(traffic(), []);
    });
  });

  describe('ends', () => {
    it('with a goodbye when it stands', async () => {
      await start();
      traffic();
      await client.deregister();
      assert.deepEqual(traffic(), ['DELETE /rd/a1']);
      await clock.advance(1_000_000);
      assert.deepEqual(traffic(), []);
      assert.equal(clock.pending, 0);
    });

    it('without one when it does not', async () => {
      answers['POST /rd'] = { code: '5.03' };
      await start();
      traffic();
      await client.deregister();
      await clock.advance(1_000_000);
      assert.deepEqual(traffic(), []);
    });

    it('with one that nobody answers, within three seconds', async () => {
      await start();
      answers['DELETE /rd/a1'] = pending;
      let isOver = false;
      const goodbye = client.deregister().then(() => (isOver = true));
      await clock.advance(2999);
      assert.equal(isOver, false);
      await clock.advance(1);
      await goodbye;
      assert.equal(clock.pending, 0);
    });

    it('with one that is refused, or can’t be sent', async () => {
      for (const reply of [{ code: '4.04' }, silent]) {
        answers['DELETE /rd/a1'] = reply;
        client = new RegistrationClient(options());
        await start();
        await client.deregister();
        assert.equal(clock.pending, 0);
      }
    });

    it('without a word when the power goes, in a pause as in a request', async () => {
      for (const answer of [created, { code: '5.03' }, pending]) {
        answers['POST /rd'] = answer;
        client = new RegistrationClient(options());
        const running = client.run();
        await settle();
        traffic();
        client.dispose();
        await running;
        assert.equal(clock.pending, 0);
        client.updateNow();
        await clock.advance(1_000_000);
        assert.deepEqual(traffic(), []);
      }
    });
  });
});
