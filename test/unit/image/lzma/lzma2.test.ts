import { strict as assert } from 'node:assert';
import { filterArmThumb, unfilterArmThumb } from '../../../../src/image/lzma/arm-thumb';
import { decodeLzma2, encodeLzma2 } from '../../../../src/image/lzma/lzma2';

const properties = { lc: 3, lp: 1, pb: 2 };
const dictionary = 0x2_0000;

/** Numerical Recipes' generator: a fixed seed, the same bytes everywhere. */
function random(size: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

/** Bytes that repeat near and far, with noise between: all packets there are. */
function mixed(size: number, seed: number): Uint8Array {
  const noise = random(size, seed);
  const bytes = new Uint8Array(size);
  let at = 0;
  while (at < size) {
    const [kind, low, high] = [noise[at]! % 4, noise[(at + 1) % size]!, noise[(at + 2) % size]!];
    const length = Math.min(size - at, 1 + (low % 90));
    const distance = 1 + (kind === 1 ? low % 8 : high * 256 + low);
    for (let end = at + length; at < end; at++) {
      bytes[at] = kind === 0 || distance > at ? noise[at]! : bytes[at - distance]!;
    }
  }
  return bytes;
}

const roundTrip = (data: Uint8Array): Uint8Array => {
  const packed = encodeLzma2(data, properties, dictionary);
  assert.equal(Buffer.compare(decodeLzma2(packed, data.length), data), 0, 'what comes out is what went in');
  return packed;
};

describe('LZMA2', function () {
  this.timeout(30_000);

  it('decodes what liblzma 5.4 made', () => {
    // lzma.compress(b'slipway ' * 8 + bytes(range(16)), FORMAT_RAW, LZMA2 with lc 3, lp 1, pb 2, 128 KiB)
    const packed = Buffer.from(
      'e0004f00206600399b09273434f7713c2b1fd09a0cd04c5fc60c0fca1e5a5e9a8c4120c699ae0000',
      'hex',
    );
    const expected = Buffer.concat([
      Buffer.from('slipway '.repeat(8)),
      Buffer.from(Array.from({ length: 16 }, (_, index) => index)),
    ]);
    assert.deepEqual(Buffer.from(decodeLzma2(packed, 100)), expected);
  });

  for (const size of [0, 1, 2, 3, 4, 15, 273, 274, 1000, 70_000]) {
    it(`gives ${size} bytes back, of every kind`, () => {
      for (const data of [new Uint8Array(size), random(size, 1), mixed(size, 2)]) roundTrip(data);
    });
  }

  it('gives noise that follows code and code that follows noise back, in chunks of their own', () => {
    const noise = random(150_000, 3);
    const code = mixed(60_000, 4);
    const packed = roundTrip(Buffer.concat([noise, code, noise.subarray(0, 90_000), code]));
    assert.ok(packed.length < 150_000 + 90_000 + 2 * 60_000);
  });

  it('makes zeros and repetitions tiny, and reaches back no farther than its dictionary', () => {
    assert.ok(roundTrip(new Uint8Array(400_000)).length < 200);
    const noise = random(1000, 5);
    const near = Buffer.concat([noise, new Uint8Array(dictionary - 2000), noise]);
    const far = Buffer.concat([noise, new Uint8Array(dictionary + 1000), noise]);
    assert.ok(roundTrip(near).length < 1300);
    assert.ok(roundTrip(far).length > 2000);
  });

  it('is refused when it was changed, cut off, or comes out larger than said; never loops, never grows', () => {
    const data = mixed(1000, 6);
    const packed = encodeLzma2(data, properties, dictionary);
    assert.throws(() => decodeLzma2(packed, data.length - 1), RangeError);
    assert.throws(() => decodeLzma2(Buffer.concat([packed, Buffer.alloc(1)]), data.length), RangeError);
    for (let length = 0; length < packed.length; length += 7) {
      assert.throws(() => decodeLzma2(packed.subarray(0, length), data.length), RangeError);
    }
    for (let at = 0; at < packed.length; at++) {
      const changed = packed.slice();
      changed[at]! ^= 1 << (at % 8);
      try {
        assert.notDeepEqual(decodeLzma2(changed, data.length), data, `byte ${at}`);
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error));
      }
    }
  });
});

describe('the filter for Arm Thumb code', () => {
  it('makes the targets of BL absolute, and back', () => {
    // BL +0 at 0 and at 4: to 4 and 8. In halfwords 2 and 4.
    const code = Buffer.from('00f000f800f000f8aabb', 'hex');
    assert.equal(Buffer.from(filterArmThumb(code)).toString('hex'), '00f002f800f004f8aabb');
    for (const bytes of [
      code,
      random(5000, 7),
      new Uint8Array(),
      new Uint8Array(3).fill(0xff),
      new Uint8Array(64).fill(0xff),
    ]) {
      assert.deepEqual(Buffer.from(unfilterArmThumb(filterArmThumb(bytes))), Buffer.from(bytes));
    }
  });
});
