import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { systemClock } from '../../../src/base/clock';
import { SlipwayError } from '../../../src/base/errors';
import { fromHex, toHex } from '../../../src/base/hex';
import { nullLog } from '../../../src/base/log';
import { seededRandom } from '../../../src/base/random';
import { createCoapEndpoint } from '../../../src/coap/node-coap-endpoint';
import type { CoapEndpoint, IncomingRequest } from '../../../src/coap/endpoint';
import { encodeBlock } from '../../../src/coap/options';
import { CoapTcpLink } from '../../../src/link/coap-tcp/coap-tcp-link';
import { TcpMessageDecoder, encodeTcpMessage, messageBytes } from '../../../src/link/coap-tcp/frame';
import { MessageLayer } from '../../../src/link/coap-tcp/message-layer';
import { BadCsmOption, baseCapabilities, decodeCapabilities } from '../../../src/link/coap-tcp/signals';
import { whenOpen } from '../../../src/link/when-open';
import { until } from '../support/until';

const deps = { clock: systemClock, log: nullLog };
const isMalformed = (error: unknown): boolean => SlipwayError.is(error, 'coap.malformed');

describe('messages of CoAP over TCP', () => {
  for (const [what, bytes, head] of [
    ['no', 0, '0145aa'],
    ['a short', 12, 'c145aa'],
    ['13 bytes of', 13, 'd10045aa'],
    ['268 bytes of', 268, 'd1ff45aa'],
    ['269 bytes of', 269, 'e1000045aa'],
    ['65,804 bytes of', 65_804, 'e1ffff45aa'],
    ['65,805 bytes of', 65_805, 'f10000000045aa'],
  ] as const) {
    it(`have lengths as in RFC 8323 §3.2 for ${what} body`, () => {
      const message = { code: 0x45, token: Uint8Array.of(0xaa), body: Buffer.alloc(bytes, 7) };
      const encoded = encodeTcpMessage(message);
      assert.equal(toHex(encoded).slice(0, head.length), head);
      assert.equal(encoded.length, messageBytes(bytes, 1));
      const [decoded] = new TcpMessageDecoder(100_000).push(encoded);
      assert.deepEqual(decoded, { ...message, body: new Uint8Array(message.body) });
    });
  }

  it('come in pieces of any size', () => {
    const seed = 11;
    const random = seededRandom(seed);
    const bodies = Array.from({ length: 50 }, () => Buffer.alloc(Math.floor(random() * 600), 1));
    const stream = Buffer.concat(
      bodies.map((body) => encodeTcpMessage({ code: 1, token: new Uint8Array(2), body })),
    );
    const decoder = new TcpMessageDecoder(1000);
    const lengths: number[] = [];
    for (let at = 0; at < stream.length;) {
      const end = at + 1 + Math.floor(random() * 300);
      lengths.push(...decoder.push(stream.subarray(at, end)).map(({ body }) => body.length));
      at = end;
    }
    assert.deepEqual(
      lengths,
      bodies.map(({ length }) => length),
      `seed ${seed}`,
    );
  });

  it('that are too long, or have too long a token, are malformed before they are whole', () => {
    assert.throws(() => new TcpMessageDecoder(1000).push(fromHex('f0ffffffff')), isMalformed);
    assert.throws(() => new TcpMessageDecoder(1000).push(fromHex('09')), isMalformed);
  });

  it('become datagrams and back', () => {
    const layer = new MessageLayer();
    const request = layer.incoming({ code: 0x01, token: fromHex('aabb'), body: fromHex('b474657374') });
    assert.equal(toHex(request), '42010001aabbb474657374');
    assert.equal(
      toHex(layer.incoming({ code: 0x45, token: fromHex('01'), body: fromHex('ff41') })),
      '5145000201ff41',
    );
    const { message, acknowledgement } = layer.outgoing(request);
    assert.deepEqual([message?.code, toHex(message!.token), toHex(message!.body)], [1, 'aabb', 'b474657374']);
    assert.equal(toHex(acknowledgement!), '60000001');
    assert.deepEqual(layer.outgoing(fromHex('40001234')), { ping: 0x1234 });
    assert.equal(toHex(layer.resetOf(0x1234)), '70001234');
    assert.deepEqual(layer.outgoing(fromHex('60001234')), {}, 'an acknowledgement goes nowhere');
    assert.equal(layer.outgoing(fromHex('60451234ff41')).acknowledgement, undefined);
  });

  it('tell capabilities; critical options that are not known end it, others are ignored', () => {
    assert.deepEqual(decodeCapabilities(fromHex('220800'), baseCapabilities), {
      maxMessageBytes: 2048,
      blockWise: false,
    });
    assert.deepEqual(decodeCapabilities(fromHex('2208002060'), baseCapabilities), {
      maxMessageBytes: 2048,
      blockWise: true,
    });
    assert.throws(() => decodeCapabilities(fromHex('30'), baseCapabilities), BadCsmOption);
    assert.throws(() => decodeCapabilities(fromHex('24ff'), baseCapabilities), isMalformed);
  });
});

