import assert from 'node:assert/strict';
import { systemClock as clock } from '../../src/base/clock';
import { SlipwayError } from '../../src/base/errors';
import { nullLog } from '../../src/base/log';
import { UdpLink } from '../../src/link/udp-link';
import { whenOpen } from '../../src/link/when-open';
import type { Peer } from '../../src/link/link';
import type { Board } from '../../src/lwm2m/board';
import { ContentFormat, decodeContent, encodeContent } from '../../src/lwm2m/content-format';
import { resourceDefinition } from '../../src/lwm2m/objects/objects';
import type { ResourceValue } from '../../src/lwm2m/values';
import { Desk } from '../unit/integration/desk';
import { until } from '../unit/support/until';
import { comparesWith } from './support/compares-with';
import { leshanBoard, leshanVersion } from './support/leshan';
import { NearEnd, host } from './support/near-end';
import { needs } from './support/needs';
import { packageOf } from './support/package-of';
import type { Program } from './support/program';

/** A virtual machine starts, compiles and registers. */
const startMs = 60_000;

describe('a board on Leshan’s client: registration, every operation, update', function () {
  this.timeout(180_000);
  needs('leshan');
  comparesWith('Eclipse Leshan', leshanVersion);
  let desk: Desk;
  let link: UdpLink;
  let program: Program;
  let board: Board;

  /** Starts one; `limit` is how many bytes of a package it takes. */
  async function powerOn(name: string, ...limit: readonly string[]): Promise<[Program, Board]> {
    const started = leshanBoard(`coap://${host}:${link.boundPort}`, name, ...limit);
    const registered = await until(() => desk.server.boards.get(name), 'its registration', startMs).catch(
      (error: unknown) => {
        started.dispose();
        throw new Error(started.output, { cause: error });
      },
    );
    return [started, registered];
  }

  before(async () => {
    desk = await Desk.open();
    link = new UdpLink({ host, port: 0 }, { clock, log: nullLog });
    desk.serve(link);
    await whenOpen(link);
    [program, board] = await powerOn('leshan', '1000000');
  });
  after(() => {
    program.dispose();
    desk.dispose();
  });

  const refusal = (code: string) => (error: unknown) =>
    SlipwayError.is(error, 'coap.response') && error.details.code === code;

  it('registers with its objects, their versions, and its formats', () => {
    const { lwm2mVersion, lifetime, binding, contentFormats, objects } = board.registration;
    assert.deepEqual([lwm2mVersion, lifetime, binding], ['1.1', 300, 'U']);
    for (const format of [ContentFormat.senmlCbor, ContentFormat.senmlJson, ContentFormat.tlv]) {
      assert.ok(contentFormats.includes(format), `${format} of ${contentFormats.join()}`);
    }
    const firmware = objects.find(({ objectId }) => objectId === 5);
    assert.deepEqual(firmware, { objectId: 5, version: '1.1', instances: [0] });
  });

  it('is read: a resource, an instance, an object, several places at once', async () => {
    assert.equal(await board.readResource('/3/0/0'), 'Eclipse Leshan');
    const firmware = new Map<string, ResourceValue>([
      ['/5/0/3', 0],
      ['/5/0/5', 0],
      ['/5/0/9', 1],
    ]);
    for (const path of ['/5/0', '/5']) assert.deepEqual(sorted(await board.read(path)), firmware);
    assert.deepEqual(
      sorted(await board.readComposite(['/5/0/3', '/3/0/3'])),
      new Map<string, ResourceValue>([
        ['/3/0/3', '1.0.0'],
        ['/5/0/3', 0],
      ]),
    );
    assert.equal(await board.readResource('/3/0/99'), undefined);
  });

  it('is written: a resource, several of an instance, several places at once', async () => {
    await board.write('/1/0/1', 299);
    assert.equal(await board.readResource('/1/0/1'), 299);
    await board.writeAll('/1/0', new Map([['/1/0/1', 298]]), 'update');
    assert.equal(await board.readResource('/1/0/1'), 298);
    const both = new Map<string, ResourceValue>([
      ['/1/0/1', 297],
      ['/3/0/14', '+02'],
    ]);
    await board.writeComposite(both);
    assert.deepEqual(sorted(await board.readComposite([...both.keys()])), both);
    await assert.rejects(board.write('/3/0/0', 'Slipway'), refusal('4.05'));
  });

  it('takes attributes, and tells them in Discover', async () => {
    await board.writeAttributes('/5/0/3', { pmin: 0, pmax: 60 });
    const links = await board.discover('/5');
    assert.deepEqual(links.find(({ path }) => path === '/5/0/3')?.attributes, { pmin: '0', pmax: '60' });
    assert.deepEqual(links[0], { path: '/5', attributes: { ver: '1.1' } });
    await board.writeAttributes('/5/0/3', { pmin: null, pmax: null });
  });

  it('executes: Registration Update Trigger brings an update; Update is refused without a package', async () => {
    const before = board.registration.updatedAt;
    await board.execute('/1/0/8');
    await until(() => board.registration.updatedAt > before, 'the update of the registration');
    await assert.rejects(board.execute('/5/0/2'), refusal('4.05'));
  });

  it('is observed, one place and several', async () => {
    const one = await board.observe('/1/0/1');
    await board.write('/1/0/1', 290);
    await until(() => board.values.get('/1/0/1') === 290, 'the notification');
    one.dispose();
    const several = await board.observeComposite(['/1/0/1', '/3/0/14']);
    await board.write('/3/0/14', '+03');
    await until(() => board.values.get('/3/0/14') === '+03', 'the notification of several');
    several.dispose();
  });

  it('answers 2.04 to a package that it refuses then, and we hear why', async () => {
    const record = await desk.push(board, packageOf('something else', 3_000));
    assert.deepEqual(
      [record.outcome, record.error?.code, record.updateResult],
      ['failed', 'update.rejected', 6],
    );
  });

  it('is updated with 200 KB, and comes back with the new version', async () => {
    const pkg = packageOf('firmware 1.1.0', 200_000);
    const before = board.registration;
    const record = await desk.push(board, pkg);
    assert.deepEqual([record.outcome, record.error], ['succeeded', undefined]);
    assert.deepEqual([record.fromVersion, record.toVersion, record.updateResult], ['1.0.0', '1.1.0', 1]);
    assert.ok(program.output.includes(pkg.sha256), program.output);
    assert.notEqual(board.registration.id, before.id);
    assert.notEqual(board.registration.peer.port, before.peer.port);
  });

  it('with Californium’s own limit of 8 KiB refuses what is larger, and says so', async () => {
    const [small, limited] = await powerOn('limited');
    try {
      const record = await desk.push(limited, packageOf('firmware 1.1.0', 9_000));
      assert.deepEqual([record.outcome, record.error?.code], ['failed', 'block.refused']);
      const { code, diagnostic } = record.error?.details as { code: string; diagnostic: string };
      assert.equal(code, '4.13');
      assert.match(diagnostic, /8192 bytes/);
      assert.equal(limited.values.get('/5/0/3'), 0);
    } finally {
      small.dispose();
    }
  });
});

