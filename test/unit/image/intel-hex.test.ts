import { strict as assert } from 'node:assert';
import { parseIntelHex } from '../../../src/image/intel-hex';
import { hexFile, record } from './files';

const end = ':00000001FF';

describe('Intel HEX', () => {
  it('is read as the specification’s records', () => {
    const text = [
      ':10010000214601360121470136007EFE09D2190140',
      ':100110002146017E17C20001FF5F16002148011928',
      end,
    ];
    const [segment, ...others] = parseIntelHex(text.join('\n'));
    assert.equal(others.length, 0);
    assert.equal(segment!.address, 0x100);
    assert.equal(
      Buffer.from(segment!.bytes).toString('hex'),
      '214601360121470136007efe09d219012146017e17c20001ff5f160021480119',
    );
  });

  it('knows linear and segmented addresses, also in the upper half', () => {
    const data = Uint8Array.of(1, 2, 3);
    const linear = [record(0, 4, Uint8Array.of(0x90, 0)), record(0x10, 0, data), end].join('\r\n');
    assert.equal(parseIntelHex(linear)[0]!.address, 0x9000_0010);
    const segmented = [record(0, 2, Uint8Array.of(0x12, 0x34)), record(0x10, 0, data), end].join('\r');
    assert.equal(parseIntelHex(segmented)[0]!.address, 0x12350);
  });

  it('joins adjacent records over the 64 KiB boundary, keeps others apart, and passes start addresses over', () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, index) => index);
    const text = hexFile([
      { address: 0xfff0, bytes },
      { address: 0x2_0000, bytes },
    ]).toString();
    assert.deepEqual(parseIntelHex(`${record(0, 5, Uint8Array.of(8, 0, 1, 0x85))}\n${text}`), [
      { address: 0xfff0, bytes },
      { address: 0x2_0000, bytes },
    ]);
  });

  for (const [what, text, reason] of [
    ['a wrong checksum', `:0100000001FF\n${end}`, 'line 1: the checksum does not match'],
    ['a wrong length', `\n:0200000001FD\n${end}`, 'line 2: 2 data bytes are announced, 1 are there'],
    ['what is no record', `:01zz\n${end}`, 'line 1: no record of Intel HEX'],
    ['an unknown record', `${record(0, 6, new Uint8Array())}\n${end}`, 'line 1: unknown record type 6'],
    ['no end', record(0, 0, Uint8Array.of(1)), 'the End of File record is missing'],
    ['more after the end', `${end}\n${end}`, 'line 2: there is more after the End of File record'],
    [
      'a short address',
      `${record(0, 4, Uint8Array.of(1))}\n${end}`,
      'line 1: an extended address has two bytes',
    ],
    ['a short start', `${record(0, 5, Uint8Array.of(1))}\n${end}`, 'line 1: a start address has four bytes'],
    [
      'data past the end of a segment',
      `${record(0, 2, Uint8Array.of(0, 0))}\n${record(0xffff, 0, Uint8Array.of(1, 2))}\n${end}`,
      'line 2: its data goes past the end of the address space',
    ],
    [
      'data past the end of memory',
      `${record(0, 4, Uint8Array.of(0xff, 0xff))}\n${record(0xffff, 0, Uint8Array.of(1, 2))}\n${end}`,
      'line 2: its data goes past the end of the address space',
    ],
  ] as const) {
    it(`is refused with ${what}`, () => {
      assert.throws(() => parseIntelHex(text), { name: 'RangeError', message: reason });
    });
  }
});