/** A client that says just what a test wants. */
class RawClient {
  readonly messages: { code: number; token: string; body: string }[] = [];
  closed = false;
  private readonly decoder = new TcpMessageDecoder(1_000_000);

  private constructor(readonly socket: Socket) {
    socket.on('data', (bytes) => {
      for (const { code, token, body } of this.decoder.push(bytes)) {
        this.messages.push({ code, token: toHex(token), body: toHex(body) });
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => (this.closed = true));
  }

  static async open(port: number, first = '00e1'): Promise<RawClient> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await once(socket, 'connect');
    const client = new RawClient(socket);
    client.say(first);
    return client;
  }

  say(hex: string): void {
    this.socket.write(fromHex(hex));
  }

  async gets(code: number): Promise<{ token: string; body: string }> {
    return await until(() => this.messages.find((message) => message.code === code), `code ${code}`);
  }
}

describe('a CoAP over TCP link', () => {
  let link: CoapTcpLink;
  let endpoint: CoapEndpoint;
  let requests: IncomingRequest[];
  let clients: RawClient[];
  const payload = Buffer.alloc(50_000, 'slipway');

  beforeEach(async () => {
    link = CoapTcpLink.listen({ host: '127.0.0.1', port: 0 }, deps);
    requests = [];
    clients = [];
    endpoint = createCoapEndpoint(link, deps);
    endpoint.serve({
      handle: (request) => {
        requests.push(request);
        return request.method === 'GET' ? { code: '2.05', payload } : { code: '2.04' };
      },
    });
    await whenOpen(link);
  });

  afterEach(() => {
    link.dispose();
    for (const { socket } of clients) socket.destroy();
  });

  async function client(first?: string): Promise<RawClient> {
    const opened = await RawClient.open(link.boundPort ?? 0, first);
    clients.push(opened);
    return opened;
  }

  it('begins with its capabilities: 64 KiB messages, blocks', async () => {
    assert.equal((await (await client()).gets(0xe1)).body, '240001000020');
  });

  it('answers pings, and requests of each client on its own connection', async () => {
    const [a, b] = [await client(), await client()];
    a.say('01e2aa');
    assert.deepEqual(await a.gets(0xe3), { code: 0xe3, token: 'aa', body: '' });
    b.say('5202bbccb474657374');
    assert.equal((await b.gets(0x44)).token, 'bbcc');
    assert.deepEqual([requests[0]?.path, requests[0]?.peer.port], ['/test', b.socket.localPort]);
    assert.equal(
      a.messages.find(({ code }) => code === 0x44),
      undefined,
    );
  });

  it('takes a request in BERT blocks', async () => {
    const board = await client();
    const block = (num: number, more: boolean, bytes: number): void => {
      const value = encodeBlock({ num, more, szx: 7 });
      const body = Buffer.concat([
        fromHex('b474657374'),
        Buffer.of(0xd0 | value.length, 27 - 11 - 13),
        value,
        Buffer.of(0xff),
        Buffer.alloc(bytes, num),
      ]);
      board.socket.write(encodeTcpMessage({ code: 3, token: Uint8Array.of(num), body }));
    };
    block(0, true, 4096);
    await board.gets(0x5f);
    block(4, true, 2048);
    await until(() => board.messages.filter(({ code }) => code === 0x5f).length === 2, 'the second 2.31');
    block(6, false, 100);
    await board.gets(0x44);
    assert.equal(requests[0]?.payload.length, 4096 + 2048 + 100);
    assert.equal(requests[0]?.payload[6000], 4);
  });

  it('pushes several blocks at once, each under a token of its own', async () => {
    const board = await client();
    const peer = { address: '127.0.0.1', port: board.socket.localPort ?? 0 };
    await until(() => link.capabilitiesOf(peer), 'its capabilities');
    const blocks = 6;
    const upload = {
      method: 'PUT',
      path: '/5/0/0',
      contentFormat: 42,
      payload: Buffer.alloc(16 * blocks),
    } as const;
    const pushing = endpoint.upload(peer, upload, { profile: { szx: 0, window: 4 } });
    const pushed = (): { token: string }[] => board.messages.filter(({ code }) => code === 3);
    for (const [answered, inFlight] of [
      [0, 1],
      [1, 4],
      [2, 4],
      [3, 3],
      [4, 2],
      [5, 1],
    ] as const) {
      await until(() => pushed().length >= answered + inFlight, `block ${answered + inFlight - 1}`);
      // A peer may take two requests under one token for one (RFC 7252 §5.3.1).
      assert.equal(new Set(pushed().map(({ token }) => token)).size, answered + inFlight);
      const isLast = answered === blocks - 1;
      const token = fromHex(pushed()[answered]!.token);
      const block1 = Uint8Array.of(0xd1, 27 - 13, answered * 16 + (isLast ? 0 : 8));
      board.socket.write(encodeTcpMessage({ code: isLast ? 0x44 : 0x5f, token, body: block1 }));
    }
    assert.equal((await pushing).code, '2.04');
  });

  it('gives BERT blocks as long as the client takes them', async () => {
    const board = await client(
      toHex(encodeTcpMessage({ code: 0xe1, token: new Uint8Array(0), body: fromHex('22200020') })),
    );
    // Block2 of number 0 and size 7.
    board.say('7101aab474657374c107');
    const answer = await board.gets(0x45);
    // 8192 bytes are taken: seven units, and room for options.
    assert.equal(answer.body.split('ff').slice(1).join('ff').length / 2, 7168);
  });

  for (const [what, hex] of [
    ['that does not begin with a CSM', '0001'],
    ['with a critical option that is not known', '10e130'],
    ['that announces a message too long', '00e1f000ffffff'],
  ] as const) {
    it(`aborts a connection ${what}, and goes on with others`, async () => {
      const bad = await client(hex);
      await bad.gets(0xe5);
      await until(() => bad.closed, 'the end of the connection');
      (await client()).say('01e2aa');
      await clients[1]!.gets(0xe3);
    });
  }

  it('ends when the client releases or aborts it', async () => {
    for (const signal of ['00e4', '00e5']) {
      const leaving = await client();
      await leaving.gets(0xe1);
      leaving.say(signal);
      await until(() => leaving.closed, 'the end of the connection');
    }
    await until(
      () =>
        link.capabilitiesOf({ address: '127.0.0.1', port: clients[0]!.socket.localPort ?? 0 }) === undefined,
      'no connection',
    );
  });

  it('does not send to whom it has no connection', async () => {
    const nobody = { address: '127.0.0.1', port: 1 };
    await assert.rejects(link.send(fromHex('40010001'), nobody), (error) =>
      SlipwayError.is(error, 'link.closed'),
    );
  });

  it('says that its address is taken', async () => {
    const second = CoapTcpLink.listen({ host: '127.0.0.1', port: link.boundPort ?? 0 }, deps);
    await until(() => second.error?.code === 'link.busy', 'link.busy');
    second.dispose();
  });

  it('pings over the connection, and fails fast where nobody listens', async () => {
    const far = CoapTcpLink.connect({ host: '127.0.0.1', port: link.boundPort ?? 0 }, deps);
    await whenOpen(far);
    const client = createCoapEndpoint(far, deps);
    await client.ping(far.peer!);
    const response = await client.request(far.peer!, { method: 'GET', path: '/test' });
    assert.equal(toHex(response.payload), toHex(payload));
    const { boundPort = 0 } = link;
    link.dispose();
    await until(() => far.state === 'waiting', 'the loss of the connection');
    far.dispose();
    const none = CoapTcpLink.connect({ host: '127.0.0.1', port: boundPort }, deps);
    await until(() => none.error?.code === 'link.refused', 'link.refused');
    none.dispose();
  });

  for (const [what, maxSzx, expected] of [
    ['in BERT blocks to who takes long messages', 7, [16_384, 16_384, 7232]],
    ['in smaller blocks to who wants them', 5, [16_384, ...new Array<number>(46).fill(512), 64]],
  ] as const) {
    it(`pushes ${what}`, async () => {
      const board = CoapTcpLink.connect({ host: '127.0.0.1', port: link.boundPort ?? 0 }, deps);
      await whenOpen(board);
      const lengths: number[] = [];
      createCoapEndpoint(board, deps).serve({
        handle: () => ({ code: '2.04' }),
        handleBlock: (block) => {
          lengths.push(block.payload.length);
          const szx = Math.min(block.szx, maxSzx);
          return { code: block.more ? '2.31' : '2.04', ...(szx < block.szx && { szx }) };
        },
      });
      const desk = createCoapEndpoint(link, deps);
      const authority = await board.authorityFor(board.peer!);
      const peer = { address: '127.0.0.1', port: Number(authority?.split(':')[1]) };
      await until(() => link.capabilitiesOf(peer)?.blockWise, 'its capabilities');
      const bytes = Buffer.alloc(40_000, 1);
      const result = await desk.upload(peer, {
        method: 'PUT',
        path: '/5/0/0',
        contentFormat: 42,
        payload: bytes,
      });
      assert.deepEqual([result.code, result.bytes, lengths], ['2.04', 40_000, expected]);
      board.dispose();
    });
  }

  it('survives noise', async () => {
    const seed = 8323;
    const random = seededRandom(seed);
    for (let round = 0; round < 40; round++) {
      const noisy = await client();
      noisy.socket.write(Buffer.from(Array.from({ length: 200 }, () => Math.floor(random() * 256))));
      noisy.socket.end();
    }
    await until(() => clients.every(({ closed }) => closed), `the end of all (seed ${seed})`);
    (await client()).say('01e2aa');
    await clients.at(-1)!.gets(0xe3);
  });
});
