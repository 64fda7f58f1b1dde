import assert from 'node:assert/strict';
import { type CoapMessage, decodeMessage, encodeMessage } from '../../../../src/coap/message';
import { encodeBlock, encodeUint, pathOptions } from '../../../../src/coap/options';
import { traceMessages } from '../../../../src/coap/trace-exchanges';
import { TraceRecorder } from '../../../../src/coap/trace-recorder';
import { decodeIpPacket } from '../../../../src/link/ip/packet';
import { decodeUdp } from '../../../../src/link/ip/udp';
import type { LinkKind, Peer } from '../../../../src/link/link';
import { ContentFormat, encodeContent } from '../../../../src/lwm2m/content-format';
import { resourceDefinition } from '../../../../src/lwm2m/objects/objects';
import { captureFile } from '../../../../src/lwm2m/trace/capture-file';
import { tracedPayload } from '../../../../src/lwm2m/trace/payload';
import { holdsSecret, maskedData } from '../../../../src/lwm2m/trace/secrets';
import type { ResourceValues } from '../../../../src/lwm2m/values';
import { FakeClock } from '../../support/fake-clock';

const secret = 'correct horse battery';

interface Place extends Peer {
  readonly id: string;
  readonly kind: LinkKind;
}

function recorded(
  parts: Partial<CoapMessage> & { readonly path?: string; readonly format?: number },
  { id = 'memory:a', kind = 'memory', address = 'memory:a', port = 0 }: Partial<Place> = {},
): TraceRecorder {
  const trace = new TraceRecorder(new FakeClock());
  const { path = '/', format, options = [], ...rest } = parts;
  const contentFormat = format === undefined ? [] : [{ name: 'Content-Format', value: encodeUint(format) }];
  const data = encodeMessage({
    type: 'CON',
    code: '0.03',
    messageId: 1,
    token: Uint8Array.of(1),
    payload: new Uint8Array(0),
    options: [...pathOptions(path), ...contentFormat, ...options],
    ...rest,
  });
  trace.record({ id, kind }, 'sent', { address, port }, data);
  return trace;
}

const first = (trace: TraceRecorder) => traceMessages(trace.entries)[0]!;

describe('Secrets in traces', () => {
  const credentials: ResourceValues = new Map<string, string | Uint8Array | number>([
    ['/0/1/2', 0],
    ['/0/1/3', Buffer.from('identity')],
    ['/0/1/5', Buffer.from(secret)],
  ]);
  const oscore: ResourceValues = new Map<string, string | Uint8Array>([
    ['/21/0/0', Buffer.from(secret)],
    ['/21/0/1', Buffer.from('client')],
  ]);
  const bytesOf = (format: number, path: string, values: ResourceValues): Uint8Array =>
    encodeContent(format, path, values, resourceDefinition);

  for (const format of [
    ContentFormat.tlv,
    ContentFormat.senmlJson,
    ContentFormat.senmlCbor,
    ContentFormat.lwm2mCbor,
  ]) {
    it(`are left out of the bytes and the file (Content-Format ${format})`, () => {
      const trace = recorded({ path: '/0/1', format, payload: bytesOf(format, '/0/1', credentials) });
      const traced = first(trace);
      assert.ok(holdsSecret(traced));
      const file = Buffer.from(captureFile([traced], 'test'));
      for (const text of [secret, 'identity', Buffer.from(secret).toString('base64url')]) {
        assert.ok(!file.includes(text));
        assert.ok(!Buffer.from(maskedData(traced)).includes(text));
      }
      const masked = decodeMessage(maskedData(traced));
      assert.deepEqual(masked.options, traced.message!.options);
      assert.ok(masked.payload.every((byte) => byte === 0));
      // The trace itself stays as it was.
      assert.equal(traced.entry.data, trace.entries[0]!.data);
    });
  }

  it('are also passwords, composites, parts, and what can’t be read', () => {
    const more = { name: 'Block1', value: encodeBlock({ num: 1, more: true, szx: 4 }) };
    const password: ResourceValues = new Map([['/9/0/15', secret]]);
    const composite = bytesOf(ContentFormat.senmlCbor, '/', password);
    const held = [
      { path: '/9/0/15', format: ContentFormat.text, payload: Buffer.from(secret) },
      { path: '/21/0', format: ContentFormat.tlv, payload: bytesOf(ContentFormat.tlv, '/21/0', oscore) },
      { path: '/21/0/0', format: ContentFormat.opaque, payload: Buffer.from(secret) },
      {
        code: '0.07',
        format: ContentFormat.senmlCbor,
        payload: bytesOf(ContentFormat.senmlCbor, '/', oscore),
      },
      { path: '/12/0/18', format: ContentFormat.text, payload: Buffer.from(secret) },
      { path: '/11/0/6', format: ContentFormat.text, payload: Buffer.from(secret) },
      { path: '/9/0', format: ContentFormat.tlv, payload: bytesOf(ContentFormat.tlv, '/9/0', password) },
      { code: '0.07', path: '/', format: ContentFormat.senmlCbor, payload: composite },
      { code: '0.02', path: '/dp', format: ContentFormat.senmlCbor, payload: composite },
      { path: '/0', format: ContentFormat.tlv, payload: Buffer.alloc(256), options: [more] },
      { path: '/0/1', format: ContentFormat.tlv, payload: Buffer.from('ffff', 'hex') },
      {
        path: '/lwm2m/0/1',
        format: ContentFormat.tlv,
        payload: bytesOf(ContentFormat.tlv, '/0/1', credentials),
      },
    ];
    for (const parts of held) assert.ok(holdsSecret(first(recorded(parts))), parts.path);
  });

  it('are nothing else', () => {
    const values: ResourceValues = new Map([['/3/0/0', 'Maker']]);
    const others = [
      { path: '/5/0/0', format: ContentFormat.opaque, payload: Buffer.alloc(1024, 1) },
      { path: '/3/0', format: ContentFormat.tlv, payload: bytesOf(ContentFormat.tlv, '/3/0', values) },
      { code: '0.02', path: '/rd', format: ContentFormat.linkFormat, payload: Buffer.from('</0/0>,</3/0>') },
      { path: '/9/0/2', format: ContentFormat.opaque, payload: Buffer.alloc(16) },
      { path: '/21/0/1', format: ContentFormat.opaque, payload: Buffer.from('client') },
      { path: '/0/1', format: ContentFormat.tlv },
    ];
    for (const parts of others) {
      const traced = first(recorded(parts));
      assert.ok(!holdsSecret(traced), parts.path);
      assert.equal(maskedData(traced), traced.entry.data);
    }
  });
});

