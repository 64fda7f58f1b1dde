import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../../../src/base/hex';
import { senmlCborCodec } from '../../../../src/lwm2m/formats/senml-cbor';
import { senmlJsonCodec } from '../../../../src/lwm2m/formats/senml-json';
import { resourceDefinition as model } from '../../../../src/lwm2m/objects/objects';
import type { ResourceValue, ResourceValues } from '../../../../src/lwm2m/values';
import { exampleDevice } from './examples';

/** LwM2M Core §7.4.4: the answer to Read /3/0. */
const DEVICE_JSON =
  '[{"bn":"/3/0/","n":"0","vs":"Open Mobile Alliance"},{"n":"1","vs":"Lightweight M2M Client"},' +
  '{"n":"2","vs":"345000123"},{"n":"3","vs":"1.0"},{"n":"6/0","v":1},{"n":"6/1","v":5},' +
  '{"n":"7/0","v":3800},{"n":"7/1","v":5000},{"n":"8/0","v":125},{"n":"8/1","v":900},{"n":"9","v":100},' +
  '{"n":"10","v":15},{"n":"11/0","v":0},{"n":"13","v":1367491215},{"n":"14","vs":"+02:00"},' +
  '{"n":"16","vs":"U"}]';

/** LwM2M Core §7.4.5: the same in SenML CBOR. */
const DEVICE_CBOR = `
  90 a3 21 65 2f332f302f 00 61 30 03 74 4f70656e204d6f62696c6520416c6c69616e6365
  a2 00 61 31 03 76 4c69676874776569676874204d324d20436c69656e74
  a2 00 61 32 03 69 333435303030313233
  a2 00 61 33 03 63 312e30
  a2 00 63 362f30 02 01
  a2 00 63 362f31 02 05
  a2 00 63 372f30 02 19 0ed8
  a2 00 63 372f31 02 19 1388
  a2 00 63 382f30 02 18 7d
  a2 00 63 382f31 02 19 0384
  a2 00 61 39 02 18 64
  a2 00 62 3130 02 0f
  a2 00 64 31312f30 02 00
  a2 00 62 3133 02 1a 5182428f
  a2 00 62 3134 03 66 2b30323a3030
  a2 00 62 3136 03 61 55`;

