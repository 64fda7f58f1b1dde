import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import { toHex } from '../../../src/base/hex';
import type { CoapResponse, Observation } from '../../../src/coap/endpoint';
import { type CoapMessage, optionOf } from '../../../src/coap/message';
import { settle } from '../support/fake-clock';
import { Wire, block, blockText, pattern, uint } from './wire';

describe('Observing', () => {
  let wire: Wire;
  let seen: string[];
  let registration: CoapMessage;
  let observation: Observation;
  let ended: number;
  const request = { method: 'GET', path: '/5/0/3', accept: 112 } as const;

  beforeEach(() => {
    wire = new Wire();
    seen = [];
    ended = 0;
  });
  afterEach(() => wire.dispose());

  function text(response: CoapResponse): string {
    return Buffer.from(response.payload).toString();
  }

  async function begin(value = 10): Promise<void> {
    const observing = wire.endpoint.observe(wire.peer, request, (response) => seen.push(text(response)));
    registration = await wire.next();
    assert.equal(toHex(optionOf(registration, 'Observe')!), '');
    await wire.answer(registration, '2.05', [uint('Observe', value)], Buffer.from('first'));
    observation = await observing;
    observation.onDidEnd(() => ended++);
  }

  async function notify(
    messageId: number,
    value: number,
    payload: string,
    type: 'CON' | 'NON' = 'NON',
  ): Promise<void> {
    await wire.send({
      type,
      code: '2.05',
      messageId,
      token: registration.token,
      options: [uint('Observe', value)],
      payload: Buffer.from(payload),
    });
  }

  it('gives the first answer and every later one, and acknowledges', async () => {
    await begin();
    assert.equal(text(observation.first), 'first');
    await notify(1, 11, 'a');
    await wire.nothing();
    await notify(2, 12, 'b', 'CON');
    const acknowledgement = await wire.next();
    assert.deepEqual([acknowledgement.type, acknowledgement.messageId], ['ACK', 2]);
    await notify(2, 12, 'b', 'CON');
    assert.deepEqual(await wire.next(), acknowledgement);
    assert.deepEqual(seen, ['a', 'b']);
    assert.equal(wire.clock.pending, 0);
  });

  it('drops what is older than what it had, also where the numbers wrap', async () => {
    await begin(0xfffffe);
    await notify(1, 0xffffff, 'a');
    await notify(2, 1, 'b');
    await notify(3, 0xffffff, 'late');
    await notify(4, 1, 'same');
    await notify(5, 2, 'c');
    assert.deepEqual(seen, ['a', 'b', 'c']);
  });

  it('takes anything for newer after 128 s', async () => {
    await begin(100);
    await wire.clock.advance(128_000);
    await notify(1, 99, 'not yet');
    await wire.clock.advance(1);
    await notify(2, 5, 'rebooted');
    assert.deepEqual(seen, ['rebooted']);
  });

  it('takes a notification whose message id is that of a request under way', async () => {
    await begin();
    const answer = wire.endpoint.request(wire.peer, { method: 'GET', path: '/3/0' });
    const other = await wire.next();
    await notify(other.messageId, 11, 'a', 'CON');
    assert.equal((await wire.next()).type, 'ACK');
    await wire.answer(other, '2.05');
    await answer;
    assert.deepEqual(seen, ['a']);
  });

  it('gives notifications in the middle of an upload', async () => {
    await begin();
    const upload = wire.endpoint.upload(wire.peer, {
      method: 'PUT',
      path: '/5/0/0',
      contentFormat: 42,
      payload: pattern(100),
    });
    const part = await wire.next();
    await notify(1, 11, 'downloading');
    assert.deepEqual(seen, ['downloading']);
    await wire.answer(part, '2.04', [block('Block1', 0, false, 6)]);
    await upload;
  });

  it('completes notifications that come in blocks', async () => {
    await begin();
    const payload = pattern(40);
    const received: Uint8Array[] = [];
    observation.dispose();
    const observing = wire.endpoint.observe(wire.peer, request, (response) =>
      received.push(response.payload),
    );
    registration = await wire.next();
    await wire.answer(registration, '2.05', [uint('Observe', 1)]);
    await observing;
    await wire.send({
      type: 'NON',
      code: '2.05',
      messageId: 1,
      token: registration.token,
      options: [uint('Observe', 2), block('Block2', 0, true, 1)],
      payload: payload.subarray(0, 32),
    });
    const more = await wire.next();
    assert.equal(blockText(more, 'Block2'), '1/0/32');
    assert.equal(optionOf(more, 'Observe'), undefined);
    assert.notEqual(toHex(more.token), toHex(registration.token));
    await wire.answer(more, '2.05', [block('Block2', 1, false, 1)], payload.subarray(32));
    await settle();
    assert.deepEqual(received.map(toHex), [toHex(payload)]);
  });

  it('drops a large notification that a newer one overtook', async () => {
    await begin();
    await wire.send({
      type: 'NON',
      code: '2.05',
      messageId: 1,
      token: registration.token,
      options: [uint('Observe', 11), block('Block2', 0, true, 0)],
      payload: pattern(16),
    });
    const more = await wire.next();
    await notify(2, 12, 'newer');
    await wire.answer(more, '2.05', [block('Block2', 1, false, 0)], pattern(4));
    await settle();
    assert.deepEqual(seen, ['newer']);
  });

  for (const [what, code, options] of [
    ['an error', '4.05', []],
    ['an answer without Observe', '2.05', []],
  ] as const) {
    it(`rejects on ${what}`, async () => {
      const observing = wire.endpoint.observe(wire.peer, request, () => undefined);
      const failure = assert.rejects(observing, (error) => {
        assert.ok(SlipwayError.is(error, 'coap.response'));
        assert.deepEqual(error.details, { method: 'GET', path: '/5/0/3', code, diagnostic: 'why' });
        return true;
      });
      await wire.answer(await wire.next(), code, options, Buffer.from('why'));
      await failure;
      assert.equal(wire.clock.pending, 0);
    });
  }

  it('ends by an error notification, and says so once', async () => {
    await begin();
    await wire.send({ type: 'NON', code: '4.04', messageId: 1, token: registration.token });
    await settle();
    assert.deepEqual([ended, seen], [1, []]);
    await notify(2, 20, 'x');
    assert.equal((await wire.next()).type, 'RST');
  });

  it('is cancelled by Observe 1 under its token', async () => {
    await begin();
    const cancelling = observation.cancel();
    const cancellation = await wire.next();
    assert.equal(toHex(optionOf(cancellation, 'Observe')!), '01');
    assert.equal(toHex(cancellation.token), toHex(registration.token));
    await wire.answer(cancellation, '2.05');
    await cancelling;
    await notify(1, 11, 'x');
    assert.equal((await wire.next()).type, 'RST');
    assert.deepEqual([seen, ended], [[], 0]);
  });

  it('once disposed answers the next notification with Reset', async () => {
    await begin();
    observation.dispose();
    await notify(1, 11, 'x', 'CON');
    const reset = await wire.next();
    assert.deepEqual([reset.type, reset.messageId], ['RST', 1]);
    assert.deepEqual([seen, ended], [[], 0]);
  });

  it('ends with the endpoint', async () => {
    await begin();
    wire.endpoint.dispose();
    assert.equal(ended, 1);
    assert.equal(wire.clock.pending, 0);
  });
});
