import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../../../src/base/hex';
import { ContentFormat, decodeContent, encodeContent } from '../../../../src/lwm2m/content-format';
import { resourceDefinition as model } from '../../../../src/lwm2m/objects/objects';
import type { ResourceValue } from '../../../../src/lwm2m/values';

const time = new Date(1367491215 * 1000);
const link = { objectId: 66, instanceId: 0 };

/** LwM2M Core, appendix C: each data type as text and as CBOR. */
const rows: readonly (readonly [string, ResourceValue, string, string])[] = [
  ['/3/0/0', 'Höhe', 'Höhe', '6548c3b66865'],
  ['/3/0/0', '', '', '60'],
  ['/3/0/9', 0, '0', '00'],
  ['/3/0/9', -25, '-25', '3818'],
  ['/3/0/10', 2 ** 40, '1099511627776', '1b0000010000000000'],
  ['/3/0/10', -(2n ** 63n), '-9223372036854775808', '3b7fffffffffffffff'],
  ['/1/0/1', 2n ** 64n - 1n, '18446744073709551615', '1bffffffffffffffff'],
  ['/6/0/0', -43.5723, '-43.5723', 'fbc045c941205bc01a'],
  ['/9/0/12', true, '1', 'f5'],
  ['/9/0/12', false, '0', 'f4'],
  ['/3/0/13', time, '1367491215', '1a5182428f'],
  ['/3/0/22/0', link, '66:0', '6436363a30'],
  ['/5/0/0', fromHex('00ff10'), 'AP8Q', '4300ff10'],
  ['/65534/0/1', 'no model', 'no model', '686e6f206d6f64656c'],
];

describe('text', () => {
  for (const [path, value, text] of rows) {
    it(`carries ${JSON.stringify(text)} of ${path}`, () => {
      const values = new Map([[path, value]]);
      const payload = encodeContent(ContentFormat.text, path, values, model);
      assert.equal(Buffer.from(payload).toString(), text);
      assert.deepEqual(decodeContent(ContentFormat.text, path, payload, model), values);
    });
  }

  it('reads a plus sign, leading zeros and exponents', () => {
    const read = (path: string, text: string): unknown =>
      decodeContent(ContentFormat.text, path, Buffer.from(text), model).get(path);
    assert.equal(read('/3/0/9', '+007'), 7);
    assert.equal(read('/6/0/0', '1e-3'), 0.001);
    assert.equal(read('/6/0/0', '.5'), 0.5);
  });

  for (const [path, text] of [
    ['/3/0/9', ''],
    ['/3/0/9', '12a'],
    ['/3/0/9', '1.5'],
    ['/3/0/9', '0x10'],
    ['/3/0/9', '99999999999999999999'],
    ['/3/0/13', '9223372036854775807'],
    ['/6/0/0', 'NaN'],
    ['/6/0/0', ' '],
    ['/9/0/12', 'true '],
    ['/9/0/12', 'toString'],
    ['/3/0/22/0', '66'],
    ['/3/0/22/0', '65536:0'],
    ['/5/0/0', 'AP8'],
    ['/5/0/0', '****'],
  ] as const) {
    it(`refuses ${JSON.stringify(text)} of ${path}`, () => {
      assert.throws(() => decodeContent(ContentFormat.text, path, Buffer.from(text), model), {
        code: 'lwm2m.malformed',
      });
    });
  }

  it('refuses what is not UTF-8', () => {
    assert.throws(() => decodeContent(ContentFormat.text, '/3/0/0', fromHex('c328'), model), {
      code: 'lwm2m.malformed',
    });
  });
});

describe('CBOR', () => {
  for (const [path, value, , hex] of rows) {
    it(`carries ${hex} of ${path}`, () => {
      const values = new Map([[path, value]]);
      assert.equal(toHex(encodeContent(ContentFormat.cbor, path, values, model)), hex);
      assert.deepEqual(decodeContent(ContentFormat.cbor, path, fromHex(hex), model), values);
    });
  }

  it('reads tagged time and whole floats', () => {
    const read = (path: string, hex: string): unknown =>
      decodeContent(ContentFormat.cbor, path, fromHex(hex), model).get(path);
    assert.deepEqual(read('/3/0/13', 'c11a5182428f'), time);
    assert.equal(read('/6/0/0', '05'), 5);
    assert.equal(read('/3/0/9', 'f94500'), 5);
  });

  for (const hex of ['', 'ff', '80', 'a0', 'f6', 'f7', '6161 00', 'c1 6161', 'fb7ff0000000000000', '1c']) {
    it(`refuses ${hex || 'nothing'}`, () => {
      assert.throws(() => decodeContent(ContentFormat.cbor, '/3/0/9', fromHex(hex), model), {
        code: 'lwm2m.malformed',
      });
    });
  }
});

describe('content formats', () => {
  it('carry opaque bytes as they are', () => {
    const values = new Map([['/5/0/0', fromHex('0001fe')]]);
    assert.equal(toHex(encodeContent(ContentFormat.opaque, '/5/0/0', values, model)), '0001fe');
    assert.deepEqual(decodeContent(ContentFormat.opaque, '/5/0/0', fromHex('0001fe'), model), values);
  });

  it('are text for a resource and TLV for an instance when the answer names none', () => {
    assert.deepEqual(decodeContent(undefined, '/5/0/3', Buffer.from('2'), model), new Map([['/5/0/3', 2]]));
    assert.deepEqual(decodeContent(undefined, '/5/0', fromHex('c10302'), model), new Map([['/5/0/3', 2]]));
  });

  it('that are unknown are named', () => {
    assert.throws(() => decodeContent(50, '/3/0', Buffer.from('{}'), model), {
      code: 'lwm2m.unsupported-format',
      details: { contentFormat: 50 },
    });
  });

  it('for one value refuse more, less, another path and another type', () => {
    const write =
      (path: string, ...values: (readonly [string, ResourceValue])[]) =>
      () =>
        encodeContent(ContentFormat.text, path, new Map(values), model);
    assert.throws(write('/3/0/0'), { code: 'lwm2m.bad-value' });
    assert.throws(write('/3/0/0', ['/3/0/1', 'x']), { code: 'lwm2m.bad-value' });
    assert.throws(write('/3/0/0', ['/3/0/0', 'x'], ['/3/0/1', 'x']), { code: 'lwm2m.bad-value' });
    assert.throws(write('/3/0', ['/3/0', 'x']), { code: 'lwm2m.bad-value' });
    assert.throws(write('/3/0/0', ['/3/0/0', 5]), { code: 'lwm2m.bad-value' });
    assert.throws(write('/3/0/9', ['/3/0/9', 1.5]), { code: 'lwm2m.bad-value' });
    assert.throws(write('nonsense', ['nonsense', 1.5]), { code: 'lwm2m.bad-value' });
  });
});
