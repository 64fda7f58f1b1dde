import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../../../src/base/hex';
import { seededRandom } from '../../../../src/base/random';
import { CrleDecoder, crleEncode } from '../../../../src/image/delta/crle';
import {
  HeatshrinkDecoder,
  heatshrinkDefaults,
  heatshrinkEncode,
  readHeatshrinkHeader,
} from '../../../../src/image/delta/heatshrink';

interface Decoder {
  push(byte: number, emit: (byte: number) => void): void;
  readonly atEnd: boolean;
}

function decode(decoder: Decoder, input: Uint8Array): Buffer {
  const output: number[] = [];
  for (const byte of input) decoder.push(byte, (value) => output.push(value));
  assert.equal(decoder.atEnd, true);
  return Buffer.from(output);
}

describe('compressions of patches', () => {
  it('heatshrink: a literal, then a match of itself', () => {
    // 1 01100001 | 0 00000000 0001000: "a", then one back, nine bytes.
    const encoded = heatshrinkEncode(Buffer.from('aaaaaaaaaa'));
    assert.equal(toHex(encoded), 'b0800400');
    assert.equal(decode(new HeatshrinkDecoder(heatshrinkDefaults), encoded).toString(), 'aaaaaaaaaa');
  });

  it('heatshrink: the window begins as zeros', () => {
    // 0 00000000 0000011, four bytes from before the beginning.
    assert.deepEqual([...decode(new HeatshrinkDecoder(heatshrinkDefaults), fromHex('0003'))], [0, 0, 0, 0]);
  });

  it('heatshrink has only settings of its own', () => {
    assert.deepEqual(readHeatshrinkHeader(0x44), heatshrinkDefaults);
    assert.equal(readHeatshrinkHeader(0xf0), undefined);
    assert.equal(readHeatshrinkHeader(0x05), undefined);
  });

  it('CRLE: scattered bytes, and runs of six or more', () => {
    const encoded = crleEncode(fromHex('0102 0000000000 07 ffffffffffff'));
    assert.equal(toHex(encoded), '0008' + '0102000000000007' + '0106ff');
    assert.equal(toHex(crleEncode(new Uint8Array())), '0000');
    assert.equal(toHex(crleEncode(new Uint8Array(300))), '01ac0200');
    assert.throws(() => decode(new CrleDecoder(), fromHex('0201')), RangeError);
    assert.throws(() => decode(new CrleDecoder(), fromHex('01ffffffffff01')), RangeError);
  });

  it('give back what went in (seeded)', () => {
    const seed = 87;
    const random = seededRandom(seed);
    for (let round = 0; round < 300; round++) {
      const input = Buffer.alloc(Math.floor(random() * 1200));
      for (let at = 0; at < input.length; at++) {
        const byte = Math.floor(random() * 256);
        if (random() < 0.2) at += Math.floor(random() * 300);
        if (at < input.length) input[at] = round % 2 === 0 ? byte & 3 : byte;
      }
      const where = `seed ${seed} round ${round}`;
      assert.ok(
        decode(new HeatshrinkDecoder(heatshrinkDefaults), heatshrinkEncode(input)).equals(input),
        where,
      );
      assert.ok(decode(new CrleDecoder(), crleEncode(input)).equals(input), where);
    }
  });
});
