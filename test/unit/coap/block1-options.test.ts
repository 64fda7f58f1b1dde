import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../../src/base/hex';
import {
  blockSize,
  decodeBlock,
  decodeUint,
  encodeBlock,
  encodeUint,
  isFullBlock,
  pathOptions,
  queryOptions,
} from '../../../src/coap/options';

describe('CoAP option values', () => {
  const uints: [number, string][] = [
    [0, ''],
    [1, '01'],
    [60, '3c'],
    [255, 'ff'],
    [256, '0100'],
    [11542, '2d16'],
    [65536, '010000'],
    [0xffffffff, 'ffffffff'],
  ];

  for (const [value, hex] of uints) {
    it(`uint ${value} is "${hex}"`, () => {
      assert.equal(toHex(encodeUint(value)), hex);
      assert.equal(decodeUint(fromHex(hex)), value);
    });
  }

  it('takes leading zeroes and no more than 32 bits', () => {
    assert.equal(decodeUint(fromHex('00003c')), 60);
    assert.equal(decodeUint(fromHex('000000000007')), 7);
    assert.equal(decodeUint(fromHex('0100000000')), undefined);
    for (const value of [-1, 1.5, 2 ** 32, NaN]) assert.throws(() => encodeUint(value), RangeError);
  });

  // RFC 7959 §3: 1:0/1/128 in Block1 is 0b1011, 1:2/0/128 is 0b10_0011.
  const blocks: [number, boolean, number, string][] = [
    [0, false, 0, ''],
    [0, true, 3, '0b'],
    [1, true, 3, '1b'],
    [2, false, 3, '23'],
    [15, false, 6, 'f6'],
    [16, true, 6, '010e'],
    [4095, true, 6, 'fffe'],
    [4096, false, 6, '010006'],
    [0xfffff, true, 6, 'fffffe'],
  ];

  for (const [num, more, szx, hex] of blocks) {
    it(`block ${num}/${Number(more)}/${blockSize(szx)} is "${hex}"`, () => {
      assert.equal(toHex(encodeBlock({ num, more, szx })), hex);
      assert.deepEqual(decodeBlock(fromHex(hex)), { num, more, szx });
    });
  }

  it('refuses the reserved size, long values and fields out of range', () => {
    assert.equal(decodeBlock(fromHex('07')), undefined);
    assert.equal(decodeBlock(fromHex('00000006')), undefined);
    assert.throws(() => encodeBlock({ num: 0x100000, more: false, szx: 6 }), RangeError);
    assert.throws(() => encodeBlock({ num: 0, more: false, szx: 8 }), RangeError);
  });

  it('takes the reserved size for BERT where that is asked for', () => {
    const block = { num: 4, more: true, szx: 7 };
    assert.deepEqual(decodeBlock(encodeBlock(block), 7), block);
    assert.equal(blockSize(7), 1024);
    assert.deepEqual(
      [0, 1024, 4096, 1000].map((bytes) => isFullBlock(7, bytes)),
      [false, true, true, false],
    );
    assert.deepEqual(
      [1024, 2048].map((bytes) => isFullBlock(6, bytes)),
      [true, false],
    );
  });

  it('cuts paths and queries into options', () => {
    const text = (options: readonly { value: Uint8Array }[]): string[] =>
      options.map(({ value }) => Buffer.from(value).toString());
    assert.deepEqual(text(pathOptions('/5/0/0')), ['5', '0', '0']);
    assert.deepEqual(pathOptions('/'), []);
    assert.deepEqual(text(pathOptions('/rd/ä b')), ['rd', 'ä b']);
    assert.deepEqual(text(queryOptions(['lt=60', 'Q'])), ['lt=60', 'Q']);
    assert.equal(queryOptions(['a'])[0]?.name, 'Uri-Query');
    assert.deepEqual(queryOptions(undefined), []);
  });
});
