import { strict as assert } from 'node:assert';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseElf } from '../../../src/image/elf';
import { readImage } from '../../../src/image/read-image';
import { elfFile } from './files';

const text = Buffer.from('000001208501000800112233', 'hex');
const data = Buffer.from('a1a2a3a4', 'hex');
const segments = [
  { address: 0x0800_0010, bytes: data },
  { address: 0x0800_0000, bytes: text },
];

describe('an ELF file', () => {
  for (const bits of [32, 64] as const) {
    for (const isBig of [false, true]) {
      it(`of ${bits} bits, ${isBig ? 'big' : 'little'} endian, is its segments at physical addresses`, () => {
        const image = readImage('app.elf', elfFile({ segments, bits, isBig }));
        assert.equal(image.address, 0x0800_0000);
        assert.deepEqual(Buffer.from(image.bytes), Buffer.concat([text, Buffer.alloc(4, 0xff), data]));
      });
    }
  }

  it('leaves out what a segment covers beside its sections, and sections without bytes', () => {
    for (const bits of [32, 64] as const) {
      const file = elfFile({
        segments: [{ address: 0x0800_0000, bytes: text }],
        bits,
        sections: [
          { offset: 4, size: 4 },
          { offset: 8, size: 4, type: 8 },
        ],
      });
      assert.deepEqual(parseElf(file), [{ address: 0x0800_0004, bytes: text.subarray(4, 8) }]);
    }
  });

  it('is refused wherever it was cut off, and with overlapping segments', () => {
    const file = elfFile({ segments, sections: [{ offset: 0, size: 4 }] });
    for (let length = 4; length < file.length; length++) {
      assert.throws(
        () => readImage('x', file.subarray(0, length)),
        { code: 'image.damaged' },
        `${length} bytes`,
      );
    }
    const twice = elfFile({ segments: [segments[1]!, { address: 0x0800_0004, bytes: data }] });
    assert.throws(() => readImage('x', twice), { code: 'image.damaged' });
  });

  it('never makes anything else than an image or a RangeError of changed headers', () => {
    const file = elfFile({ segments, bits: 64, sections: [{ offset: 0, size: 4 }] });
    for (let at = 4; at < file.length; at++) {
      for (const value of [0, 1, 0x7f, 0xff]) {
        const changed = Buffer.from(file);
        changed[at] = value;
        try {
          parseElf(changed);
        } catch (error) {
          assert.ok(error instanceof RangeError, String(error));
        }
      }
    }
  });

  it('gives what objcopy gives of a linked firmware', function () {
    if (spawnSync('arm-none-eabi-gcc', ['--version']).error) this.skip();
    this.timeout(20_000);
    const folder = mkdtempSync(join(tmpdir(), 'slipway-elf-'));
    try {
      const path = (name: string): string => join(folder, name);
      writeFileSync(
        path('a.c'),
        'int counter = 7; int zero; const char name[] = "slipway"; void reset(void) { counter += name[zero]; }',
      );
      writeFileSync(
        path('a.ld'),
        'ENTRY(reset) SECTIONS { . = 0x08000000; .text : { *(.text*) *(.rodata*) } . = ALIGN(64);' +
          ' .data 0x20000000 : AT(0x08000400) { *(.data*) } .bss : { *(.bss*) } }',
      );
      execFileSync('arm-none-eabi-gcc', [
        ...['-mcpu=cortex-m3', '-mthumb', '-g', '-nostdlib', '-Wl,--build-id=none', '-T', path('a.ld')],
        ...[path('a.c'), '-o', path('a.elf')],
      ]);
      execFileSync('arm-none-eabi-objcopy', [
        '-O',
        'binary',
        '--gap-fill',
        '0xff',
        path('a.elf'),
        path('a.bin'),
      ]);
      execFileSync('arm-none-eabi-objcopy', ['-O', 'ihex', path('a.elf'), path('a.hex')]);
      const expected = readFileSync(path('a.bin'));
      for (const name of ['a.elf', 'a.hex']) {
        const image = readImage(name, readFileSync(path(name)));
        assert.deepEqual(Buffer.from(image.bytes), expected);
        assert.equal(image.address, 0x0800_0000);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
