import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../../../src/base/hex';
import {
  decodeLwm2mCborPaths,
  encodeLwm2mCborPaths,
  lwm2mCborCodec,
} from '../../../../src/lwm2m/formats/lwm2m-cbor';
import { resourceDefinition as model } from '../../../../src/lwm2m/objects/objects';
import type { ResourceValue, ResourceValues } from '../../../../src/lwm2m/values';
import { exampleDevice } from './examples';

/** The Device object of the examples, an ID a level: {3: {0: {0: "Open Mobile Alliance", …, 6: {0: 1, 1: 5}, …}}}. */
const DEVICE = `
  a1 03 a1 00 ad
  00 74 4f70656e204d6f62696c6520416c6c69616e6365
  01 76 4c69676874776569676874204d324d20436c69656e74
  02 69 333435303030313233
  03 63 312e30
  06 a2 00 01 01 05
  07 a2 00 19 0ed8 01 19 1388
  08 a2 00 18 7d 01 19 0384
  09 18 64
  0a 0f
  0b a1 00 00
  0d 1a 5182428f
  0e 66 2b30323a3030
  10 61 55`;

describe('LwM2M CBOR', () => {
  const decode = (hex: string, path = '/'): ResourceValues =>
    lwm2mCborCodec.decode(path, fromHex(hex.replace(/\s/g, '')), model);
  const encode = (path: string, ...values: (readonly [string, ResourceValue])[]): string =>
    toHex(lwm2mCborCodec.encode(path, new Map(values), model));

  it('reads and writes the example of the Device object', () => {
    assert.deepEqual(decode(DEVICE, '/3/0'), exampleDevice);
    assert.equal(encode('/3/0', ...exampleDevice), DEVICE.replace(/\s/g, ''));
  });

  const nine = new Map([['/3/0/9', 100]]);
  for (const [what, hex, values] of [
    ['numeric keys in maps of indefinite length', 'bf03bf00bf091864ffffff', nine],
    ['an array of the whole path', 'a1830300091864', nine],
    ['an array of the first IDs', 'a1820300a1091864', nine],
    ['an array of the last IDs', 'a103a18200091864', nine],
    ['an array of one ID', 'a18103a18100a181091864', nine],
    ['an array key of indefinite length', 'a19f030009ff1864', nine],
    [
      'a resource instance and another object',
      'bf03bf03bf03bf001819ffffff01bf00bf01183cffffff',
      new Map([
        ['/3/3/3/0', 25],
        ['/1/0/1', 60],
      ]),
    ],
    ['a tagged time', 'a1 83 03 00 0d c1 1a 5182428f', new Map([['/3/0/13', new Date(1367491215000)]])],
    ['a plain time', 'a1 83 03 00 0d 1a 5182428f', new Map([['/3/0/13', new Date(1367491215000)]])],
    [
      'an object link',
      'a1 84 09 00 11 00 64 31343a30',
      new Map([['/9/0/17/0', { objectId: 14, instanceId: 0 }]]),
    ],
    ['bytes', 'a1 83 05 00 00 42 0102', new Map([['/5/0/0', Uint8Array.of(1, 2)]])],
    ['nothing', 'a0', new Map()],
  ] as const) {
    it(`reads ${what}`, () => {
      assert.deepEqual(decode(hex), values);
    });
  }

  for (const [what, hex] of [
    ['an array', '80'],
    ['a text key', 'a1613301'],
    ['a negative ID', 'a120a100a10901'],
    ['the reserved ID', 'a119ffffa100a10901'],
    ['a path of five IDs', 'a1850300060001' + '01'],
    ['a value above a resource', 'a103a10001'],
    ['an empty key for a value', 'a1 80 01'],
    ['a path twice', 'a2 83030009 01 03a100a10902'],
    ['null for a value', 'a183030009f6'],
    ['an array for a value', 'a18303000980'],
    ['a value outside of the request', 'a18305000300'],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => decode(hex, '/3'), { code: 'lwm2m.malformed' });
    });
  }

  it('refuses to write what is outside of the path, of another type, or both single and multiple', () => {
    for (const values of [
      [['/5/0/1', 'x']],
      [['/3/0/9', 'x']],
      [['/3/0', 'x']],
      [
        ['/3/0/6/0', 1],
        ['/3/0/6', 1],
      ],
      [
        ['/3/0/6', 1],
        ['/3/0/6/0', 1],
      ],
    ] as (readonly [string, ResourceValue])[][]) {
      assert.throws(() => encode('/3', ...values), { code: 'lwm2m.bad-value' });
    }
  });

  it('lists paths with null', () => {
    assert.equal(toHex(encodeLwm2mCborPaths(['/3/0/3', '/5', '/'])), 'a383030003f68105f680f6');
    assert.deepEqual(decodeLwm2mCborPaths(fromHex('a383030003f68105f680f6')), ['/3/0/3', '/5', '/']);
    assert.deepEqual(decodeLwm2mCborPaths(fromHex('a103a100a103f6')), ['/3/0/3']);
    assert.throws(() => decodeLwm2mCborPaths(fromHex('a10301')), { code: 'lwm2m.malformed' });
  });
});
