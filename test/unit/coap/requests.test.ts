import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import { toHex } from '../../../src/base/hex';
import { optionOf } from '../../../src/coap/message';
import { maxTransmitWaitMs } from '../../../src/coap/retransmit';
import { settle } from '../support/fake-clock';
import { Wire, block, blockText, pathOf, pattern, uint } from './wire';

const read = { method: 'GET', path: '/5/0/3', accept: 112 } as const;

describe('Requests', () => {
  let wire: Wire;
  beforeEach(() => {
    wire = new Wire();
  });
  afterEach(() => wire.dispose());

  it('carry method, path, query, formats and payload', async () => {
    const answer = wire.endpoint.request(wire.peer, {
      method: 'POST',
      path: '/5/0/ö x',
      query: ['a=1', 'b'],
      contentFormat: 60,
      accept: 112,
      payload: Uint8Array.of(1, 2, 3),
    });
    const request = await wire.next();
    assert.deepEqual([request.type, request.code, pathOf(request)], ['CON', '0.02', '/5/0/ö x']);
    const values = request.options.map(({ name, value }) => `${name} ${toHex(value)}`);
    assert.deepEqual(values.slice(3), ['Content-Format 3c', 'Uri-Query 613d31', 'Uri-Query 62', 'Accept 70']);
    assert.equal(toHex(request.payload), '010203');
    await wire.answer(request, '4.05', [uint('Max-Age', 5)], Buffer.from('no'));
    const response = await answer;
    assert.deepEqual(
      [response.code, response.maxAge, Buffer.from(response.payload).toString()],
      ['4.05', 5, 'no'],
    );
    assert.equal(wire.clock.pending, 0);
  });

  it('take a separate response, acknowledge it, and its duplicates too', async () => {
    const answer = wire.endpoint.request(wire.peer, read);
    const { messageId, token } = await wire.next();
    await wire.send({ type: 'ACK', code: '0.00', messageId });
    // Its own message id equals that of the request: node-coap alone would lose it.
    const separate = { type: 'CON', code: '2.05', messageId, token, payload: Buffer.from('7') } as const;
    await wire.send(separate);
    assert.equal(Buffer.from((await answer).payload).toString(), '7');
    const first = await wire.next();
    assert.deepEqual([first.type, first.code, first.messageId], ['ACK', '0.00', messageId]);
    await wire.send(separate);
    assert.deepEqual(await wire.next(), first);
    await wire.nothing();
  });

  it('take a separate response whose acknowledgement was lost', async () => {
    const answer = wire.endpoint.request(wire.peer, read);
    const { token } = await wire.next();
    await wire.send({ type: 'NON', code: '2.05', messageId: 9, token, payload: Buffer.from('x') });
    assert.equal((await answer).code, '2.05');
  });

  it('time out when nobody is there', async () => {
    const answer = assert.rejects(wire.endpoint.request(wire.peer, read), (error) => {
      assert.ok(SlipwayError.is(error, 'coap.timeout'));
      assert.deepEqual(error.details, { peer: wire.peer.address, method: 'GET', path: '/5/0/3' });
      return true;
    });
    await wire.next();
    await wire.clock.advance(maxTransmitWaitMs);
    await answer;
    assert.equal(wire.clock.pending, 0);
  });

  it('time out when an empty acknowledgement is all that comes', async () => {
    const answer = assert.rejects(
      wire.endpoint.request(wire.peer, read, { responseTimeoutMs: 60_000 }),
      (error) => SlipwayError.is(error, 'coap.timeout'),
    );
    const { messageId } = await wire.next();
    await wire.send({ type: 'ACK', code: '0.00', messageId });
    assert.equal(wire.clock.nextIn, 60_000);
    await wire.clock.advance(60_000);
    await answer;
  });

  it('reject on Reset', async () => {
    const answer = assert.rejects(wire.endpoint.request(wire.peer, read), (error) =>
      SlipwayError.is(error, 'coap.reset'),
    );
    const { messageId } = await wire.next();
    await wire.send({ type: 'RST', code: '0.00', messageId });
    await answer;
  });

  it('ignore answers with another token or message id', async () => {
    const answer = wire.endpoint.request(wire.peer, read);
    const request = await wire.next();
    await wire.send({ type: 'ACK', code: '2.05', messageId: request.messageId, token: Uint8Array.of(1) });
    await wire.answer({ ...request, messageId: request.messageId ^ 1 }, '2.05');
    await wire.nothing();
    await wire.answer(request, '2.04');
    assert.equal((await answer).code, '2.04');
  });

  it('are cancelled by their signal, and make room for the next', async () => {
    const abort = new AbortController();
    const first = wire.endpoint.request(wire.peer, read, { signal: abort.signal });
    const second = wire.endpoint.request(wire.peer, { method: 'GET', path: '/3/0' });
    assert.equal(pathOf(await wire.next()), '/5/0/3');
    await wire.nothing();
    abort.abort();
    await assert.rejects(first, (error) => SlipwayError.is(error, 'cancelled'));
    const request = await wire.next();
    assert.equal(pathOf(request), '/3/0');
    await wire.answer(request, '2.05');
    assert.equal((await second).code, '2.05');
  });

  it('that wait for their turn can be cancelled', async () => {
    const abort = new AbortController();
    const first = wire.endpoint.request(wire.peer, read);
    const second = wire.endpoint.request(wire.peer, read, { signal: abort.signal });
    const request = await wire.next();
    abort.abort();
    await assert.rejects(second, (error) => SlipwayError.is(error, 'cancelled'));
    await wire.answer(request, '2.05');
    await first;
    await wire.nothing();
  });

  it('fail at once on a link that is not open, and when it is closed', async () => {
    const waiting = wire.endpoint.request(wire.peer, read);
    const isClosed = (error: unknown): boolean => SlipwayError.is(error, 'link.closed');
    await wire.next();
    const failure = assert.rejects(waiting, isClosed);
    wire.host.dispose();
    await failure;
    await assert.rejects(wire.endpoint.request(wire.peer, read), isClosed);
    assert.equal(wire.clock.pending, 0);
  });

  describe('answered in blocks', () => {
    const payload = pattern(150);
    const part = (num: number): Uint8Array => payload.subarray(num * 64, num * 64 + 64);
    const etag = { name: 'ETag', value: Uint8Array.of(1) };

    it('are completed, each block under a token of its own', async () => {
      const answer = wire.endpoint.request(wire.peer, { ...read, query: ['q'] });
      const tokens = new Set<string>();
      for (const num of [0, 1, 2]) {
        const request = await wire.next();
        tokens.add(toHex(request.token));
        assert.equal(pathOf(request), '/5/0/3');
        assert.equal(Buffer.from(optionOf(request, 'Uri-Query')!).toString(), 'q');
        assert.equal(blockText(request, 'Block2'), num === 0 ? undefined : `${num}/0/64`);
        const options = [etag, uint('Content-Format', 11542), block('Block2', num, num < 2, 2)];
        await wire.answer(request, '2.05', options, part(num));
      }
      const response = await answer;
      assert.equal(toHex(response.payload), toHex(payload));
      assert.equal(response.contentFormat, 11542);
      assert.equal(tokens.size, 3);
      assert.equal(wire.clock.pending, 0);
    });

    it('begin anew when the representation changed', async () => {
      const answer = wire.endpoint.request(wire.peer, read);
      await wire.answer(await wire.next(), '2.05', [etag, block('Block2', 0, true, 2)], part(0));
      const other = { name: 'ETag', value: Uint8Array.of(2) };
      await wire.answer(await wire.next(), '2.05', [other, block('Block2', 1, false, 2)], part(1));
      const again = await wire.next();
      assert.equal(blockText(again, 'Block2'), undefined);
      await wire.answer(again, '2.05', [other], Buffer.from('new'));
      assert.equal(Buffer.from((await answer).payload).toString(), 'new');
    });

    for (const [what, options, length] of [
      ['in the wrong place', [block('Block2', 2, true, 2)], 64],
      ['too short', [block('Block2', 1, true, 2)], 63],
      ['without a number', [], 64],
    ] as const) {
      it(`refuse a block ${what}`, async () => {
        const answer = wire.endpoint.request(wire.peer, read);
        await wire.answer(await wire.next(), '2.05', [block('Block2', 0, true, 2)], part(0));
        const failure = assert.rejects(answer, (error) => SlipwayError.is(error, 'coap.malformed'));
        await wire.answer(await wire.next(), '2.05', options, pattern(length));
        await failure;
      });
    }

    it('retransmit a block with its message id', async () => {
      const answer = wire.endpoint.request(wire.peer, read);
      await wire.answer(await wire.next(), '2.05', [block('Block2', 0, true, 2)], part(0));
      const first = await wire.next();
      await wire.clock.advance(3000);
      const second = await wire.next();
      assert.deepEqual(second, first);
      await wire.answer(second, '2.05', [block('Block2', 1, false, 2)], part(2));
      assert.equal((await answer).payload.length, 64 + part(2).length);
    });
  });

  it('go by Block1 where the payload needs it', async () => {
    const payload = pattern(1500);
    const answer = wire.endpoint.request(wire.peer, {
      method: 'PUT',
      path: '/5/0/1',
      contentFormat: 0,
      payload,
    });
    const first = await wire.next();
    assert.equal(blockText(first, 'Block1'), '0/1/1024');
    await wire.answer(first, '2.31', [block('Block1', 0, true, 6)]);
    const second = await wire.next();
    assert.equal(blockText(second, 'Block1'), '1/0/1024');
    await wire.answer(second, '4.00', [], Buffer.from('bad URI'));
    const response = await answer;
    assert.deepEqual([response.code, Buffer.from(response.payload).toString()], ['4.00', 'bad URI']);
  });

  describe('beside an upload', () => {
    it('wait until it is done', async () => {
      const upload = wire.endpoint.upload(wire.peer, {
        method: 'PUT',
        path: '/5/0/0',
        contentFormat: 42,
        payload: pattern(2048),
      });
      const beside = wire.endpoint.request(wire.peer, read);
      for (const num of [0, 1]) {
        const request = await wire.next();
        assert.equal(blockText(request, 'Block1'), `${num}/${1 - num}/1024`);
        await wire.nothing();
        await wire.answer(request, num ? '2.04' : '2.31', [block('Block1', num, num === 0, 6)]);
      }
      assert.equal((await upload).bytes, 2048);
      const request = await wire.next();
      assert.equal(pathOf(request), '/5/0/3');
      await wire.answer(request, '2.05');
      await beside;
    });
  });

  it('never use a message id twice, node-coap’s among them', async () => {
    const seen = new Set<number>();
    for (let round = 0; round < 150; round++) {
      const answer = wire.endpoint.request(wire.peer, read);
      await wire.answer(await collect(), '2.05', [block('Block2', 0, true, 0)], pattern(16));
      await wire.answer(await collect(), '2.05', [block('Block2', 1, false, 0)], pattern(3));
      await answer;
    }
    assert.equal(seen.size, 300);

    async function collect(): ReturnType<Wire['next']> {
      const message = await wire.next();
      assert.ok(!seen.has(message.messageId), `${message.messageId} again`);
      seen.add(message.messageId);
      return message;
    }
  });
});

