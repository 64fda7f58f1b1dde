import assert from 'node:assert/strict';
import { SlipwayError } from '../../../../src/base/errors';
import { toHex } from '../../../../src/base/hex';
import { ContentFormat, decodeContent, encodeContent } from '../../../../src/lwm2m/content-format';
import { decodeLinkFormat, encodeLinkFormat } from '../../../../src/lwm2m/formats/link-format';
import type { ResourceType } from '../../../../src/lwm2m/objects/definition';
import { objectDefinition, resourceDefinition as model } from '../../../../src/lwm2m/objects/objects';
import type { ResourceValue } from '../../../../src/lwm2m/values';
import { exampleDevice } from './examples';
import { Random } from './random';

const SEED = 0x51195;
const ROUNDS = 3000;

/** Fails unless `decode` returns or throws an error of the family, quickly. */
function decodes(what: string, payload: Uint8Array, decode: () => unknown): void {
  const started = performance.now();
  try {
    decode();
  } catch (error) {
    if (!SlipwayError.is(error)) {
      assert.fail(`${what}, seed ${SEED}: ${toHex(payload)} threw ${String(error)}`);
    }
    assert.equal(error.code, 'lwm2m.malformed', `${what}, seed ${SEED}: ${toHex(payload)}`);
  }
  const took = performance.now() - started;
  assert.ok(took < 2000, `${what}, seed ${SEED}: ${toHex(payload).slice(0, 200)} took ${took} ms`);
}

function randomValue(random: Random, type: ResourceType): ResourceValue {
  switch (type) {
    case 'string':
      return Array.from({ length: random.below(40) }, () =>
        random.pick(['a', '7', 'é', '"', '\\', '😀', '\n', ',']),
      ).join('');
    case 'integer':
      return randomInteger(random, 63n);
    case 'unsigned': {
      const value = randomInteger(random, 64n);
      return value < 0 ? 0 : value;
    }
    case 'float':
      return random.pick([0.1, -1.5, 1e-7, 3, 2 ** 60, Math.fround(0.3), random.next() * 1e6]);
    case 'boolean':
      return random.below(2) === 1;
    case 'time':
      return new Date(random.below(2 ** 32) * 1000);
    case 'objlnk':
      return { objectId: random.below(65536), instanceId: random.below(65536) };
    default:
      return random.bytes(random.below(300));
  }
}

