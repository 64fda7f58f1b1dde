import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import { toHex } from '../../../src/base/hex';
import { nullLog } from '../../../src/base/log';
import type { CoapReply } from '../../../src/coap/endpoint';
import { createMemoryLinkPair } from '../../../src/link/memory-link';
import { bootstrapValues } from '../../../src/lwm2m/bootstrap-account';
import { BootstrapServer } from '../../../src/lwm2m/bootstrap-server';
import { decodeContent } from '../../../src/lwm2m/content-format';
import { resourceDefinition } from '../../../src/lwm2m/objects/objects';
import { FakeClock, settle } from '../support/fake-clock';
import { FakeEndpoint, defaultPeer } from '../support/fake-endpoint';

const values = bootstrapValues({
  ...{ uri: 'coap://d', binding: 'U', lifetime: 300 },
  trustAnchors: [Uint8Array.of(1, 2, 3)],
});

describe('The bootstrap server', () => {
  let endpoint: FakeEndpoint;
  let server: BootstrapServer;
  let phases: string[];

  beforeEach(() => {
    endpoint = new FakeEndpoint(createMemoryLinkPair('x', { clock: new FakeClock() })[0]);
    endpoint.answer = () => ({ code: '2.04' });
    server = new BootstrapServer({
      log: nullLog,
      configure: (name) =>
        Promise.resolve(name === 'stranger' ? new SlipwayError('bootstrap.off', { board: name }) : values),
    });
    phases = [];
    server.onDidChange(({ phase }) => phases.push(phase));
  });
  afterEach(() => server.dispose());

  const ask = (query: readonly string[], more = {}): Promise<CoapReply> | undefined =>
    server.handle(endpoint, {
      peer: defaultPeer,
      method: 'POST',
      path: '/bs',
      query,
      payload: new Uint8Array(0),
      ...more,
    });

  it('deletes, writes security, server and trust anchor, and finishes, in TLV', async () => {
    assert.deepEqual(await ask(['ep=a']), { code: '2.04' });
    await settle(10);
    assert.deepEqual(
      endpoint.requests.map(({ method, path, contentFormat, payload }) =>
        [method, path, contentFormat, payload && toHex(payload)]
          .filter((part) => part !== undefined)
          .join(' '),
      ),
      [
        'DELETE /',
        'PUT /0/1 11542 c80008636f61703a2f2f64c10100c10203c10a01',
        'PUT /1/0 11542 c10001c201012cc10600c10755',
        'PUT /19/0 11542 85004300010203c803115355495420747275737420616e63686f72c40473706b69',
        'POST /bs',
      ],
    );
    assert.deepEqual(phases, ['deleting', 'writing', 'writing', 'writing', 'finishing', 'done']);
  });

  it('writes in the format that the client prefers', async () => {
    assert.deepEqual(await ask(['ep=a', 'pct=112']), { code: '2.04' });
    await settle(10);
    assert.deepEqual(
      endpoint.requests.map(({ contentFormat }) => contentFormat),
      [undefined, 112, 112, 112, undefined],
    );
    assert.deepEqual(await ask(['ep=a', 'pct=0']), { code: '4.15' });
  });

  it('stops at a refusal and says which, and never tells the board to finish', async () => {
    endpoint.answer = ({ path }) => ({ code: path === '/1/0' ? '4.00' : '2.04' });
    await ask(['ep=a']);
    await settle(10);
    assert.deepEqual(endpoint.traffic, ['DELETE /', 'PUT /0/1', 'PUT /1/0']);
    const { phase, error } = server.states.get('a')!;
    assert.equal(phase, 'failed');
    assert.deepEqual(error?.details, { board: 'a', method: 'PUT', path: '/1/0', code: '4.00' });
  });

  it('says so when the board vanishes in the middle', async () => {
    const lost = new SlipwayError('coap.timeout', { peer: 'x', method: 'PUT', path: '/0/1' });
    endpoint.answer = ({ method }) => (method === 'PUT' ? Promise.reject(lost) : { code: '2.02' });
    await ask(['ep=a']);
    await settle(10);
    const { phase, written, error } = server.states.get('a')!;
    assert.deepEqual([phase, written, error], ['failed', [], lost]);
  });

  it('begins anew for a board that asks again meanwhile', async () => {
    let answer: (reply: { code: string }) => void = () => undefined;
    endpoint.answer = () => new Promise((resolve) => (answer = resolve));
    await ask(['ep=a']);
    await settle();
    endpoint.answer = () => ({ code: '2.04' });
    await ask(['ep=a']);
    answer({ code: '2.02' });
    await settle(10);
    assert.equal(endpoint.traffic.filter((request) => request === 'POST /bs').length, 1);
    assert.deepEqual(phases.slice(0, 2), ['deleting', 'deleting']);
    assert.deepEqual([...new Set(phases)], ['deleting', 'writing', 'finishing', 'done']);
  });

  it('tells what was written, of how many, and that a failure is no news the second time', async () => {
    const seen: string[] = [];
    server.onDidChange(({ phase, written, total, repeated }) =>
      seen.push(`${phase} ${written.length}/${total}${repeated ? ' again' : ''}`),
    );
    endpoint.answer = ({ path }) => ({ code: path === '/19/0' ? '4.04' : '2.04' });
    for (let time = 0; time < 2; time++) {
      await ask(['ep=a']);
      await settle(10);
    }
    const run = ['deleting 0/3', 'writing 0/3', 'writing 1/3', 'writing 2/3'];
    assert.deepEqual(seen, [...run, 'failed 2/3', ...run, 'failed 2/3 again']);
    assert.deepEqual(server.states.get('a')?.written, ['/0/1', '/1/0']);
    server.forget('a');
    assert.equal(server.states.size, 0);
  });

  it('remembers whom it does not serve, and why', async () => {
    await ask(['ep=stranger']);
    const state = server.states.get('stranger');
    assert.deepEqual([state?.phase, state?.error?.code], ['unserved', 'bootstrap.off']);
  });

  it('gives all of it in one pack', async () => {
    const reply = await ask(['ep=a'], { path: '/bspack', method: 'GET', accept: 11544 });
    assert.equal(reply?.code, '2.05');
    assert.deepEqual(decodeContent(11544, '/', reply.payload!, resourceDefinition), values);
    assert.equal((await ask(['ep=a'], { path: '/bspack', method: 'GET', accept: 11542 }))?.code, '4.06');
  });

  it('refuses strangers, no name, and other methods; leaves other paths alone', async () => {
    assert.equal((await ask(['ep=stranger']))?.code, '4.00');
    assert.equal((await ask([]))?.code, '4.00');
    assert.equal((await ask(['ep=a'], { method: 'GET' }))?.code, '4.05');
    assert.equal(await ask(['ep=a'], { path: '/rd' }), undefined);
    assert.deepEqual(endpoint.traffic, []);
  });
});
