import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { SlipwayError } from '../../../src/base/errors';
import { nullLog } from '../../../src/base/log';
import { PackageHost, type PackageOffer } from '../../../src/coap/package-host';
import { HttpHost, parseRange } from '../../../src/update/http-host';

describe('Packages by HTTP', () => {
  const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));
  let packages: PackageHost;
  let http: HttpHost;
  let offer: PackageOffer;
  let base: string;

  beforeEach(async () => {
    packages = new PackageHost();
    http = new HttpHost(packages, () => ({ enabled: true, host: '127.0.0.1', port: 0 }), nullLog);
    offer = packages.offer('firmware.suit', bytes);
    base = `http://${await http.authority(undefined)}`;
  });

  afterEach(() => http.dispose());

  async function get(headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
    return await fetch(base + offer.path, { method, headers });
  }

  it('are given whole, with what a client needs to go on later', async () => {
    const progress: number[] = [];
    offer.onDidServe((end) => progress.push(end));
    const response = await get();
    assert.equal(response.status, 200);
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), bytes);
    assert.equal(response.headers.get('accept-ranges'), 'bytes');
    assert.match(response.headers.get('etag') ?? '', /^"[0-9a-f]{16}"$/);
    assert.match(response.headers.get('cache-control') ?? '', /max-age=\d+/);
    assert.equal(progress.at(-1), bytes.length);
    assert.ok(progress.length > 3);
  });

  for (const [range, start, end] of [
    ['bytes=0-99', 0, 100],
    ['bytes=50000-', 50_000, 100_000],
    ['bytes=-10', 99_990, 100_000],
    ['bytes=99999-200000', 99_999, 100_000],
  ] as const) {
    it(`are given in part: ${range}`, async () => {
      const response = await get({ range });
      assert.equal(response.status, 206);
      assert.deepEqual(Buffer.from(await response.arrayBuffer()), bytes.subarray(start, end));
      assert.equal(response.headers.get('content-range'), `bytes ${start}-${end - 1}/${bytes.length}`);
    });
  }

  it('are given anew to who has parts of another', async () => {
    const etag = (await get()).headers.get('etag') ?? '';
    assert.equal((await get({ range: 'bytes=10-', 'if-range': etag })).status, 206);
    assert.equal((await get({ range: 'bytes=10-', 'if-range': '"other"' })).status, 200);
  });

  it('end where they end', async () => {
    const response = await get({ range: 'bytes=100000-' });
    assert.deepEqual([response.status, response.headers.get('content-range')], [416, 'bytes */100000']);
  });

  it('are only read, and only where they are', async () => {
    assert.equal((await get({}, 'PUT')).status, 405);
    const head = await get({}, 'HEAD');
    assert.deepEqual([head.status, head.headers.get('content-length')], [200, '100000']);
    assert.equal((await fetch(`${base}/p/0000000000000000/firmware.suit`)).status, 404);
    offer.dispose();
    assert.equal((await get()).status, 404);
  });

  it('are no longer there when nothing is offered', async () => {
    await http.authority(undefined);
    http.release();
    assert.equal((await get()).status, 200, 'one user is left');
    http.release();
    await assert.rejects(get());
  });

  it('say that their port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const busy = new HttpHost(packages, () => ({ enabled: true, host: '127.0.0.1', port }), nullLog);
    await assert.rejects(busy.authority(undefined), (error) => SlipwayError.is(error, 'lwm2m.port-in-use'));
    other.close();
  });

  it('have the host that the board knows, where they are offered on all', async () => {
    const all = new HttpHost(packages, () => ({ enabled: true, host: '0.0.0.0', port: 0 }), nullLog);
    assert.match(await all.authority('192.0.2.7:5683'), /^192\.0\.2\.7:\d+$/);
    assert.match(await all.authority('[2001:db8::1]:5683'), /^\[2001:db8::1\]:\d+$/);
    assert.match(await all.authority('desk'), /^\d+\.\d+\.\d+\.\d+:\d+$/);
    all.dispose();
  });

  it('take ranges as RFC 9110 has them', () => {
    const cases: readonly (readonly [string | undefined, unknown])[] = [
      [undefined, undefined],
      ['bytes=0-0', { start: 0, end: 1 }],
      ['bytes=-', undefined],
      ['bytes=5-2', undefined],
      ['bytes=0-1,5-6', undefined],
      ['lines=0-1', undefined],
      ['bytes=-0', 'unsatisfiable'],
      ['bytes=-200', { start: 0, end: 100 }],
      ['bytes=100-', 'unsatisfiable'],
    ];
    for (const [header, expected] of cases) assert.deepEqual(parseRange(header, 100), expected, header);
  });
});
