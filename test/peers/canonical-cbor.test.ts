import assert from 'node:assert/strict';
import { seededRandom } from '../../src/base/random';
import { toHex } from '../../src/base/hex';
import { CborTag, type CborValue, encodeCanonical } from '../../src/manifest/canonical-cbor';
import { comparesWith } from './support/compares-with';
import { needs } from './support/needs';
import { python, pythonVersion } from './support/python';

/**
 * Decodes each argument (hexadecimal), encodes it again, and prints that. Keys go in the bytewise order of RFC 8949
 * §4.2.1; cbor2's own `canonical` keeps to RFC 7049 §3.9, where shorter keys come first.
 */
const program = `
import sys, cbor2
def ordered(item):
    if isinstance(item, dict):
        return {key: ordered(item[key]) for key in sorted(item, key=cbor2.dumps)}
    if isinstance(item, list):
        return [ordered(element) for element in item]
    if isinstance(item, cbor2.CBORTag):
        return cbor2.CBORTag(item.tag, ordered(item.value))
    return item
for text in sys.argv[1:]:
    print(cbor2.dumps(ordered(cbor2.loads(bytes.fromhex(text)))).hex())
`;

describe('canonical CBOR and cbor2', function () {
  needs('python');
  comparesWith('cbor2', () => pythonVersion('cbor2'));
  this.timeout(60_000);

  it('agree on every integer boundary and on random items (seeded)', async () => {
    const seed = 8949;
    const random = seededRandom(seed);
    const boundaries = [0, 23, 24, 255, 256, 65535, 65536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 2];
    const items: CborValue[] = [...boundaries, ...boundaries.map((n) => -1 - n)];
    for (let round = 0; round < 300; round++) items.push(randomItem(random, 0));
    const ours = items.map((item) => toHex(encodeCanonical(item)));
    const theirs = (await python(program, ...ours)).trim().split(/\s+/);
    assert.equal(theirs.length, ours.length);
    ours.forEach((text, index) => assert.ok(text === theirs[index], `seed ${seed} item ${index}: ${text}`));
  });
});

/** Map keys are integers, texts or byte strings, as in manifests. */
function randomItem(random: () => number, depth: number): CborValue {
  const below = (limit: number): number => Math.floor(random() * limit);
  const bytes = (): Uint8Array => Uint8Array.from({ length: below(30) }, () => below(256));
  const text = (): string =>
    String.fromCodePoint(...Array.from({ length: below(30) }, () => 32 + below(0x500)));
  const integer = (): number => Math.floor((random() - 0.5) * 2 ** below(53));
  switch (below(depth < 3 ? 8 : 5)) {
    case 0:
      return bytes();
    case 1:
      return text();
    case 2:
      return random() < 0.5;
    case 3:
      return null;
    case 4:
      return integer();
    case 5:
      return Array.from({ length: below(8) }, () => randomItem(random, depth + 1));
    case 6:
      return new CborTag(107, randomItem(random, depth + 1));
    default: {
      // By a text of their own: equal byte strings are different keys to Map.
      const keys = new Map<string, CborValue>();
      for (let count = below(30) >> depth; count > 0; count--) {
        const key = random() < 0.6 ? integer() : random() < 0.5 ? text() : bytes();
        keys.set(toHex(encodeCanonical(key)), key);
      }
      return new Map([...keys.values()].map((key) => [key, randomItem(random, depth + 1)]));
    }
  }
}