describe('SenML JSON', () => {
  const decode = (path: string, text: string): ResourceValues =>
    senmlJsonCodec.decode(path, Buffer.from(text), model);
  const encode = (path: string, ...values: (readonly [string, ResourceValue])[]): string =>
    Buffer.from(senmlJsonCodec.encode(path, new Map(values), model)).toString();

  it('reads and writes the example of the Device object', () => {
    assert.deepEqual(decode('/3/0', DEVICE_JSON), exampleDevice);
    assert.equal(encode('/3/0', ...exampleDevice), DEVICE_JSON);
  });

  it('takes the latest of several values, by base time and time', () => {
    const history =
      '[{"bn":"/72/","bt":25462634,"n":"1/2","v":22.4,"t":-5},{"n":"1/2","v":22.9,"t":-30},{"n":"1/2","v":24.1,"t":-50}]';
    assert.deepEqual(decode('/72', history), new Map([['/72/1/2', 22.4]]));
    assert.deepEqual(
      decode('/72', '[{"n":"/72/1/2","v":1,"t":-5},{"n":"/72/1/2","v":2}]'),
      new Map([['/72/1/2', 2]]),
    );
  });

  it('reads object links as vlo or text, and writes them as vlo', () => {
    const link = { objectId: 5, instanceId: 0 };
    assert.deepEqual(decode('/', '[{"n":"/65/0/0/0","vlo":"5:0"}]'), new Map([['/65/0/0/0', link]]));
    assert.deepEqual(decode('/9/0/17', '[{"bn":"/9/0/17/0","vs":"5:0"}]'), new Map([['/9/0/17/0', link]]));
    assert.equal(encode('/9/0/17', ['/9/0/17/0', link]), '[{"bn":"/9/0/17","n":"/0","vlo":"5:0"}]');
  });

  it('reads one resource with its whole path in the base name, the name, or both', () => {
    const expected = new Map([['/5/0/3', 2]]);
    for (const text of [
      '[{"bn":"/5/0/3","v":2}]',
      '[{"n":"/5/0/3","v":2}]',
      '[{"bn":"/5/0/","n":"3","v":2}]',
      '[{"bn":"/5/0","n":"/3","v":2}]',
      '[{"bn":"5/0/3","v":2.0}]',
    ]) {
      assert.deepEqual(decode('/5/0/3', text), expected, text);
    }
  });

  it('carries bytes, booleans, base values and unknown resources', () => {
    assert.deepEqual(decode('/5/0', '[{"n":"/5/0/0","vd":"-_8"}]'), new Map([['/5/0/0', fromHex('fbff')]]));
    assert.deepEqual(decode('/5/0', '[{"n":"/5/0/0","vd":"+/8="}]'), new Map([['/5/0/0', fromHex('fbff')]]));
    assert.equal(encode('/5/0/0', ['/5/0/0', fromHex('fbff')]), '[{"bn":"/5/0/0","vd":"-_8"}]');
    assert.deepEqual(decode('/9/0/12', '[{"bn":"/9/0/12","vb":true}]'), new Map([['/9/0/12', true]]));
    assert.deepEqual(decode('/9/0/12', '[{"bn":"/9/0/12","v":1}]'), new Map([['/9/0/12', true]]));
    assert.deepEqual(decode('/3/0/9', '[{"bn":"/3/0/9","bv":90,"v":5}]'), new Map([['/3/0/9', 95]]));
    assert.deepEqual(
      decode('/33629', '[{"n":"/33629/0/14","vs":"modem"}]'),
      new Map([['/33629/0/14', 'modem']]),
    );
  });

  it('keeps integers beyond 2^53 exact, in text of any shape', () => {
    assert.deepEqual(
      decode('/3/0', '[{"n":"/3/0/10","v": 9007199254740993},{"n":"/3/0/21","v":-9223372036854775808}]'),
      new Map([
        ['/3/0/10', 9007199254740993n],
        ['/3/0/21', -9223372036854775808n],
      ]),
    );
    assert.deepEqual(
      decode('/3/0', '[{"n":"/3/0/2","vs":"say \\"12345678901234567\\", {12345678901234567}"}]'),
      new Map([['/3/0/2', 'say "12345678901234567", {12345678901234567}']]),
    );
    assert.equal(
      encode('/3/0/10', ['/3/0/10', 9007199254740993n]),
      '[{"bn":"/3/0/10","v":9007199254740993}]',
    );
    assert.deepEqual(
      decode('/6/0/0', '[{"bn":"/6/0/0","v":1234567890.1234567890123}]'),
      new Map([['/6/0/0', 1234567890.1234567]]),
    );
  });

  it('has nothing in an empty pack', () => {
    assert.deepEqual(decode('/3/0', '[]'), new Map());
  });

  for (const [what, text] of [
    ['no JSON', '[{"n":'],
    ['no array', '{"n":"/3/0/0","vs":"x"}'],
    ['a record that is none', '[7]'],
    ['a name outside of the path', '[{"n":"/5/0/3","v":1}]'],
    ['the name of an instance', '[{"n":"/3/0","v":1}]'],
    ['a name that is no path', '[{"n":"/3/0/../0","v":1}]'],
    ['a record without a value', '[{"n":"/3/0/0"}]'],
    ['two values in a record', '[{"n":"/3/0/0","vs":"a","v":1}]'],
    ['a string as a number', '[{"n":"/3/0/9","v":"12345678901234567"}]'],
    ['a number as a string', '[{"n":"/3/0/0","vs":12345678901234567}]'],
    ['null', '[{"n":"/3/0/0","vs":null}]'],
    ['a number beyond 64 bits', '[{"n":"/3/0/9","v":99999999999999999999}]'],
    ['an infinite number', '[{"n":"/3/0/9","v":1e999}]'],
    ['a later version', '[{"bver":11,"n":"/3/0/9","v":1}]'],
    ['a label that must be understood', '[{"n":"/3/0/9","v":1,"x_":1}]'],
    ['an object link that is none', '[{"n":"/3/0/22/0","vlo":"5:99999"}]'],
    ['bytes that are not base64', '[{"n":"/3/0/0","vd":"***"}]'],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => decode('/3/0', text), { code: 'lwm2m.malformed' });
    });
  }
});

