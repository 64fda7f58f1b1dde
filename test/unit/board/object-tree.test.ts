import assert from 'node:assert/strict';
import { toHex } from '../../../src/base/hex';
import { Emitter } from '../../../src/base/event';
import { type InstanceValues, type Outcome, SingleInstance } from '../../../src/board/board-object';
import { ObjectTree } from '../../../src/board/object-tree';
import type { CoapReply, IncomingRequest, Observer } from '../../../src/coap/endpoint';
import { ContentFormat, decodeContent, encodeContent } from '../../../src/lwm2m/content-format';
import { resourceDefinition } from '../../../src/lwm2m/objects/objects';
import type { ResourceValue } from '../../../src/lwm2m/values';
import { FakeClock, settle } from '../support/fake-clock';
import { defaultPeer } from '../support/fake-endpoint';

const { text, linkFormat, opaque, cbor, senmlJson, senmlCbor, tlv } = ContentFormat;

/** An object that takes every write and execute, and tells of them. */
class Played extends SingleInstance {
  readonly version?: string;
  readonly calls: string[] = [];
  outcome: Outcome = { code: '2.04' };

  constructor(
    readonly id: number,
    readonly resources: readonly number[],
    values: Readonly<Record<string, ResourceValue>>,
    version?: string,
    override readonly instances: readonly number[] = [0],
  ) {
    super();
    if (version !== undefined) this.version = version;
    this.set(values);
  }

  change(values: Readonly<Record<string, ResourceValue | undefined>>): void {
    this.set(values);
  }

  override read(instance: number): InstanceValues {
    assert.ok(this.instances.includes(instance));
    return super.read(instance);
  }

  override write(instance: number, resource: number, value: ResourceValue): Outcome {
    const shown = value instanceof Uint8Array ? toHex(value) : JSON.stringify(value);
    this.calls.push(`write ${instance}/${resource} ${shown}`);
    return this.outcome;
  }

  override execute(instance: number, resource: number, args: string): Outcome {
    this.calls.push(`execute ${instance}/${resource} ${args}`);
    return this.outcome;
  }
}

