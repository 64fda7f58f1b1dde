import assert from 'node:assert/strict';
import { nullLog } from '../../../src/base/log';
import { systemClock } from '../../../src/base/clock';
import type { CoapEndpoint, CoapReply, IncomingRequest, Observer } from '../../../src/coap/endpoint';
import { type CoapMessage, decodeMessage, encodeMessage, optionOf } from '../../../src/coap/message';
import { createCoapEndpoint } from '../../../src/coap/node-coap-endpoint';
import { type MemoryLink, createMemoryLinkPair } from '../../../src/link/memory-link';
import { ContentFormat, encodeContent } from '../../../src/lwm2m/content-format';
import { resourceDefinition } from '../../../src/lwm2m/objects/objects';
import { Lwm2mServer } from '../../../src/lwm2m/server';
import type { ResourceValue } from '../../../src/lwm2m/values';
import { until } from '../support/until';

const OBJECTS = '</>;rt="oma.lwm2m";ct=112,</1/0>,</3/0>,</5/0>;ver=1.1';

describe('Lwm2mServer over CoAP', () => {
  let host: MemoryLink;
  let far: MemoryLink;
  let server: Lwm2mServer;

  beforeEach(() => {
    [host, far] = createMemoryLinkPair('board', { clock: systemClock });
    server = new Lwm2mServer({
      clock: systemClock,
      log: nullLog,
      createEndpoint: (link) => createCoapEndpoint(link, { clock: systemClock, log: nullLog }),
    });
    server.attach(host);
  });
  afterEach(() => {
    server.dispose();
    host.dispose();
    far.dispose();
  });

  it('registers a board by its bytes, and answers before it asks', async () => {
    const received: CoapMessage[] = [];
    far.onDatagram(({ data }) => received.push(decodeMessage(data)));
    server.onDidAddBoard((board) => {
      board.read('/3/0').catch(() => undefined);
    });
    const option = (name: string, value: string): { name: string; value: Uint8Array } => ({
      name,
      value: Buffer.from(value),
    });
    const registration = encodeMessage({
      type: 'CON',
      code: '0.02',
      messageId: 0x1234,
      token: Uint8Array.of(0xab),
      options: [
        option('Uri-Path', 'rd'),
        { name: 'Content-Format', value: Uint8Array.of(40) },
        ...['b=U', 'lwm2m=1.1', 'lt=300', 'ep=urn:dev:desk 1'].map((query) => option('Uri-Query', query)),
      ],
      payload: Buffer.from(OBJECTS),
    });
    await far.send(registration, far.peer);
    await until(() => received.length >= 2, 'the answer and the first request');
    const [answer, request] = received;
    assert.deepEqual([answer!.type, answer!.code, answer!.messageId], ['ACK', '2.01', 0x1234]);
    const location = answer!.options.filter(({ name }) => name === 'Location-Path');
    const board = server.board('urn:dev:desk 1');
    assert.deepEqual(
      location.map(({ value }) => Buffer.from(value).toString()),
      ['rd', board.registration.id],
    );
    assert.equal(request!.code, '0.01');
    assert.deepEqual([...optionOf(request!, 'Accept')!], [112]);
  });

  describe('with a board that answers', () => {
    let client: CoapEndpoint;
    let observer: Observer | undefined;
    let state = 0;

    beforeEach(() => {
      client = createCoapEndpoint(far, { clock: systemClock, log: nullLog });
      client.serve({ handle });
      state = 0;
    });
    afterEach(() => client.dispose());

    function content(path: string, ...values: (readonly [string, ResourceValue])[]): CoapReply {
      const format = ContentFormat.senmlCbor;
      const payload = encodeContent(format, path, new Map(values), resourceDefinition);
      return { code: '2.05', contentFormat: format, payload };
    }

    /** What the board keeps of a Package URI that was written. */
    let uri = '';

    function handle(request: IncomingRequest): CoapReply {
      const { method, path, accept } = request;
      observer = request.observer ?? observer;
      if (method === 'PUT' && path === '/5/0/1') uri = Buffer.from(request.payload).toString();
      if (method !== 'GET') return { code: '2.04' };
      if (accept !== ContentFormat.senmlCbor) return { code: '4.06' };
      if (path === '/5/0/3') return content(path, [path, state]);
      if (path !== '/3/0') return { code: '4.04' };
      return content(path, ['/3/0/0', 'Slipway'], ['/3/0/3', '1.0.0'], ['/3/0/15', 'x'.repeat(3000)]);
    }

    const register = async (): Promise<string> => {
      const response = await client.request(far.peer, {
        method: 'POST',
        path: '/rd',
        query: ['ep=desk', 'lt=300', 'lwm2m=1.1', 'b=U'],
        contentFormat: 40,
        payload: Buffer.from(OBJECTS),
      });
      assert.equal(response.code, '2.01');
      return response.locationPath!;
    };

    it('reads in blocks, writes, executes, observes, and survives its reboot', async () => {
      const location = await register();
      const board = server.board('desk');
      assert.equal(location, `/rd/${board.registration.id}`);
      assert.equal((await board.read('/3/0')).get('/3/0/15'), 'x'.repeat(3000));
      assert.equal(await board.readResource('/5/0/6'), undefined);
      await board.write('/5/0/1', 'coap://desk/fw');
      assert.equal(uri, 'coap://desk/fw');
      await board.execute('/5/0/2');
      await board.observe('/5/0/3');
      assert.equal(board.values.get('/5/0/3'), 0);
      observer!.notify(content('/5/0/3', ['/5/0/3', 2]));
      await until(() => board.values.get('/5/0/3') === 2, 'the notification');

      observer = undefined;
      state = 1;
      const again = board.whenRegistered(board.registration.id);
      const newLocation = await register();
      assert.equal(`/rd/${(await again).id}`, newLocation);
      await until(() => board.values.get('/5/0/3') === 1, 'the observation in the new session');
      observer!.notify(content('/5/0/3', ['/5/0/3', 3]));
      await until(() => board.values.get('/5/0/3') === 3, 'a notification of the new session');

      assert.equal((await client.request(far.peer, { method: 'DELETE', path: location })).code, '4.04');
      assert.equal((await client.request(far.peer, { method: 'DELETE', path: newLocation })).code, '2.02');
      assert.equal(board.online, false);
    });

    it('registers in Block1 parts', async () => {
      const objects = Array.from({ length: 400 }, (_, index) => `</${10_000 + index}/0>`).join(',');
      await client.upload(far.peer, {
        method: 'POST',
        path: '/rd',
        query: ['ep=many', 'lt=300', 'lwm2m=1.1', 'b=U'],
        contentFormat: 40,
        payload: Buffer.from(`${OBJECTS},${objects}`),
      });
      assert.equal(server.board('many').registration.objects.length, 403);
    });
  });
});
