import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../../../src/base/hex';
import { tlvCodec } from '../../../../src/lwm2m/formats/tlv';
import type { ResourceModel } from '../../../../src/lwm2m/objects/definition';
import { resourceDefinition } from '../../../../src/lwm2m/objects/objects';
import type { ResourceValue } from '../../../../src/lwm2m/values';
import { exampleDevice } from './examples';

/** LwM2M Core §7.4.3.1: the answer to Read /3/0. */
const DEVICE = `
  C8 00 14 4F 70 65 6E 20 4D 6F 62 69 6C 65 20 41 6C 6C 69 61 6E 63 65
  C8 01 16 4C 69 67 68 74 77 65 69 67 68 74 20 4D 32 4D 20 43 6C 69 65 6E 74
  C8 02 09 33 34 35 30 30 30 31 32 33
  C3 03 31 2E 30
  86 06 41 00 01 41 01 05
  88 07 08 42 00 0E D8 42 01 13 88
  87 08 41 00 7D 42 01 03 84
  C1 09 64
  C1 0A 0F
  83 0B 41 00 00
  C4 0D 51 82 42 8F
  C6 0E 2B 30 32 3A 30 30
  C1 10 55`;

/** LwM2M Core §7.4.3.2, example B: Read /2; its second ACL has a resource instance with a two-byte ID. */
const ACCESS_CONTROL = `
  08 00 0E C1 00 01 C1 01 00 83 02 41 7F 07 C1 03 7F
  08 02 12 C1 00 03 C1 01 00 87 02 41 7F 07 61 01 36 01 C1 03 7F`;

/** After LwM2M Core §7.4.3.3: Read /65, with object links. */
const LINKS_65 =
  '08 00 25 88 00 0C 44 00 00 42 00 00 44 01 00 42 00 01 C8 01 0D 38 36 31 33 38 30 30 37 35 35 35 30 30 C4 02 12 34 56 78';

const linkModel: ResourceModel = (objectId, resourceId) =>
  objectId === 65
    ? (
        {
          0: { type: 'objlnk', multiple: true },
          1: { type: 'string', multiple: false },
          2: { type: 'integer', multiple: false },
        } as const
      )[resourceId]
    : undefined;