function randomInteger(random: Random, bits: bigint): number | bigint {
  const magnitude = BigInt.asUintN(Number(bits), BigInt(random.below(2 ** 32)) << BigInt(random.below(32)));
  const value = random.below(2) ? magnitude : bits === 63n ? -magnitude : magnitude;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** Values of random resources of one instance of an object, in ascending order of their paths. */
function randomInstance(random: Random, objectId: number, instanceId: number): Map<string, ResourceValue> {
  const values = new Map<string, ResourceValue>();
  for (const { id, type, multiple } of objectDefinition(objectId)!.resources.values()) {
    if (type === 'none' || random.below(2) === 0) continue;
    const path = `/${objectId}/${instanceId}/${id}`;
    if (!multiple) values.set(path, randomValue(random, type));
    else {
      for (const instance of [0, 1 + random.below(300)]) {
        values.set(`${path}/${instance}`, randomValue(random, type));
      }
    }
  }
  return values;
}

const formats = [
  ['text', ContentFormat.text, '/3/0/0', new Map([['/3/0/0', 'Open Mobile Alliance']])],
  ['text', ContentFormat.text, '/3/0/9', new Map([['/3/0/9', 100]])],
  ['text', ContentFormat.text, '/5/0/0', new Map([['/5/0/0', Uint8Array.of(1, 2, 3, 4)]])],
  ['CBOR', ContentFormat.cbor, '/3/0/0', new Map([['/3/0/0', 'Open Mobile Alliance']])],
  ['CBOR', ContentFormat.cbor, '/3/0/13', new Map([['/3/0/13', new Date(1367491215000)]])],
  ['TLV', ContentFormat.tlv, '/3/0', exampleDevice],
  ['SenML JSON', ContentFormat.senmlJson, '/3/0', exampleDevice],
  ['SenML CBOR', ContentFormat.senmlCbor, '/3/0', exampleDevice],
  ['LwM2M JSON', ContentFormat.json, '/3/0', exampleDevice],
  ['LwM2M CBOR', ContentFormat.lwm2mCbor, '/3/0', exampleDevice],
] as const;

describe('every decoder', () => {
  for (const [name, format, path, values] of formats) {
    it(`survives damaged ${name} of ${path}`, () => {
      const random = new Random(SEED);
      const golden = encodeContent(format, path, values, model);
      for (let round = 0; round < ROUNDS; round++) {
        const payload = round % 4 === 0 ? random.bytes(random.below(64)) : random.mutate(golden);
        decodes(name, payload, () => decodeContent(format, path, payload, model));
      }
    }).timeout(20_000);
  }

  it('survives damaged link format', () => {
    const random = new Random(SEED);
    const golden = Buffer.from('</>;rt="oma.lwm2m";ct="110 112",</1/0>;ver=1.1,</5/0>;t="a\\"b"');
    for (let round = 0; round < ROUNDS; round++) {
      const payload = random.mutate(golden);
      decodes('link format', payload, () => {
        const links = decodeLinkFormat(payload);
        assert.deepEqual(decodeLinkFormat(encodeLinkFormat(links)), links);
      });
    }
  });

  it('is not slowed down by large hostile payloads', () => {
    const size = 64 * 1024;
    const hostile: readonly (readonly [number, Uint8Array])[] = [
      [ContentFormat.senmlJson, Buffer.from(`["${'\\"'.repeat(size / 2)}`)],
      [ContentFormat.senmlJson, Buffer.from('['.repeat(size))],
      [ContentFormat.senmlJson, Buffer.from(`[{"n":"/3/0/9","v":${'9'.repeat(size)}}]`)],
      [ContentFormat.senmlCbor, Buffer.alloc(size, 0x81)],
      [ContentFormat.senmlCbor, Buffer.alloc(size, 0x9f)],
      [ContentFormat.senmlCbor, Buffer.alloc(size, 0x5f)],
      [ContentFormat.lwm2mCbor, Buffer.alloc(size, 0xa1)],
      [ContentFormat.lwm2mCbor, Buffer.alloc(size, 0xbf)],
      [ContentFormat.json, Buffer.from('{"e":'.repeat(size / 5))],
      [ContentFormat.tlv, Buffer.alloc(size, 0x00)],
      [ContentFormat.tlv, Buffer.alloc(size, 0x83)],
    ];
    for (const [format, payload] of hostile) {
      decodes(`format ${format}`, payload, () => decodeContent(format, '/3/0', payload, model));
    }
    for (const text of [
      '<'.repeat(size),
      `<a>;t="${'\\"'.repeat(size / 2)}`,
      '<a>,'.repeat(size / 4),
      ' '.repeat(size),
    ]) {
      decodes('link format', Buffer.from(text), () => decodeLinkFormat(Buffer.from(text)));
    }
  });
});

describe('every format of many values', () => {
  for (const [name, format] of [
    ['TLV', ContentFormat.tlv],
    ['SenML JSON', ContentFormat.senmlJson],
    ['SenML CBOR', ContentFormat.senmlCbor],
    ['LwM2M JSON', ContentFormat.json],
    ['LwM2M CBOR', ContentFormat.lwm2mCbor],
  ] as const) {
    it(`gives back in ${name} what went in`, () => {
      const random = new Random(SEED);
      for (let round = 0; round < 300; round++) {
        const objectId = random.pick([0, 1, 2, 3, 4, 5, 6, 7, 9, 14]);
        const instance = random.below(65535);
        const values = randomInstance(random, objectId, instance);
        const path = random.pick([`/${objectId}`, `/${objectId}/${instance}`]);
        const payload = encodeContent(format, path, values, model);
        assert.deepEqual(decodeContent(format, path, payload, model), values, `seed ${SEED}, round ${round}`);
      }
    });
  }
});

describe('every format of one value', () => {
  for (const [name, format] of [
    ['text', ContentFormat.text],
    ['CBOR', ContentFormat.cbor],
    ['TLV', ContentFormat.tlv],
    ['SenML JSON', ContentFormat.senmlJson],
    ['SenML CBOR', ContentFormat.senmlCbor],
    ['LwM2M JSON', ContentFormat.json],
    ['LwM2M CBOR', ContentFormat.lwm2mCbor],
  ] as const) {
    it(`gives back in ${name} what went in`, () => {
      const random = new Random(SEED);
      for (let round = 0; round < 300; round++) {
        const values = randomInstance(random, random.pick([0, 1, 3, 5, 6, 9]), 0);
        for (const [path, value] of values) {
          const payload = encodeContent(format, path, new Map([[path, value]]), model);
          assert.deepEqual(
            decodeContent(format, path, payload, model),
            new Map([[path, value]]),
            `seed ${SEED}, round ${round}, ${path}`,
          );
        }
      }
    });
  }
});
