import assert from 'node:assert/strict';
import { lwm2mJsonCodec } from '../../../../src/lwm2m/formats/lwm2m-json';
import { resourceDefinition as model } from '../../../../src/lwm2m/objects/objects';
import type { ResourceValue, ResourceValues } from '../../../../src/lwm2m/values';
import { exampleDevice } from './examples';

/** LwM2M 1.0 §6.4.4: the answer to Read /3/0. */
const DEVICE =
  '{"bn":"/3/0/","e":[{"n":"0","sv":"Open Mobile Alliance"},{"n":"1","sv":"Lightweight M2M Client"},' +
  '{"n":"2","sv":"345000123"},{"n":"3","sv":"1.0"},{"n":"6/0","v":1},{"n":"6/1","v":5},' +
  '{"n":"7/0","v":3800},{"n":"7/1","v":5000},{"n":"8/0","v":125},{"n":"8/1","v":900},{"n":"9","v":100},' +
  '{"n":"10","v":15},{"n":"11/0","v":0},{"n":"13","v":1367491215},{"n":"14","sv":"+02:00"},' +
  '{"n":"16","sv":"U"}]}';

describe('LwM2M JSON', () => {
  const decode = (path: string, text: string): ResourceValues =>
    lwm2mJsonCodec.decode(path, Buffer.from(text), model);
  const encode = (path: string, ...values: (readonly [string, ResourceValue])[]): string =>
    Buffer.from(lwm2mJsonCodec.encode(path, new Map(values), model)).toString();

  it('reads and writes the example of the Device object', () => {
    assert.deepEqual(decode('/3/0', DEVICE), exampleDevice);
    assert.equal(encode('/3/0', ...exampleDevice), DEVICE);
  });

  it('takes the latest of several values, by base time and time', () => {
    const history =
      '{"bn":"/72/","bt":25462634,"e":[{"n":"1/2","v":22.4,"t":-5},{"n":"1/2","v":22.9,"t":-30}]}';
    assert.deepEqual(decode('/72', history), new Map([['/72/1/2', 22.4]]));
  });

  for (const [what, path, text, value] of [
    ['without a base name', '/3/0', '{"e":[{"n":"9","v":5}]}', 5],
    ['with a base name that lacks its slash', '/3/0', '{"bn":"/3/0","e":[{"n":"9","v":5}]}', 5],
    ['with whole names', '/3/0', '{"e":[{"n":"/3/0/9","v":5}]}', 5],
    ['of one resource by its base name', '/3/0/9', '{"bn":"/3/0/9","e":[{"v":5}]}', 5],
    ['of one resource by nothing', '/3/0/9', '{"e":[{"v":5}]}', 5],
    ['of a boolean', '/1/0/6', '{"e":[{"bv":true}]}', true],
    ['of an object link', '/9/0/17/0', '{"e":[{"ov":"14:0"}]}', { objectId: 14, instanceId: 0 }],
    ['of bytes', '/5/0/0', '{"e":[{"sv":"AQI="}]}', Uint8Array.of(1, 2)],
    ['of a long integer', '/3/0/10', '{"e":[{"v":9007199254740993}]}', 9007199254740993n],
  ] as const) {
    it(`reads an entry ${what}`, () => {
      assert.deepEqual([...decode(path, text).values()], [value]);
    });
  }

  it('writes bytes, booleans, links and one resource', () => {
    assert.equal(encode('/5/0/0', ['/5/0/0', Uint8Array.of(1, 2)]), '{"bn":"/5/0/0","e":[{"sv":"AQI="}]}');
    assert.equal(encode('/1/0', ['/1/0/6', true]), '{"bn":"/1/0/","e":[{"n":"6","bv":true}]}');
    assert.equal(
      encode('/9/0/17', ['/9/0/17/0', { objectId: 14, instanceId: 0 }]),
      '{"bn":"/9/0/17","e":[{"n":"/0","ov":"14:0"}]}',
    );
    assert.equal(encode('/5'), '{"bn":"/5/","e":[]}');
  });

  for (const [what, text] of [
    ['no object', '[]'],
    ['no entries', '{"bn":"/3/0/"}'],
    ['an entry that is none', '{"e":[5]}'],
    ['an entry without a value', '{"e":[{"n":"9"}]}'],
    ['two values in an entry', '{"e":[{"n":"9","v":1,"sv":"1"}]}'],
    ['a name outside of the request', '{"bn":"/5/0/","e":[{"n":"3","v":1}]}'],
    ['bytes that are not base64', '{"bn":"/5/0/","e":[{"n":"0","sv":"%"}]}'],
    ['no JSON', '{'],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => decode('/3/0', text), { code: 'lwm2m.malformed' });
    });
  }
});