describe('The object tree of the virtual board', () => {
  let server: Played;
  let device: Played;
  let firmware: Played;
  let software: Played;
  let tree: ObjectTree;

  beforeEach(() => {
    server = new Played(1, [0, 1, 2, 6, 8], { 0: 1, 1: 300, 2: 0, 6: true }, '1.1');
    device = new Played(3, [0, 3, 4, 11, 13], { 0: 'Example', 3: '1.0.0', '11/0': 0, '11/3': 2 });
    firmware = new Played(5, [0, 1, 2, 3, 5, 7], { 0: Uint8Array.of(9), 1: '', 3: 0, 5: 0 }, '1.1');
    software = new Played(9, [0, 7], { 0: 'blink', 7: 4 }, undefined, [0, 2]);
    tree = new ObjectTree([server, device, firmware, software], false, new FakeClock());
  });

  function ask(
    method: IncomingRequest['method'],
    path: string,
    more: Partial<IncomingRequest> & { body?: string } = {},
  ): Promise<CoapReply> {
    const { body = '', ...rest } = more;
    return tree.handle({ peer: defaultPeer, method, path, query: [], payload: Buffer.from(body), ...rest });
  }

  async function code(...request: Parameters<typeof ask>): Promise<string> {
    return (await ask(...request)).code;
  }

  async function textOf(...request: Parameters<typeof ask>): Promise<string> {
    const reply = await ask(...request);
    return `${reply.code} ${reply.contentFormat} ${Buffer.from(reply.payload ?? []).toString()}`;
  }

  /** What a read yields, decoded. */
  async function read(path: string, accept?: number): Promise<Record<string, ResourceValue>> {
    const reply = await ask('GET', path, accept === undefined ? {} : { accept });
    assert.equal(reply.code, '2.05');
    return Object.fromEntries(
      decodeContent(reply.contentFormat, path, reply.payload ?? new Uint8Array(0), resourceDefinition),
    );
  }

  const allOf = (): (readonly string[])[] => [server, device, firmware, software].map(({ calls }) => calls);
  const untouched = (): void => assert.deepEqual(allOf(), [[], [], [], []]);

  it('lists objects, versions and instances for a registration', () => {
    assert.equal(
      Buffer.from(tree.links()).toString(),
      '</>;rt=oma.lwm2m;ct="110 112 11542",</1>;ver=1.1,</1/0>,</3/0>,</5>;ver=1.1,</5/0>,</9/0>,</9/2>',
    );
  });

  describe('has nothing (4.04)', () => {
    const methods = ['GET', 'PUT', 'POST', 'DELETE'] as const;
    for (const path of [
      '/',
      '/7',
      '/3/1',
      '/3/0/1',
      '/9/1',
      '/3/0/0/0/0',
      '/rd',
      '/3/00',
      '/70000',
      '/3/0/x',
    ]) {
      it(`at ${path}`, async () => {
        for (const method of methods) assert.equal(await code(method, path, { body: '1' }), '4.04', method);
        untouched();
      });
    }

    it('where a resource has no value', async () => {
      assert.equal(await code('GET', '/5/0/7'), '4.04');
      assert.equal(await code('GET', '/3/0/11/1'), '4.04');
    });

    it('below a resource with one value', async () => {
      assert.equal(await code('GET', '/3/0/0/0'), '4.04');
      assert.equal(await code('PUT', '/1/0/1/0', { body: '60' }), '4.04');
      assert.equal(await code('POST', '/3/0/4/0'), '4.04');
      assert.equal(await code('POST', '/5/0/2/7'), '4.04');
      untouched();
    });
  });

  it('keeps the Security object from servers', async () => {
    for (const path of ['/0', '/0/0', '/0/0/0']) {
      for (const method of ['GET', 'PUT', 'POST', 'DELETE'] as const) {
        assert.equal(await code(method, path), '4.01');
      }
    }
  });

  describe('reads', () => {
    it('a value as text, several as TLV, unless asked otherwise', async () => {
      assert.equal(await textOf('GET', '/3/0/0'), '2.05 0 Example');
      assert.equal(await textOf('GET', '/1/0/6'), '2.05 0 1');
      const reply = await ask('GET', '/5/0');
      assert.equal(reply.contentFormat, tlv);
      // C1 01: resource 1, empty string; C1 03, C1 05: integers of one byte. Package is not among them.
      assert.equal(toHex(reply.payload ?? new Uint8Array(0)), 'c001c10300c10500');
      assert.equal((await ask('GET', '/3/0/11')).contentFormat, tlv);
    });

    for (const accept of [undefined, tlv, senmlJson, senmlCbor]) {
      it(`every level in format ${accept}`, async () => {
        const values = { '/9/0/0': 'blink', '/9/0/7': 4, '/9/2/0': 'blink', '/9/2/7': 4 };
        assert.deepEqual(await read('/9', accept), values);
        assert.deepEqual(await read('/9/2', accept), { '/9/2/0': 'blink', '/9/2/7': 4 });
        assert.deepEqual(await read('/9/2/7', accept), { '/9/2/7': 4 });
        assert.deepEqual(await read('/3/0/11', accept), { '/3/0/11/0': 0, '/3/0/11/3': 2 });
        assert.deepEqual(await read('/3/0/11/3', accept), { '/3/0/11/3': 2 });
      });
    }

    it('one value in the formats of one value, and many not (4.06)', async () => {
      assert.equal(await textOf('GET', '/1/0/1', { accept: text }), '2.05 0 300');
      // CBOR: unsigned, two bytes.
      assert.equal(toHex((await ask('GET', '/1/0/1', { accept: cbor })).payload!), '19012c');
      for (const accept of [text, cbor, opaque]) {
        for (const path of ['/3', '/3/0', '/3/0/11']) {
          assert.equal(await code('GET', path, { accept }), '4.06');
        }
      }
    });

    it('a multiple resource as one, though it has but one value', async () => {
      device.change({ '11/3': undefined });
      assert.equal((await ask('GET', '/3/0/11')).contentFormat, tlv);
      assert.equal(await code('GET', '/3/0/11', { accept: text }), '4.06');
      assert.equal(await textOf('GET', '/3/0/11/0'), '2.05 0 0');
    });

    it('nothing in a format it does not have, or that can’t hold the value (4.06)', async () => {
      for (const accept of [50, 11543, 11544, 65000]) {
        assert.equal(await code('GET', '/3/0/0', { accept }), '4.06');
      }
      assert.equal(await code('GET', '/3/0/0', { accept: opaque }), '4.06');
    });

    it('nothing that can only be written or executed (4.05), and leaves it out of the rest', async () => {
      for (const path of ['/5/0/0', '/5/0/2', '/3/0/4', '/1/0/8']) {
        assert.equal(await code('GET', path), '4.05');
      }
      assert.deepEqual(Object.keys(await read('/5')), ['/5/0/1', '/5/0/3', '/5/0/5']);
    });
  });

  describe('discovers', () => {
    const discover = (path: string): Promise<string> => textOf('GET', path, { accept: linkFormat });

    it('what there is at each level', async () => {
      assert.equal(
        await discover('/1'),
        '2.05 40 </1>;ver=1.1,</1/0>,</1/0/0>,</1/0/1>,</1/0/2>,</1/0/6>,</1/0/8>',
      );
      assert.equal(await discover('/9/2'), '2.05 40 </9/2>,</9/2/0>,</9/2/7>');
      assert.equal(await discover('/3/0/4'), '2.05 40 </3/0/4>');
    });

    it('attributes that were written, where they were written', async () => {
      assert.equal(await code('PUT', '/3/0/11', { query: ['pmin=10', 'pmax=60'] }), '2.04');
      assert.equal(await code('PUT', '/3/0/11', { query: ['pmax=90', 'gt=1.5'] }), '2.04');
      assert.equal(await discover('/3/0/11'), '2.05 40 </3/0/11>;pmin=10;pmax=90;gt=1.5');
      assert.equal(await discover('/3/0/3'), '2.05 40 </3/0/3>');
      untouched();
    });
  });

  it('refuses attributes that are none (4.00), and keeps none of them', async () => {
    for (const query of [
      [],
      ['pmin=5', 'pmin'],
      ['pmin=soon'],
      ['pmin='],
      ['pmin= '],
      ['pmin=1=2'],
      ['pmin=-1'],
      ['gt=0x1'],
      ['ver=2'],
      ['pmin=Infinity'],
    ]) {
      assert.equal(await code('PUT', '/3/0/3', { query }), '4.00', query.join('&'));
    }
    assert.equal(await textOf('GET', '/3/0/3', { accept: linkFormat }), '2.05 40 </3/0/3>');
  });

  describe('writes', () => {
    const senml = (value: unknown): string => JSON.stringify(value);

    it('a resource in every format of one value', async () => {
      const at = '/1/0/1';
      const payloads: [number | undefined, Uint8Array][] = [
        [undefined, Buffer.from('60')],
        ...[text, cbor, senmlJson, senmlCbor, tlv].map((format): [number, Uint8Array] => [
          format,
          encodeContent(format, at, new Map([[at, 60]]), resourceDefinition),
        ]),
      ];
      for (const [contentFormat, payload] of payloads) {
        const format = contentFormat === undefined ? {} : { contentFormat };
        assert.equal(await code('PUT', at, { payload, ...format }), '2.04');
        assert.deepEqual(server.calls.splice(0), ['write 0/1 60'], `format ${contentFormat}`);
      }
    });

    it('a package as it is', async () => {
      const payload = Uint8Array.of(0, 1, 255);
      assert.equal(await code('PUT', '/5/0/0', { contentFormat: opaque, payload }), '2.04');
      assert.deepEqual(firmware.calls, ['write 0/0 0001ff']);
    });

    it('several resources of an instance, by PUT and by POST', async () => {
      const body = senml([
        { bn: '/1/0/', n: '1', v: 60 },
        { n: '2', v: 5 },
      ]);
      for (const method of ['PUT', 'POST'] as const) {
        assert.equal(await code(method, '/1/0', { contentFormat: senmlJson, body }), '2.04');
        assert.deepEqual(server.calls.splice(0), ['write 0/1 60', 'write 0/2 5']);
      }
    });

    it('no further than the first that is refused, and says why', async () => {
      server.outcome = { code: '4.00', diagnostic: 'too short' };
      const body = senml([
        { bn: '/1/0/', n: '1', v: 0 },
        { n: '2', v: 5 },
      ]);
      const reply = await ask('PUT', '/1/0', { contentFormat: senmlJson, body });
      assert.deepEqual([reply.code, Buffer.from(reply.payload!).toString()], ['4.00', 'too short']);
      assert.deepEqual(server.calls, ['write 0/1 0']);
    });

    it('nothing of a payload that speaks of something that is not here (4.04)', async () => {
      const body = senml([
        { bn: '/1/0/', n: '1', v: 60 },
        { n: '99', v: 5 },
      ]);
      assert.equal(await code('PUT', '/1/0', { contentFormat: senmlJson, body }), '4.04');
      untouched();
    });

    it('nothing outside of the path', async () => {
      const body = senml([{ n: '/3/0/13', v: 60 }]);
      assert.match(await code('PUT', '/1/0', { contentFormat: senmlJson, body }), /^4\.0[04]$/);
      untouched();
    });

    it('no object as a whole, and creates and deletes no instance (4.05)', async () => {
      assert.equal(await code('PUT', '/1', { contentFormat: tlv, body: 'x' }), '4.05');
      assert.equal(await code('POST', '/9', { contentFormat: tlv, body: 'x' }), '4.05');
      assert.equal(await code('DELETE', '/9/2'), '4.05');
      assert.equal(await code('FETCH', '/9/2'), '4.05');
      untouched();
    });

    it('nothing it can’t read: 4.15 for the format, 4.00 for the content', async () => {
      assert.equal(await code('PUT', '/1/0/1', { contentFormat: 50, body: '60' }), '4.15');
      assert.equal(await code('PUT', '/1/0/1', { contentFormat: text, body: 'soon' }), '4.00');
      assert.equal(await code('PUT', '/1/0/1', { contentFormat: senmlJson, body: '[{' }), '4.00');
      assert.equal(await code('PUT', '/1/0', { contentFormat: tlv }), '4.00');
      untouched();
    });
  });

  describe('executes', () => {
    it('with arguments or without', async () => {
      for (const args of ['', '0', "1='x',2", "0='</5/0>'"]) {
        assert.equal(await code('POST', '/5/0/2', { body: args }), '2.04');
        assert.deepEqual(firmware.calls.splice(0), [`execute 0/2 ${args}`]);
      }
    });

    it('nothing with arguments that are none (4.00)', async () => {
      for (const body of ['x', '10', "0='", '0,', "0='a'b'", ',0']) {
        assert.equal(await code('POST', '/5/0/2', { body }), '4.00', body);
      }
      untouched();
    });

    it('nothing that is for reading or writing (4.05)', async () => {
      for (const path of ['/3/0/0', '/5/0/3', '/5/0/1', '/5/0/0', '/1/0/1']) {
        assert.equal(await code('POST', path), '4.05', path);
      }
      untouched();
    });

    it('as the object answers', async () => {
      firmware.outcome = { code: '4.05' };
      assert.deepEqual(await ask('POST', '/5/0/2'), { code: '4.05' });
    });
  });

  describe('observes', () => {
    class Watching implements Observer {
      readonly heard: string[] = [];
      private readonly ended = new Emitter<void>();
      readonly onDidEnd = this.ended.event;
      notify({ code, payload }: CoapReply): void {
        this.heard.push(`${code} ${Buffer.from(payload ?? []).toString()}`);
      }
    }

    it('what it answers with 2.05, and tells of changes', async () => {
      const observer = new Watching();
      assert.equal(await code('GET', '/5/0/3', { observer }), '2.05');
      firmware.change({ 3: 1 });
      await settle(1);
      firmware.change({ 5: 8 });
      firmware.change({ 3: 1 });
      await settle(1);
      assert.deepEqual(observer.heard, ['2.05 1']);
    });

    it('in the format that was asked for', async () => {
      const observer = new Watching();
      await ask('GET', '/5/0/3', { observer, accept: senmlJson });
      firmware.change({ 3: 1 });
      await settle(1);
      assert.deepEqual(observer.heard, ['2.05 [{"bn":"/5/0/3","v":1}]']);
    });

    it('a value until it is gone', async () => {
      const observer = new Watching();
      firmware.change({ 7: '1.0' });
      await ask('GET', '/5/0/7', { observer });
      firmware.change({ 7: undefined });
      await settle(1);
      assert.deepEqual(observer.heard, ['4.04 ']);
    });

    it('nothing that can’t be read', async () => {
      const observer = new Watching();
      assert.equal(await code('GET', '/5/0/0', { observer }), '4.05');
      assert.equal(await code('GET', '/5/0/7', { observer }), '4.04');
      firmware.change({ 0: Uint8Array.of(1), 7: 'x' });
      await settle(1);
      assert.deepEqual(observer.heard, []);
    });

    it('until it is cancelled, which is answered with the value', async () => {
      const observer = new Watching();
      await ask('GET', '/5/0/3', { observer });
      assert.equal(await textOf('GET', '/5/0/3', { cancelsObservation: true }), '2.05 0 0');
      firmware.change({ 3: 1 });
      await settle(1);
      assert.deepEqual(observer.heard, []);
    });
  });
});