describe('SenML CBOR', () => {
  const decode = (path: string, hex: string): ResourceValues =>
    senmlCborCodec.decode(path, fromHex(hex), model);

  it('reads and writes the example of the Device object', () => {
    assert.deepEqual(decode('/3/0', DEVICE_CBOR), exampleDevice);
    assert.equal(toHex(senmlCborCodec.encode('/3/0', exampleDevice, model)), toHex(fromHex(DEVICE_CBOR)));
  });

  it('reads and writes object links under their text label', () => {
    const values = new Map([['/65/0/0/0', { objectId: 66, instanceId: 0 }]]);
    // [{-2: "/65/0/0/0", "vlo": "66:0"}]
    const hex = '81a221692f36352f302f302f3063766c6f6436363a30';
    assert.deepEqual(decode('/65/0/0/0', hex), values);
    assert.equal(toHex(senmlCborCodec.encode('/65/0/0/0', values, model)), hex);
  });

  it('reads indefinite lengths, text labels and floats of all sizes', () => {
    // [_ {_ -2: "/6/0/", 0: "0", 2: 1.5 (half)}, {"n": "1", "v": 2.5 (single)}]
    assert.deepEqual(
      decode('/6/0', '9f bf 21 65 2f362f302f 00 61 30 02 f93e00 ff a2 61 6e 61 31 61 76 fa40200000 ff'),
      new Map([
        ['/6/0/0', 1.5],
        ['/6/0/1', 2.5],
      ]),
    );
    // {-2: "/5/0/0", 8: (_ h'0102', h'03')}: a value streamed in chunks
    assert.deepEqual(
      decode('/5/0/0', '81 a2 21 66 2f352f302f30 08 5f 42 0102 41 03 ff'),
      new Map([['/5/0/0', fromHex('010203')]]),
    );
  });

  it('keeps 64-bit integers exact', () => {
    const values = new Map<string, ResourceValue>([
      ['/3/0/10', 2n ** 62n],
      ['/3/0/21', -(2n ** 63n)],
      ['/3/0/9', 2 ** 40],
    ]);
    assert.deepEqual(
      senmlCborCodec.decode('/3/0', senmlCborCodec.encode('/3/0', values, model), model),
      values,
    );
  });

  for (const [what, hex] of [
    ['nothing', ''],
    ['an array longer than the payload', '9affffffff'],
    ['a map longer than the payload', '81bbffffffffffffffff'],
    ['a string longer than the payload', '81a1037bffffffffffffffff'],
    ['an array without its end', '9f'],
    ['bytes after the end', '8000'],
    ['deep nesting', '81'.repeat(40) + '80'],
    ['a tag', '81a3 00662f332f302f30 02 d81c80'],
    ['a bignum', '81a2 00662f332f302f39 02 c249010000000000000000'],
    ['a map', 'a0'],
    ['a record that is none', '8101'],
    ['a name that is no string', '81a2000002 01'],
    ['a number that is none', '81a200662f332f302f39 02fb7ff8000000000000'],
    ['an undefined value', '81a200662f332f302f3902f7'],
    ['a chunk of another type', '81a200662f332f302f30037f4101ff'],
    ['a simple value', '81e0'],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => decode('/3/0', hex), { code: 'lwm2m.malformed' });
    });
  }
});
