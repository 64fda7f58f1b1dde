import assert from 'node:assert/strict';
import { systemClock } from '../../../src/base/clock';
import { toHex } from '../../../src/base/hex';
import { nullLog } from '../../../src/base/log';
import type { CoapEndpoint, IncomingRequest, Observer } from '../../../src/coap/endpoint';
import { createCoapEndpoint } from '../../../src/coap/node-coap-endpoint';
import { createMemoryLinkPair } from '../../../src/link/memory-link';
import type { Link, Peer } from '../../../src/link/link';
import { UdpLink } from '../../../src/link/udp-link';
import { whenOpen } from '../../../src/link/when-open';
import { until } from '../support/until';
import { pattern } from './wire';

interface Pair {
  readonly a: CoapEndpoint;
  readonly b: CoapEndpoint;
  /** Where `a` reaches `b`. */
  readonly toB: Peer;
  dispose(): void;
}

function pairOf(a: Link, b: Link, toB: Peer): Pair {
  const deps = { clock: systemClock, log: nullLog };
  const endpoints = [createCoapEndpoint(a, deps), createCoapEndpoint(b, deps)] as const;
  return {
    a: endpoints[0],
    b: endpoints[1],
    toB,
    dispose: () => [...endpoints, a, b].forEach((item) => item.dispose()),
  };
}

const pairs: Readonly<Record<string, () => Promise<Pair>>> = {
  memory: () => {
    const [a, b] = createMemoryLinkPair('pair', { clock: systemClock });
    return Promise.resolve(pairOf(a, b, a.peer));
  },
  UDP: async () => {
    const deps = { clock: systemClock, log: nullLog };
    const open = (): UdpLink => new UdpLink({ host: '127.0.0.1', port: 0 }, deps);
    const [a, b] = [open(), open()];
    await Promise.all([whenOpen(a), whenOpen(b)]);
    return pairOf(a, b, { address: '127.0.0.1', port: b.boundPort ?? 0 });
  },
  'a bad memory': () => {
    const impairments = { loss: 0.1, corruption: 0, delayMs: { min: 0, max: 3 } };
    const [a, b] = createMemoryLinkPair('pair', { clock: systemClock, impairments, seed: 4 });
    return Promise.resolve(pairOf(a, b, a.peer));
  },
};

for (const [name, open] of Object.entries(pairs)) {
  describe(`Two endpoints over ${name}`, () => {
    let pair: Pair;
    beforeEach(async () => {
      pair = await open();
    });
    afterEach(() => pair.dispose());

    it('are client and server at once, from one port', async function () {
      this.timeout(60_000);
      const asked: IncomingRequest[] = [];
      pair.a.serve({ handle: ({ path }) => ({ code: '2.05', payload: Buffer.from(`a has ${path}`) }) });
      pair.b.serve({
        handle: async (request) => {
          asked.push(request);
          const back = await pair.b.request(request.peer, { method: 'GET', path: '/back' });
          return { code: '2.05', payload: back.payload };
        },
      });
      const { payload } = await pair.a.request(pair.toB, { method: 'GET', path: '/there' });
      assert.equal(Buffer.from(payload).toString(), 'a has /back');
      assert.equal(asked.length, 1);
    });

    it('carry large payloads both ways, each request once', async function () {
      this.timeout(60_000);
      let taken = 0;
      pair.b.serve({
        handle: ({ payload }) => {
          taken++;
          return { code: '2.04', payload: Uint8Array.from(payload).reverse() };
        },
      });
      const payload = pattern(900);
      const { payload: back } = await pair.a.request(pair.toB, { method: 'POST', path: '/x', payload });
      assert.equal(toHex(Uint8Array.from(back).reverse()), toHex(payload));
      const upload = { method: 'PUT', path: '/x', contentFormat: 42, payload: pattern(20_000) } as const;
      const { code, bytes } = await pair.a.upload(pair.toB, upload);
      assert.deepEqual([code, bytes], ['2.04', 20_000]);
      assert.equal(taken, 2);
    });

    it('observe', async function () {
      this.timeout(60_000);
      let observer: Observer | undefined;
      let ended = false;
      pair.b.serve({
        handle: (request) => {
          observer ??= request.observer;
          request.observer?.onDidEnd(() => (ended = true));
          return { code: '2.05', payload: pattern(3) };
        },
      });
      const seen: number[] = [];
      const observation = await pair.a.observe(pair.toB, { method: 'GET', path: '/x' }, ({ payload }) =>
        seen.push(payload.length),
      );
      for (const length of [5, 1000, 7]) {
        observer!.notify({ code: '2.05', payload: pattern(length) });
        await until(() => seen.at(-1) === length, `a notification of ${length} bytes`, 60_000);
      }
      await observation.cancel();
      await until(() => ended, 'the end of the observation');
      await pair.a.ping(pair.toB);
    });
  });
}