describe('a board on Leshan’s client: each format', function () {
  this.timeout(180_000);
  needs('leshan');
  comparesWith('Eclipse Leshan', leshanVersion);
  let near: NearEnd;
  let program: Program;
  let peer: Peer;

  before(async () => {
    near = await NearEnd.listen('coap');
    const registered: Peer[] = [];
    near.serve({
      handle: (request) => {
        registered.push(request.peer);
        return { code: '2.01', locationPath: '/rd/1' };
      },
    });
    program = leshanBoard(near.uri(''), 'leshan');
    peer = await until(() => registered[0], 'its registration', startMs);
  });
  after(() => {
    program.dispose();
    near.dispose();
  });

  for (const [name, format] of [
    ['TLV', ContentFormat.tlv],
    ['SenML JSON', ContentFormat.senmlJson],
    ['SenML CBOR', ContentFormat.senmlCbor],
    ['the JSON of 1.0', ContentFormat.json],
    ['text', ContentFormat.text],
    ['CBOR', ContentFormat.cbor],
  ] as const) {
    it(`is written and read in ${name}`, async () => {
      // A resource where one value is all there is room for.
      const isPlain = format === ContentFormat.text || format === ContentFormat.cbor;
      const path = isPlain ? '/1/0/1' : '/1/0';
      const values = new Map([['/1/0/1', 200 + (format % 100)]]);
      const payload = encodeContent(format, path, values, resourceDefinition);
      const written = await near.endpoint.request(peer, {
        method: isPlain ? 'PUT' : 'POST',
        path,
        contentFormat: format,
        payload,
      });
      assert.equal(written.code, '2.04', Buffer.from(written.payload).toString());
      const read = await near.endpoint.request(peer, { method: 'GET', path, accept: format });
      assert.deepEqual([read.code, read.contentFormat], ['2.05', format]);
      const found = decodeContent(format, path, read.payload, resourceDefinition);
      assert.equal(found.get('/1/0/1'), values.get('/1/0/1'));
      if (!isPlain) assert.deepEqual([found.get('/1/0/0'), found.get('/1/0/7')], [123, 'U']);
    });
  }

  it('does not know LwM2M CBOR, and says so', async () => {
    const read = { method: 'GET', path: '/1/0', accept: ContentFormat.lwm2mCbor } as const;
    assert.equal((await near.endpoint.request(peer, read)).code, '4.06');
  });
});

function sorted(values: ReadonlyMap<string, ResourceValue>): Map<string, ResourceValue> {
  return new Map([...values].sort(([a], [b]) => a.localeCompare(b)));
}