describe('Ping', () => {
  let wire: Wire;
  beforeEach(() => {
    wire = new Wire();
  });
  afterEach(() => wire.dispose());

  it('is an Empty message that a Reset answers', async () => {
    const pong = wire.endpoint.ping(wire.peer);
    const ping = await wire.next();
    assert.deepEqual([ping.type, ping.code, ping.token.length], ['CON', '0.00', 0]);
    await wire.send({ type: 'RST', code: '0.00', messageId: ping.messageId });
    await pong;
    assert.equal(wire.clock.pending, 0);
  });

  it('times out, and is cancelled', async () => {
    const lost = assert.rejects(wire.endpoint.ping(wire.peer), (error) =>
      SlipwayError.is(error, 'coap.timeout'),
    );
    await wire.next();
    await wire.clock.advance(maxTransmitWaitMs);
    await lost;
    const abort = new AbortController();
    const pong = wire.endpoint.ping(wire.peer, { signal: abort.signal });
    await settle();
    abort.abort();
    await assert.rejects(pong, (error) => SlipwayError.is(error, 'cancelled'));
    assert.equal(wire.clock.pending, 0);
  });

  it('from a peer is answered once', async () => {
    await wire.send({ type: 'CON', code: '0.00', messageId: 77 });
    const answer = await wire.next();
    assert.deepEqual([answer.type, answer.code, answer.messageId], ['RST', '0.00', 77]);
    await wire.nothing();
  });

  it('is not taken for a request', async () => {
    wire.endpoint.serve({ handle: () => assert.fail('asked') });
    await wire.send({ type: 'NON', code: '0.00', messageId: 78 });
    await wire.nothing();
  });
});