describe('TLV', () => {
  const decode = (path: string, hex: string, model: ResourceModel = resourceDefinition) =>
    tlvCodec.decode(path, fromHex(hex), model);

  it('reads the example of an instance', () => {
    assert.deepEqual(decode('/3/0', DEVICE), exampleDevice);
  });

  it('reads the example of a single-instance object, wrapped in its instance or not', () => {
    assert.deepEqual(decode('/3', `08 00 79 ${DEVICE}`), exampleDevice);
    assert.deepEqual(decode('/3', DEVICE), exampleDevice);
    assert.deepEqual(decode('/3/0', `08 00 79 ${DEVICE}`), exampleDevice);
  });

  it('reads the example of an object with two instances', () => {
    assert.deepEqual(
      decode('/2', ACCESS_CONTROL),
      new Map([
        ['/2/0/0', 1],
        ['/2/0/1', 0],
        ['/2/0/2/127', 7],
        ['/2/0/3', 127],
        ['/2/2/0', 3],
        ['/2/2/1', 0],
        ['/2/2/2/127', 7],
        ['/2/2/2/310', 1],
        ['/2/2/3', 127],
      ]),
    );
  });

  it('reads and writes the example with object links', () => {
    const values = new Map<string, ResourceValue>([
      ['/65/0/0/0', { objectId: 66, instanceId: 0 }],
      ['/65/0/0/1', { objectId: 66, instanceId: 1 }],
      ['/65/0/1', '8613800755500'],
      ['/65/0/2', 0x12345678],
    ]);
    assert.deepEqual(decode('/65', LINKS_65, linkModel), values);
    assert.equal(toHex(tlvCodec.encode('/65', values, linkModel)), toHex(fromHex(LINKS_65)));
  });

  it('writes the examples byte for byte', () => {
    assert.equal(toHex(tlvCodec.encode('/3/0', exampleDevice, resourceDefinition)), toHex(fromHex(DEVICE)));
    assert.equal(
      toHex(tlvCodec.encode('/3', exampleDevice, resourceDefinition)),
      toHex(fromHex(`08 00 79 ${DEVICE}`)),
    );
    assert.equal(
      toHex(tlvCodec.encode('/2', decode('/2', ACCESS_CONTROL), resourceDefinition)),
      toHex(fromHex(ACCESS_CONTROL)),
    );
  });

  it('reads one resource, single or multiple', () => {
    assert.deepEqual(decode('/5/0/3', 'C1 03 02'), new Map([['/5/0/3', 2]]));
    assert.deepEqual(
      decode('/3/0/6', '86 06 41 00 01 41 01 05'),
      new Map([
        ['/3/0/6/0', 1],
        ['/3/0/6/1', 5],
      ]),
    );
    assert.deepEqual(decode('/3/0/6/1', '83 06 41 01 05'), new Map([['/3/0/6/1', 5]]));
    assert.deepEqual(decode('/3/0/6', '41 01 05'), new Map([['/3/0/6/1', 5]]));
  });

  it('keeps 64 bits, by sign', () => {
    assert.deepEqual(
      decode('/3/0/10', 'C8 0A 08 80 00 00 00 00 00 00 00'),
      new Map([['/3/0/10', -(2n ** 63n)]]),
    );
    assert.deepEqual(
      decode('/1/0/1', 'C8 01 08 FF FF FF FF FF FF FF FF'),
      new Map([['/1/0/1', 2n ** 64n - 1n]]),
    );
    assert.deepEqual(decode('/3/0/10', 'C1 0A FF'), new Map([['/3/0/10', -1]]));
    assert.deepEqual(decode('/1/0/1', 'C1 01 FF'), new Map([['/1/0/1', 255]]));
  });

  it('writes integers in the least of 1, 2, 4 and 8 bytes', () => {
    const write = (path: string, value: number | bigint): string =>
      toHex(tlvCodec.encode(path, new Map([[path, value]]), resourceDefinition));
    assert.equal(write('/3/0/10', 127), 'c10a7f');
    assert.equal(write('/3/0/10', 128), 'c20a0080');
    assert.equal(write('/3/0/10', -128), 'c10a80');
    assert.equal(write('/3/0/10', 65536), 'c40a00010000');
    assert.equal(write('/3/0/10', 2 ** 40), 'c80a080000010000000000');
    assert.equal(write('/1/0/1', 255), 'c101ff');
    assert.equal(write('/1/0/1', 2n ** 64n - 1n), 'c80108ffffffffffffffff');
  });

  it('writes floats in four bytes where that is exact, else in eight', () => {
    const write = (value: number): string =>
      toHex(tlvCodec.encode('/6/0/0', new Map([['/6/0/0', value]]), resourceDefinition));
    assert.equal(write(1.5), 'c4003fc00000');
    assert.equal(write(52.1), 'c80008404a0ccccccccccd');
  });

  it('leaves what the model does not know as bytes', () => {
    assert.deepEqual(decode('/33999/0', 'C2 0E 61 62'), new Map([['/33999/0/14', fromHex('6162')]]));
  });

  for (const [what, path, hex] of [
    ['a length beyond the end', '/3/0', 'C8 00 14 4F 70'],
    ['a length field cut short', '/3/0', 'D0 00 14'],
    ['a long ID cut short', '/3/0', 'E1 00'],
    ['an integer of three bytes', '/3/0', 'C3 09 00 00 01'],
    ['an empty integer', '/3/0', 'C0 09'],
    ['a boolean of two', '/1/0', 'C1 06 02'],
    ['a string that is not UTF-8', '/3/0', 'C1 00 FF'],
    ['a resource in a multiple resource', '/3/0', '83 06 C1 00 01'],
    ['an instance in an instance', '/3', '08 00 03 01 00 05'],
    ['a bare resource instance of an instance', '/3/0', '41 00 01'],
    ['another resource than asked for', '/5/0/3', 'C1 05 02'],
    ['another instance than asked for', '/2/0', '08 02 03 C1 00 03'],
    ['an object link of two bytes', '/3/0', '84 16 42 00 00 01'],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => decode(path, hex), { code: 'lwm2m.malformed' });
    });
  }

  it('refuses to write what is not of the type, not in the path, or both single and multiple', () => {
    const write = (path: string, values: readonly (readonly [string, ResourceValue])[]) => () =>
      tlvCodec.encode(path, new Map(values), resourceDefinition);
    assert.throws(write('/3/0', [['/3/0/9', 'full']]), { code: 'lwm2m.bad-value' });
    assert.throws(write('/3/0', [['/5/0/1', 'coap://x']]), { code: 'lwm2m.bad-value' });
    assert.throws(
      write('/3/0', [
        ['/3/0/6', 1],
        ['/3/0/6/1', 1],
      ]),
      { code: 'lwm2m.bad-value' },
    );
    assert.throws(write('/1/0/1', [['/1/0/1', -1]]), { code: 'lwm2m.bad-value' });
  });
});
