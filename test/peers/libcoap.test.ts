import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '../../src/base/hex';
import type { CoapReply, CoapResponse, IncomingRequest, Observer } from '../../src/coap/endpoint';
import { PackageHost } from '../../src/coap/package-host';
import { optionOf } from '../../src/coap/message';
import { BERT_SZX, blockSize, decodeBlock } from '../../src/coap/options';
import { until } from '../unit/support/until';
import { comparesWith } from './support/compares-with';
import { coapClient, coapServer, libcoapVersion } from './support/libcoap';
import { NearEnd, bytesOf, digest, host } from './support/near-end';
import { needs } from './support/needs';
import type { Program } from './support/program';

const large = bytesOf(200_000);

/** Serves `large`, and keeps what is put. */
class Store {
  readonly requests: IncomingRequest[] = [];
  readonly observers: Observer[] = [];
  readonly packages = new PackageHost();
  representation: Uint8Array = large;

  handle(request: IncomingRequest): CoapReply {
    const offered = this.packages.handle(request);
    if (offered) return offered;
    this.requests.push(request);
    if (request.observer) this.observers.push(request.observer);
    if (request.method === 'GET') return { code: '2.05', contentFormat: 42, payload: this.representation };
    return { code: '2.04' };
  }
}

for (const [scheme, carrier] of [
  ['coap', 'UDP'],
  ['coap+tcp', 'TCP'],
] as const) {
  describe(`libcoap’s client and our server over ${carrier}: blocks both ways, observations`, () => {
    needs('libcoap');
    comparesWith('libcoap', libcoapVersion);
    let folder: string;
    let near: NearEnd;
    let store: Store;
    const file = (name: string): string => join(folder, name);

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'slipway-libcoap-'));
    });
    after(() => rm(folder, { recursive: true, force: true }));
    beforeEach(async () => {
      near = await NearEnd.listen(scheme);
      store = new Store();
      near.serve(store);
    });
    afterEach(() => near.dispose());

    /** Distinct values of an option, or of the token, in the requests that came. */
    const distinct = (of: 'token' | 'Block1' | 'Block2'): number => {
      const values = near.received.flatMap((message) =>
        of === 'token' ? message.token : (optionOf(message, of) ?? []),
      );
      return new Set(values.map(toHex)).size;
    };

    for (const [szx, bytes] of [
      [6, 200_000],
      [4, 200_000],
      [2, 20_000],
      [0, 5_000],
    ] as const) {
      it(`puts ${bytes} bytes in blocks of ${blockSize(szx)}`, async () => {
        const payload = large.subarray(0, bytes);
        await writeFile(file('payload'), payload);
        await coapClient(
          '-m',
          'put',
          '-t',
          '42',
          '-b',
          `${blockSize(szx)}`,
          '-f',
          file('payload'),
          near.uri('/5/0/0'),
        );
        assert.equal(store.requests.length, 1);
        assert.equal(digest(store.requests[0]!.payload), digest(payload));
        assert.deepEqual([store.requests[0]!.path, store.requests[0]!.contentFormat], ['/5/0/0', 42]);
        const blocks = Math.ceil(bytes / blockSize(szx));
        // A fresh token for each block: a transfer is known by peer and resource (RFC 7959 §2.2).
        if (scheme === 'coap') assert.deepEqual([distinct('Block1'), distinct('token')], [blocks, blocks]);
      });
    }

    for (let szx = 0; szx <= 6; szx++) {
      it(`fetches a package in blocks of ${blockSize(szx)}`, async () => {
        const bytes = large.subarray(0, szx < 4 ? 10_000 : 200_000);
        const { path } = store.packages.offer('firmware.bin', bytes);
        await coapClient('-m', 'get', '-b', `${blockSize(szx)}`, '-o', file('got'), near.uri(path));
        assert.equal(digest(await readFile(file('got'))), digest(bytes));
        assert.equal(distinct('Block2'), Math.ceil(bytes.length / blockSize(szx)));
      });
    }

    it('gets a large resource in the blocks that we choose', async () => {
      await coapClient('-m', 'get', '-o', file('got'), near.uri('/large'));
      assert.equal(digest(await readFile(file('got'))), digest(large));
    });

    if (scheme === 'coap+tcp') {
      it('gets a large resource in long blocks (BERT)', async () => {
        await coapClient('-m', 'get', '-O', '23,0x07', '-o', file('got'), near.uri('/large'));
        assert.equal(digest(await readFile(file('got'))), digest(large));
        // RFC 8323 §6: each carries many of 1 KiB.
        assert.ok(distinct('Block2') <= large.length / 10_000, `${distinct('Block2')} blocks`);
      });
    }

    it('observes, hears of each change, and ends it', async () => {
      store.representation = Buffer.from('first');
      const client = coapClient('-m', 'get', '-s', '1', '-w', near.uri('/state'));
      const observer = await until(() => store.observers[0], 'an observer');
      let ended = false;
      observer.onDidEnd(() => (ended = true));
      const acknowledged = near.received.length;
      observer.notify({ code: '2.05', payload: Buffer.from('second') });
      if (scheme === 'coap') await until(() => near.received.length > acknowledged, 'its acknowledgement');
      observer.notify({ code: '2.05', payload: Buffer.from('third') });
      const output = await client;
      assert.match(output, /first\s+second\s+third/);
      await until(() => ended, 'the end of the observation');
    });
  });

  describe(`libcoap’s server and our client over ${carrier}: blocks both ways, observations`, () => {
    needs('libcoap');
    comparesWith('libcoap', libcoapVersion);
    let program: Program;
    let near: NearEnd;
    let port: number;

    before(async () => {
      ({ program, port } = await coapServer());
    });
    after(() => program.dispose());
    beforeEach(async () => {
      near = await (scheme === 'coap' ? NearEnd.listen(scheme) : NearEnd.connect(port));
    });
    afterEach(() => near.dispose());
    const peer = (): { address: string; port: number } => ({ address: host, port });

    it('keeps what we push, and gives it back', async () => {
      const upload = { method: 'PUT', path: '/pushed', contentFormat: 42, payload: large } as const;
      const { code, bytes, restarts, szx } = await near.endpoint.upload(peer(), upload);
      assert.deepEqual([code, bytes, restarts], ['2.01', large.length, 0]);
      // Long blocks over TCP (BERT, RFC 8323 §6).
      assert.equal(szx, scheme === 'coap' ? 6 : BERT_SZX);
      const response = await near.endpoint.request(peer(), { method: 'GET', path: '/pushed' });
      assert.deepEqual([response.code, digest(response.payload)], ['2.05', digest(large)]);
      const blocks = near.received.flatMap((message) => optionOf(message, 'Block2') ?? []);
      if (scheme === 'coap') assert.equal(decodeBlock(blocks[0]!)?.szx, 6);
    });

    for (const szx of [0, 3, 5]) {
      it(`takes blocks of ${blockSize(szx)} bytes`, async () => {
        const payload = large.subarray(0, 10_000);
        const upload = { method: 'PUT', path: `/szx${szx}`, contentFormat: 42, payload, szx } as const;
        await near.endpoint.upload(peer(), upload);
        const response = await near.endpoint.request(peer(), { method: 'GET', path: `/szx${szx}` });
        assert.equal(digest(response.payload), digest(payload));
      });
    }

    it('is observed', async () => {
      const heard: CoapResponse[] = [];
      const request = { method: 'GET', path: '/time' } as const;
      const observation = await near.endpoint.observe(peer(), request, (response) => heard.push(response));
      assert.equal(observation.first.code, '2.05');
      await until(() => heard.length >= 2, 'two notifications');
      assert.notDeepEqual(heard[0]!.payload, heard[1]!.payload);
      await observation.cancel();
    });

    it('answers a ping', () => near.endpoint.ping(peer()));
  });
}