describe('Payloads of traces', () => {
  it('are read by their Content-Format', () => {
    const kindOf = (parts: Parameters<typeof recorded>[0]): string => {
      const payload = tracedPayload(first(recorded(parts)));
      return payload.kind === 'bytes' ? payload.why : payload.kind;
    };
    const tlv = Buffer.from('c80005 4d616b6572'.replace(' ', ''), 'hex');
    const traced = first(recorded({ path: '/3/0', format: ContentFormat.tlv, payload: tlv }));
    assert.deepEqual(tracedPayload(traced), { kind: 'values', values: new Map([['/3/0/0', 'Maker']]) });
    const more = { name: 'Block1', value: encodeBlock({ num: 0, more: true, szx: 4 }) };
    assert.equal(kindOf({ path: '/3/0' }), 'none');
    assert.equal(kindOf({ path: '/3/0', format: ContentFormat.tlv, payload: tlv.subarray(1) }), 'unreadable');
    assert.equal(kindOf({ path: '/5/0/0', format: 42, payload: Buffer.alloc(256), options: [more] }), 'part');
    assert.equal(
      kindOf({ path: '/0', format: 11542, payload: Buffer.alloc(256), options: [more] }),
      'secret',
    );
    assert.equal(kindOf({ path: '/rd', format: 40, payload: Buffer.from('</3/0>') }), 'text');
    assert.equal(kindOf({ path: '/other', format: 42, payload: Buffer.alloc(3) }), 'opaque');
    assert.equal(kindOf({ path: '/x', code: '4.04', type: 'ACK', payload: Buffer.from('no') }), 'text');
  });
});

describe('The addresses of an exported trace', () => {
  const addresses = (at: Parameters<typeof recorded>[1]): string[] => {
    const traced = first(recorded({ path: '/3' }, at));
    const file = captureFile([traced], 'test');
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    let block = 0;
    while (view.getUint32(block, true) !== 6) block += view.getUint32(block + 4, true);
    const packet = file.subarray(block + 28, block + 28 + view.getUint32(block + 20, true));
    const udp = decodeUdp(decodeIpPacket(packet)!)!;
    assert.deepEqual(Buffer.from(udp.data), Buffer.from(traced.entry.data));
    return [udp.source, udp.destination].map(({ address, port }) => `${address} ${port}`);
  };

  it('are those for documentation where there are none, and real ones where there are', () => {
    assert.deepEqual(addresses({}), ['192.0.2.1 5683', '192.0.2.2 5683']);
    const far = { address: '10.1.2.3', port: 40_000 };
    assert.deepEqual(addresses({ id: 'udp://10.0.0.1:5690', kind: 'udp', ...far }), [
      '10.0.0.1 5690',
      '10.1.2.3 40000',
    ]);
    assert.deepEqual(addresses({ id: 'udp://0.0.0.0:5683', kind: 'udp', ...far }), [
      '192.0.2.1 5683',
      '10.1.2.3 40000',
    ]);
    const six = { id: 'udp://[::]:0', kind: 'udp' as const, address: 'fe80::7%eth0', port: 9 };
    assert.deepEqual(addresses(six), ['2001:db8::1 5683', 'fe80::7 9']);
  });

  it('keep damaged frames from being taken for CoAP', () => {
    const trace = new TraceRecorder(new FakeClock());
    const peer = { address: 'serial:COM7', port: 0 };
    trace.record(
      { id: 'serial:COM7', kind: 'serial' },
      'received',
      peer,
      Uint8Array.of(1, 2),
      'damaged frame',
    );
    const file = Buffer.from(captureFile(traceMessages(trace.entries), 'test'));
    assert.ok(file.includes('damaged frame') && file.includes('serial:COM7'));
    assert.ok(file.includes(Buffer.from('00090009', 'hex')));
  });
});
