import { strict as assert } from 'node:assert';
import { SlipwayError } from '../../../src/base/errors';
import { fromHex, toHex } from '../../../src/base/hex';
import {
  type CborValue,
  CborTag,
  decodeCanonical,
  encodeCanonical,
} from '../../../src/manifest/canonical-cbor';
import { refused, seeded } from './support';

const decode = (hex: string): CborValue => decodeCanonical(fromHex(hex), 'it');

describe('canonical CBOR', () => {
  // RFC 8949 appendix A.
  const golden: [CborValue, string][] = [
    [0, '00'],
    [10, '0a'],
    [23, '17'],
    [24, '1818'],
    [100, '1864'],
    [1000, '1903e8'],
    [1000000, '1a000f4240'],
    [1000000000000, '1b000000e8d4a51000'],
    [-1, '20'],
    [-10, '29'],
    [-100, '3863'],
    [-1000, '3903e7'],
    [false, 'f4'],
    [true, 'f5'],
    [null, 'f6'],
    [new Uint8Array(), '40'],
    [fromHex('01020304'), '4401020304'],
    ['', '60'],
    ['IETF', '6449455446'],
    ['\u00fc', '62c3bc'],
    ['\u6c34', '63e6b0b4'],
    ['\ud800\udd51', '64f0908591'],
    [[], '80'],
    [[1, [2, 3], [4, 5]], '8301820203820405'],
    [new Map(), 'a0'],
    [new CborTag(18, 1), 'd201'],
    [new CborTag(107, [1]), 'd86b8101'],
  ];
  for (const [value, hex] of golden) {
    it(`encodes and decodes ${hex}`, () => {
      assert.equal(toHex(encodeCanonical(value)), hex);
      assert.deepEqual(decode(hex), value);
    });
  }

  it('encodes integers at the edges of every head size', () => {
    const edges: [number, string][] = [
      [255, '18ff'],
      [256, '190100'],
      [65535, '19ffff'],
      [65536, '1a00010000'],
      [2 ** 32 - 1, '1affffffff'],
      [2 ** 32, '1b0000000100000000'],
      [-(2 ** 32), '3affffffff'],
      [-(2 ** 32) - 1, '3b0000000100000000'],
      [Number.MAX_SAFE_INTEGER - 1, '1b001ffffffffffffe'],
    ];
    for (const [value, hex] of edges) {
      assert.equal(toHex(encodeCanonical(value)), hex);
      assert.equal(decode(hex), value);
    }
  });

  it('sorts keys as RFC 8949 §4.2.1 shows, whatever order they were put in', () => {
    const keys: CborValue[] = [10, 100, -1, 'z', 'aa', [100], [-1], false];
    const expected = '0a186420617a6261618118648120f4';
    for (const order of [keys, [...keys].reverse()]) {
      const hex = toHex(encodeCanonical(new Map(order.map((key) => [key, null]))));
      assert.equal(hex.replace(/f6/g, ''), `a8${expected}`);
    }
  });

  it('writes the shortest head for texts of every length around a step', () => {
    for (const length of [23, 24, 255, 256, 65535, 65536]) {
      for (const character of ['a', 'ü']) {
        const text = character.repeat(length / Buffer.byteLength(character));
        const bytes = Buffer.from(text, 'utf8');
        const encoded = encodeCanonical(text);
        const head = bytes.length < 24 ? 1 : bytes.length < 256 ? 2 : bytes.length < 65536 ? 3 : 5;
        assert.equal(encoded.length, head + bytes.length);
        assert.deepEqual(Buffer.from(encoded.subarray(head)), bytes);
        assert.equal(decodeCanonical(encoded, 'it'), text);
      }
    }
  });

  const notCanonical: Record<string, string> = {
    'an integer longer than needed': '1817',
    'a 16-bit integer that fits in 8': '1900ff',
    'a length longer than needed': '580101',
    'a tag longer than needed': 'd81201',
    'map keys out of order': 'a202000100',
    'negative before positive keys': 'a220000100',
    'an indefinite array': '9f01ff',
    'an indefinite map': 'bf0101ff',
    'an indefinite byte string': '5f4101ff',
    'an indefinite text': '7f6161ff',
    'a text that is not UTF-8': '61ff',
    'a surrogate in UTF-8': '63eda080',
  };
  for (const [name, hex] of Object.entries(notCanonical)) {
    it(`refuses ${name}`, () => refused(() => decode(hex), 'suit.not-canonical'));
  }

  const malformed: Record<string, string> = {
    'nothing at all': '',
    'a missing argument': '18',
    'a cut off 64-bit argument': '1b00000000000000',
    'a byte string that ends early': '4201',
    'a text that ends early': '6261',
    'an array that ends early': '8201',
    'a map that ends early': 'a101',
    'a giant byte string': '5b000fffffffffffff00',
    'a giant array': '9b000fffffffffffff00',
    'a giant map': 'bb000fffffffffffff00',
    'a length beyond 2^53': '5bffffffffffffffff',
    'an integer beyond 2^53': '1b0020000000000000',
    'reserved additional information': '1c',
    'a float': 'f93c00',
    'a double': 'fb3ff0000000000000',
    undefined: 'f7',
    'a simple value': 'f0',
    'a two-byte simple value': 'f818',
    'a lone break': 'ff',
    'a date': 'c100',
    'a tag that cbor-x would pass through': 'd8206161',
    "cbor-x's record tag": 'd9dfff8301816161 00',
  };
  for (const [name, hex] of Object.entries(malformed)) {
    const code = hex === 'ff' ? 'suit.not-canonical' : 'suit.malformed';
    it(`refuses ${name}`, () => refused(() => decode(hex), code));
  }

  it('refuses a depth bomb without exhausting the stack', () => {
    const bomb = new Uint8Array(2_000_000).fill(0x81);
    assert.match(refused(() => decodeCanonical(bomb, 'it'), 'suit.malformed').reason, /deeper/);
  });

  it('refuses a key that is there twice, whatever it is', () => {
    for (const hex of ['a201000101', 'a2810100810100', 'a3010002000100', '81a201000101', 'a1a20100010100']) {
      refused(() => decode(hex), 'suit.duplicate-key');
    }
  });

  it('refuses bytes behind the item, and counts them', () => {
    assert.deepEqual(
      refused(() => decode('00ffff'), 'suit.trailing-bytes'),
      { what: 'it', bytes: 2 },
    );
  });

  it('names the item in its reason', () => {
    assert.match(
      refused(() => decodeCanonical(fromHex('82'), 'manifest'), 'suit.malformed').reason,
      /^manifest /,
    );
  });

  it('refuses to encode what has no encoding here', () => {
    assert.throws(() => encodeCanonical(1.5), RangeError);
    assert.throws(() => encodeCanonical(2 ** 53), RangeError);
    const twice = new Map<CborValue, CborValue>([
      [[1], 1],
      [[1], 2],
    ]);
    assert.throws(() => encodeCanonical(twice), RangeError);
  });

  it('leaves the input as it was, views and Buffers included', () => {
    const bytes = Buffer.from('ff820143010203ff', 'hex').subarray(1, 7);
    const before = [...bytes];
    const value = decodeCanonical(bytes, 'it') as CborValue[];
    assert.deepEqual(value, [1, Uint8Array.of(1, 2, 3)]);
    assert.deepEqual([...bytes], before);
    assert.deepEqual(Object.keys(bytes), Object.keys(Buffer.alloc(6)));
  });

  it('decodes what it encodes (seeded)', () => {
    const seed = 20260101;
    const random = seeded(seed);
    for (let round = 0; round < 500; round++) {
      const value = randomValue(random, 4);
      const encoded = encodeCanonical(value);
      assert.deepEqual(
        encodeCanonical(decodeCanonical(encoded, 'it')),
        encoded,
        `seed ${seed} round ${round}`,
      );
    }
  });

  it('answers noise with its own errors only (seeded)', () => {
    const seed = 4711;
    const random = seeded(seed);
    for (let round = 0; round < 5000; round++) {
      const noise = Uint8Array.from({ length: 1 + Math.floor(random() * 24) }, () =>
        Math.floor(random() * 256),
      );
      try {
        const value = decodeCanonical(noise, 'it');
        assert.deepEqual(encodeCanonical(value), noise, `seed ${seed} round ${round}`);
      } catch (error) {
        assert.ok(SlipwayError.is(error), `seed ${seed} round ${round}: ${String(error)}`);
      }
    }
  });
});

function randomValue(random: () => number, depth: number): CborValue {
  const pick = Math.floor(random() * (depth > 0 ? 8 : 5));
  const size = Math.floor(random() * 5);
  switch (pick) {
    case 0:
      return Math.floor((random() - 0.5) * 2 ** Math.floor(random() * 53));
    case 1:
      return random() < 0.5;
    case 2:
      return null;
    case 3:
      return String.fromCodePoint(...Array.from({ length: size }, () => 0x20 + Math.floor(random() * 0x500)));
    case 4:
      return Uint8Array.from({ length: size * 9 }, () => Math.floor(random() * 256));
    case 5:
      return Array.from({ length: size }, () => randomValue(random, depth - 1));
    case 6:
      return new Map(
        Array.from({ length: size }, (_, index) => [index * 7 - 9, randomValue(random, depth - 1)]),
      );
    default:
      return new CborTag(18, randomValue(random, depth - 1));
  }
}
