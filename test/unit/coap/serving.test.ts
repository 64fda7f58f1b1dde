import assert from 'node:assert/strict';
import { toHex } from '../../../src/base/hex';
import type {
  CoapHandler,
  CoapReply,
  IncomingBlock,
  IncomingRequest,
  Observer,
} from '../../../src/coap/endpoint';
import { encodeMessage, optionOf } from '../../../src/coap/message';
import { decodeUint } from '../../../src/coap/options';
import { maxTransmitWaitMs } from '../../../src/coap/retransmit';
import { seededRandom } from '../../../src/base/random';
import { until } from '../support/until';
import { Wire, at, block, blockText, pathOf, pattern, uint } from './wire';

describe('Serving', () => {
  let wire: Wire;
  let requests: IncomingRequest[];
  let reply: (request: IncomingRequest) => CoapReply | Promise<CoapReply>;

  function serve(more: Partial<CoapHandler> = {}): void {
    wire.endpoint.serve({
      handle: (request) => {
        requests.push(request);
        return reply(request);
      },
      ...more,
    });
  }

  beforeEach(() => {
    wire = new Wire();
    requests = [];
    reply = () => ({ code: '2.05', contentFormat: 0, payload: Buffer.from('hello') });
  });
  afterEach(() => wire.dispose());

  it('answers 4.04 without a handler, and again after it went', async () => {
    await wire.send({ type: 'CON', code: '0.01', messageId: 1, options: at('/x') });
    assert.equal((await wire.next()).code, '4.04');
    wire.endpoint.serve({ handle: () => ({ code: '2.05' }) }).dispose();
    await wire.send({ type: 'CON', code: '0.01', messageId: 2, options: at('/x') });
    assert.equal((await wire.next()).code, '4.04');
  });

  it('gives the request as it came, and the answer its options', async () => {
    reply = () => ({ code: '2.01', locationPath: '/rd/4f', maxAge: 300, payload: Uint8Array.of(1) });
    serve();
    await wire.send({
      type: 'CON',
      code: '0.02',
      messageId: 0x102,
      token: Uint8Array.of(1, 2),
      options: at('/rd/ä', uint('Content-Format', 40), uint('Accept', 112), {
        name: 'Uri-Query',
        value: Buffer.from('ep=a b'),
      }),
      payload: Buffer.from('</1/0>'),
    });
    const answer = await wire.next();
    assert.deepEqual([answer.type, answer.code, answer.messageId], ['ACK', '2.01', 0x102]);
    assert.equal(toHex(answer.token), '0102');
    assert.deepEqual(
      answer.options.map(({ name, value }) => `${name} ${toHex(value)}`),
      ['Location-Path 7264', 'Max-Age 012c', 'Location-Path 3466'].sort((a, b) => order(a) - order(b)),
    );
    const [request] = requests;
    assert.deepEqual(
      { ...request, payload: Buffer.from(request!.payload).toString() },
      {
        peer: wire.peer,
        method: 'POST',
        path: '/rd/ä',
        query: ['ep=a b'],
        contentFormat: 40,
        accept: 112,
        payload: '</1/0>',
      },
    );
  });

  for (const [what, options] of [
    ['a plain request', at('/x')],
    ['a request for a block', at('/x', block('Block2', 0, false, 6))],
  ] as const) {
    it(`runs ${what} once, whatever comes again`, async () => {
      serve();
      const request = { type: 'CON', code: '0.02', messageId: 7, token: Uint8Array.of(9), options } as const;
      await wire.send(request);
      const first = await wire.next();
      await wire.send(request);
      assert.deepEqual(await wire.next(), first);
      await wire.nothing();
      assert.equal(requests.length, 1);
    });
  }

  it('runs a non-confirmable request once, and answers likewise', async () => {
    serve();
    const request = {
      type: 'NON',
      code: '0.01',
      messageId: 8,
      token: Uint8Array.of(9),
      options: at('/x'),
    } as const;
    await wire.send(request);
    const answer = await wire.next();
    assert.deepEqual([answer.type, answer.code, toHex(answer.token)], ['NON', '2.05', '09']);
    await wire.send(request);
    await wire.nothing();
    assert.equal(requests.length, 1);
  });

  it('answers 5.00 when the handler throws', async () => {
    reply = () => {
      throw new Error('oops');
    };
    serve();
    for (const [messageId, options] of [
      [1, at('/x')],
      [2, at('/x', block('Block1', 0, false, 6))],
    ] as const) {
      await wire.send({ type: 'CON', code: '0.03', messageId, options });
      assert.equal((await wire.next()).code, '5.00');
    }
  });

  it('refuses methods and critical options that do not exist', async () => {
    serve();
    await wire.send({ type: 'CON', code: '0.30', messageId: 1, options: at('/x') });
    assert.equal((await wire.next()).code, '4.05');
    for (const [messageId, name] of [
      [2, 'If-Match'],
      [3, '65001'],
    ] as const) {
      await wire.send({
        type: 'CON',
        code: '0.01',
        messageId,
        options: at('/x', { name, value: Uint8Array.of(1) }),
      });
      assert.equal((await wire.next()).code, '4.02');
    }
    const elective = { name: '65002', value: new Uint8Array(0) };
    await wire.send({ type: 'CON', code: '0.01', messageId: 4, options: at('/x', elective) });
    assert.equal((await wire.next()).code, '2.05');
  });

  it('acknowledges a slow request first, and its duplicates; the answer is delivered until acknowledged', async () => {
    let finish = (_reply: CoapReply): void => undefined;
    reply = () => new Promise((resolve) => (finish = resolve));
    serve();
    const request = {
      type: 'CON',
      code: '0.01',
      messageId: 5,
      token: Uint8Array.of(6),
      options: at('/x', block('Block2', 0, false, 6)),
    } as const;
    await wire.send(request);
    await wire.clock.advance(50);
    const empty = await wire.next();
    assert.deepEqual([empty.type, empty.code, empty.messageId], ['ACK', '0.00', 5]);
    await wire.send(request);
    assert.deepEqual(await wire.next(), empty);
    finish({ code: '2.05' });
    const separate = await wire.next();
    assert.deepEqual([separate.type, separate.code, toHex(separate.token)], ['CON', '2.05', '06']);
    await wire.clock.advance(3000);
    assert.deepEqual(await wire.next(), separate);
    await wire.send({ type: 'ACK', code: '0.00', messageId: separate.messageId });
    await wire.clock.advance(maxTransmitWaitMs);
    await wire.nothing();
    assert.equal(wire.clock.pending, 0);
  });

  it('acknowledges a slow plain request first', async () => {
    let finish = (_reply: CoapReply): void => undefined;
    reply = () => new Promise((resolve) => (finish = resolve));
    serve();
    await wire.send({ type: 'CON', code: '0.02', messageId: 5, token: Uint8Array.of(6), options: at('/x') });
    const empty = await wire.next();
    assert.deepEqual([empty.type, empty.code, empty.messageId], ['ACK', '0.00', 5]);
    finish({ code: '2.04' });
    const separate = await wire.next();
    assert.deepEqual([separate.type, separate.code, toHex(separate.token)], ['CON', '2.04', '06']);
    await wire.send({ type: 'ACK', code: '0.00', messageId: separate.messageId });
  });

  describe('Block1', () => {
    const payload = pattern(40);
    const part = (
      num: number,
      token: number,
      bytes = payload.subarray(num * 16, num * 16 + 16),
    ): Promise<void> =>
      wire.send({
        type: 'CON',
        code: '0.02',
        messageId: 100 + token,
        token: Uint8Array.of(token),
        options: at('/rd', block('Block1', num, num < 2, 0)),
        payload: bytes,
      });

    it('puts a request together, with a new token for each block', async () => {
      serve();
      for (const num of [0, 1, 2]) {
        await part(num, num);
        const answer = await wire.next();
        assert.equal(answer.code, num < 2 ? '2.31' : '2.05');
        assert.equal(blockText(answer, 'Block1'), `${num}/${num < 2 ? 1 : 0}/16`);
      }
      assert.equal(requests.length, 1);
      assert.equal(toHex(requests[0]!.payload), toHex(payload));
    });

    it('answers 4.08 to a gap and to a lone later block, and begins anew at 0', async () => {
      serve();
      await part(1, 1);
      assert.equal((await wire.next()).code, '4.08');
      await part(0, 2);
      assert.equal((await wire.next()).code, '2.31');
      await part(2, 3);
      assert.equal((await wire.next()).code, '4.08');
      await part(0, 4);
      await part(1, 5);
      await part(2, 6);
      const codes = [await wire.next(), await wire.next(), await wire.next()].map(({ code }) => code);
      assert.deepEqual(codes, ['2.31', '2.31', '2.05']);
    });

    it('refuses a part that is too short, one too large to come, and the reserved size', async () => {
      serve();
      await part(0, 1, pattern(15));
      assert.equal((await wire.next()).code, '4.00');
      const options = at('/rd', block('Block1', 0, true, 6), uint('Size1', 10_000_000));
      await wire.send({ type: 'CON', code: '0.02', messageId: 1, options, payload: pattern(1024) });
      assert.equal((await wire.next()).code, '4.13');
      const reserved = { name: 'Block1', value: Uint8Array.of(0x0f) };
      await wire.send({ type: 'CON', code: '0.02', messageId: 2, options: at('/rd', reserved) });
      assert.equal((await wire.next()).code, '4.00');
      assert.equal(requests.length, 0);
    });

    it('gives parts to a handler that wants them, with its hint at a size', async () => {
      const blocks: IncomingBlock[] = [];
      serve({
        handleBlock: (incoming) => {
          if (incoming.path !== '/5/0/0') return undefined;
          blocks.push(incoming);
          return blocks.length === 1 ? { code: '4.13', szx: 2 } : { code: '2.31' };
        },
      });
      const send = (messageId: number, num: number, szx: number): Promise<void> =>
        wire.send({
          type: 'CON',
          code: '0.03',
          messageId,
          options: at('/5/0/0', block('Block1', num, true, szx), uint('Size1', 500)),
          payload: pattern(2 ** (szx + 4)),
        });
      await send(1, 0, 6);
      const refusal = await wire.next();
      assert.deepEqual([refusal.code, blockText(refusal, 'Block1')], ['4.13', '0/1/64']);
      await send(2, 3, 2);
      const answer = await wire.next();
      assert.deepEqual([answer.code, blockText(answer, 'Block1')], ['2.31', '3/1/64']);
      assert.deepEqual(
        blocks.map(({ num, more, szx, offset, size1 }) => [num, more, szx, offset, size1]),
        [
          [0, true, 6, 0, 500],
          [3, true, 2, 192, 500],
        ],
      );
      await part(0, 9);
      assert.equal((await wire.next()).code, '2.31');
    });
  });

  describe('Block2', () => {
    it('cuts a large answer, and gives the rest of that one by resource, under any token', async () => {
      const payload = pattern(1200);
      reply = () => ({
        code: '2.05',
        contentFormat: 60,
        payload: requests.length === 1 ? payload : pattern(9),
      });
      serve();
      await wire.send({ type: 'CON', code: '0.01', messageId: 1, token: Uint8Array.of(1), options: at('/') });
      const first = await wire.next();
      assert.equal(blockText(first, 'Block2'), '0/1/512');
      assert.equal(decodeUint(optionOf(first, 'Size2')!), 1200);
      const parts = [first.payload];
      for (const num of [1, 2]) {
        const options = at('/', block('Block2', num, false, 5));
        await wire.send({
          type: 'CON',
          code: '0.01',
          messageId: 1 + num,
          token: Uint8Array.of(9 + num),
          options,
        });
        const next = await wire.next();
        assert.equal(blockText(next, 'Block2'), `${num}/${num === 1 ? 1 : 0}/512`);
        assert.equal(toHex(optionOf(next, 'ETag')!), toHex(optionOf(first, 'ETag')!));
        parts.push(next.payload);
      }
      assert.equal(toHex(Buffer.concat(parts)), toHex(payload));
      assert.equal(requests.length, 1);
    });

    it('takes the size that is asked for, and refuses a block behind the end', async () => {
      reply = () => ({ code: '2.05', payload: pattern(100) });
      serve();
      const ask = (messageId: number, num: number): Promise<void> =>
        wire.send({
          type: 'CON',
          code: '0.01',
          messageId,
          options: at('/x', block('Block2', num, false, 1)),
        });
      await ask(1, 0);
      assert.equal(blockText(await wire.next(), 'Block2'), '0/1/32');
      await ask(2, 3);
      const last = await wire.next();
      assert.deepEqual([blockText(last, 'Block2'), last.payload.length], ['3/0/32', 4]);
      await ask(3, 4);
      assert.equal((await wire.next()).code, '4.02');
    });

    it('serves a later block to whom nothing was sent before', async () => {
      reply = () => ({ code: '2.05', payload: pattern(100) });
      serve();
      const options = at('/x', block('Block2', 1, false, 2));
      await wire.send({ type: 'CON', code: '0.01', messageId: 1, options });
      const answer = await wire.next();
      assert.deepEqual(
        [blockText(answer, 'Block2'), toHex(answer.payload)],
        ['1/0/64', toHex(pattern(100).subarray(64))],
      );
    });

    it('goes to each peer’s own resource by query too', async () => {
      reply = ({ query }) => ({ code: '2.05', payload: Buffer.alloc(100, query[0]) });
      serve();
      const ask = (messageId: number, query: string, num: number): Promise<void> =>
        wire.send({
          type: 'CON',
          code: '0.01',
          messageId,
          options: at('/x', block('Block2', num, false, 2), { name: 'Uri-Query', value: Buffer.from(query) }),
        });
      await ask(1, 'a', 0);
      await ask(2, 'b', 0);
      await ask(3, 'a', 1);
      await wire.next();
      await wire.next();
      assert.equal(Buffer.from((await wire.next()).payload).toString(), 'a'.repeat(36));
    });
  });

  describe('Observe', () => {
    let observers: Observer[];
    let ended: number;
    let cancelled: number;
    beforeEach(() => {
      observers = [];
      ended = cancelled = 0;
      reply = ({ observer, cancelsObservation }) => {
        if (cancelsObservation) cancelled++;
        if (observer) {
          observers.push(observer);
          observer.onDidEnd(() => ended++);
        }
        return { code: '2.05', payload: Buffer.from('0') };
      };
      serve();
    });

    async function register(messageId = 1): Promise<number> {
      const options = at('/5/0/3', uint('Observe', 0));
      await wire.send({ type: 'CON', code: '0.01', messageId, token: Uint8Array.of(0xee), options });
      const answer = await wire.next();
      assert.equal(answer.code, '2.05');
      return decodeUint(optionOf(answer, 'Observe')!)!;
    }

    it('registers, notifies in order, and keeps only the newest while one is under way', async () => {
      let last = await register();
      for (const text of ['1', '2', '3']) observers[0]!.notify({ code: '2.05', payload: Buffer.from(text) });
      for (const text of ['1', '3']) {
        const notification = await wire.next();
        await wire.nothing();
        assert.deepEqual([notification.type, toHex(notification.token)], ['CON', 'ee']);
        assert.equal(Buffer.from(notification.payload).toString(), text);
        const value = decodeUint(optionOf(notification, 'Observe')!)!;
        assert.ok(value > last);
        last = value;
        await wire.send({ type: 'ACK', code: '0.00', messageId: notification.messageId });
      }
      await wire.nothing();
      assert.equal(ended, 0);
      assert.equal(wire.clock.pending, 0);
    });

    it('ends on Reset', async () => {
      await register();
      observers[0]!.notify({ code: '2.05' });
      await wire.send({ type: 'RST', code: '0.00', messageId: (await wire.next()).messageId });
      assert.equal(ended, 1);
      observers[0]!.notify({ code: '2.05' });
      await wire.nothing();
    });

    it('ends when a notification is not acknowledged', async () => {
      await register();
      observers[0]!.notify({ code: '2.05' });
      await wire.clock.advance(maxTransmitWaitMs);
      assert.equal(ended, 1);
      assert.equal(wire.clock.pending, 0);
    });

    it('ends after an error', async () => {
      await register();
      observers[0]!.notify({ code: '4.04' });
      const notification = await wire.next();
      assert.deepEqual([notification.code, optionOf(notification, 'Observe')], ['4.04', undefined]);
      await wire.send({ type: 'ACK', code: '0.00', messageId: notification.messageId });
      assert.equal(ended, 1);
    });

    it('is cancelled by Observe 1, with an answer', async () => {
      await register();
      const options = at('/5/0/3', uint('Observe', 1));
      await wire.send({ type: 'CON', code: '0.01', messageId: 2, token: Uint8Array.of(0xee), options });
      const answer = await wire.next();
      assert.deepEqual([answer.code, optionOf(answer, 'Observe')], ['2.05', undefined]);
      assert.deepEqual([ended, cancelled], [1, 1]);
    });

    it('replaces an observation with the same token', async () => {
      await register(1);
      await register(2);
      assert.deepEqual([observers.length, ended], [2, 1]);
    });

    it('is not begun by an error', async () => {
      reply = ({ observer }) => {
        observers.push(observer!);
        return { code: '4.05' };
      };
      await wire.send({ type: 'CON', code: '0.01', messageId: 1, options: at('/x', uint('Observe', 0)) });
      const answer = await wire.next();
      assert.deepEqual([answer.code, optionOf(answer, 'Observe')], ['4.05', undefined]);
      observers[0]!.notify({ code: '2.05' });
      await wire.nothing();
    });

    it('sends the first block of a large notification; the others are asked for', async () => {
      await register();
      const payload = pattern(700);
      observers[0]!.notify({ code: '2.05', payload });
      const notification = await wire.next();
      assert.equal(blockText(notification, 'Block2'), '0/1/512');
      await wire.send({ type: 'ACK', code: '0.00', messageId: notification.messageId });
      const options = at('/5/0/3', block('Block2', 1, false, 5));
      await wire.send({ type: 'CON', code: '0.01', messageId: 9, token: Uint8Array.of(3), options });
      const rest = await wire.next();
      assert.equal(toHex(rest.payload), toHex(payload.subarray(512)));
      assert.equal(toHex(optionOf(rest, 'ETag')!), toHex(optionOf(notification, 'ETag')!));
    });

    it('ends with the endpoint', async () => {
      await register();
      wire.endpoint.dispose();
      assert.equal(ended, 1);
    });
  });

  describe('anything else', () => {
    it('resets responses and notifications that nobody asked for, and is silent to the rest', async () => {
      await wire.send({ type: 'CON', code: '2.05', messageId: 1, token: Uint8Array.of(1) });
      await wire.send({
        type: 'NON',
        code: '2.05',
        messageId: 2,
        token: Uint8Array.of(1),
        options: [uint('Observe', 3)],
      });
      for (const messageId of [1, 2]) {
        const reset = await wire.next();
        assert.deepEqual([reset.type, reset.messageId], ['RST', messageId]);
      }
      await wire.send({ type: 'ACK', code: '2.05', messageId: 3, token: Uint8Array.of(1) });
      await wire.send({ type: 'ACK', code: '0.00', messageId: 4 });
      await wire.send({ type: 'RST', code: '0.00', messageId: 5 });
      await wire.send({ type: 'ACK', code: '0.01', messageId: 6, options: at('/x') });
      await wire.nothing();
    });

    it('rejects what is malformed: a Reset to a confirmable one, else silence', async () => {
      await wire.sendBytes(Uint8Array.of(0x49, 0x01, 0x12, 0x34));
      const reset = await wire.next();
      assert.deepEqual([reset.type, reset.messageId], ['RST', 0x1234]);
      await wire.sendBytes(Uint8Array.of(0x59, 0x01, 0x12, 0x35));
      await wire.sendBytes(Uint8Array.of(0x80, 0x01, 0x12, 0x36));
      await wire.sendBytes(Uint8Array.of(0x40, 0x01));
      await wire.sendBytes(new Uint8Array(0));
      await wire.nothing();
    });

    it('survives whatever bytes come, and serves on', async () => {
      const seed = 20_161_123;
      const random = seededRandom(seed);
      const bytes = (length: number): Uint8Array =>
        Uint8Array.from({ length }, () => Math.floor(random() * 256));
      serve();
      const valid = encodeMessage({
        type: 'CON',
        code: '0.02',
        messageId: 1,
        token: Uint8Array.of(1, 2),
        options: at('/rd', block('Block1', 0, true, 0), uint('Observe', 0), uint('Content-Format', 40)),
        payload: pattern(16),
      });
      for (let round = 0; round < 2000; round++) {
        const data = round % 2 ? bytes(Math.floor(random() * 40)) : Uint8Array.from(valid);
        if (round % 2 === 0) {
          for (let flips = 1 + Math.floor(random() * 4); flips > 0; flips--) {
            data[Math.floor(random() * data.length)] = Math.floor(random() * 256);
          }
        }
        await wire.far.send(data, wire.far.peer);
      }
      await wire.sendBytes(new Uint8Array(0));
      wire.received.length = 0;
      requests = [];
      await wire.send({
        type: 'CON',
        code: '0.01',
        messageId: 0x7777,
        token: Uint8Array.of(0x55),
        options: at('/ok'),
      });
      const answer = await until(
        () => wire.received.find(({ token }) => toHex(token) === '55'),
        `an answer after the fuzz with seed ${seed}`,
      );
      assert.equal(answer.code, '2.05');
      assert.deepEqual(
        requests.map((request) => request.path),
        ['/ok'],
      );
      assert.equal(pathOf(answer), '');
    });
  });
});

/** Option numbers of the options in the test above. */
function order(text: string): number {
  return text.startsWith('Location-Path') ? 8 : 14;
}
