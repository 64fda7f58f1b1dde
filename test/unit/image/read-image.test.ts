import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SlipwayError } from '../../../src/base/errors';
import { encodeAppInfo } from '../../../src/image/app-info';
import { detectImageKind } from '../../../src/image/image-kind';
import { readImage, readImageFile } from '../../../src/image/read-image';
import { elfFile, hexFile } from './files';

/** A Cortex-M vector table: stack pointer, reset handler. */
const vectors = Buffer.from('0000012085010008', 'hex');
const pad = (bytes: Buffer, size = 256): Buffer => Buffer.concat([bytes, Buffer.alloc(size - bytes.length)]);

function pe(): Buffer {
  const bytes = pad(Buffer.from('MZ'));
  bytes.writeUInt32LE(0x80, 0x3c);
  bytes.write('PE\0\0', 0x80, 'latin1');
  return bytes;
}

describe('reading an image', () => {
  it('takes a flat binary with its hash and what it says of itself', () => {
    const bytes = Buffer.concat([vectors, encodeAppInfo({ version: '1.0.1', banner: 'hi' })]);
    const image = readImage('app.bin', bytes);
    assert.equal(image.bytes, bytes);
    assert.deepEqual(image.appInfo, { version: '1.0.1', banner: 'hi' });
    assert.equal(
      readImage('abc', Buffer.from('abc')).sha256,
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    assert.equal('appInfo' in readImage('app.bin', vectors), false);
  });

  it('refuses an empty file', () => {
    assert.throws(() => readImage('app.bin', new Uint8Array()), {
      code: 'image.empty',
      details: { file: 'app.bin' },
    });
  });

  it('refuses a file beyond the limit, and names both', () => {
    assert.equal(readImage('app.bin', vectors, 8).bytes.length, 8);
    assert.throws(() => readImage('app.bin', vectors, 7), {
      code: 'image.too-large',
      details: { file: 'app.bin', bytes: 8, limit: 7 },
    });
  });

  const kinds: [string, Buffer][] = [
    ['PE', pe()],
    ['Mach-O', pad(Buffer.from('cffaedfe', 'hex'))],
    ['Mach-O', pad(Buffer.from('feedface', 'hex'))],
    ['S-record', Buffer.from('S00600004844521B\nS9030000FC\n')],
    ['UF2', pad(Buffer.from('5546320a57515d9e', 'hex'))],
    ['ZIP archive', pad(Buffer.from('504b0304', 'hex'))],
    ['SUIT envelope', Buffer.from('d86ba202410003', 'hex')],
  ];
  for (const [kind, bytes] of kinds) {
    it(`refuses ${kind} (${bytes.toString('hex', 0, 4)}) by name`, () => {
      assert.throws(() => readImage('x', bytes), { code: 'image.wrong-kind', details: { file: 'x', kind } });
    });
  }

  it('takes a signed MCUboot image as what it is, also out of a HEX file', () => {
    const signed = pad(Buffer.from('3db8f39600000000', 'hex'));
    assert.equal(readImage('signed.bin', signed).source, 'MCUboot image');
    const image = readImage('signed.hex', hexFile([{ address: 0xc000, bytes: signed }]));
    assert.deepEqual([image.source, image.address], ['MCUboot image', 0xc000]);
    assert.deepEqual(Buffer.from(image.bytes), signed);
  });

  it('reads ELF and Intel HEX by content, whatever the name', () => {
    const bytes = Buffer.concat([vectors, encodeAppInfo({ version: '1.0.1', banner: 'hi' })]);
    for (const [source, file] of [
      ['ELF', elfFile({ segments: [{ address: 0x0800_0000, bytes }] })],
      ['Intel HEX', hexFile([{ address: 0x0800_0000, bytes }])],
    ] as const) {
      const image = readImage('app.bin', file);
      assert.equal(image.source, source);
      assert.equal(image.address, 0x0800_0000);
      assert.deepEqual(Buffer.from(image.bytes), bytes);
      assert.equal(image.sha256, readImage('app.bin', bytes).sha256);
      assert.equal(image.appInfo?.version, '1.0.1');
    }
  });

  it('says what is damaged, scattered or has nothing for a flash', () => {
    const far = [
      { address: 0, bytes: vectors },
      { address: 0x9000_0000, bytes: vectors },
    ];
    for (const file of [hexFile(far), elfFile({ segments: far })]) {
      assert.throws(() => readImage('far', file), {
        code: 'image.scattered',
        details: { file: 'far', from: 0, to: 0x9000_0008, limit: 64 * 1024 * 1024 },
      });
    }
    assert.throws(() => readImage('x', Buffer.from(':00000001FF')), {
      code: 'image.no-data',
      details: { file: 'x', kind: 'Intel HEX' },
    });
    assert.throws(() => readImage('x.o', elfFile({ segments: [] })), { code: 'image.no-data' });
    assert.throws(() => readImage('x', Buffer.from(':020000040800F2\r\n')), {
      code: 'image.damaged',
      details: { file: 'x', kind: 'Intel HEX', reason: 'the End of File record is missing' },
    });
    assert.throws(() => readImage('x', Buffer.from('7f454c4601010100', 'hex')), { code: 'image.damaged' });
  });

  it('takes what only begins like something else', () => {
    const flat = [
      vectors,
      pad(Buffer.from('MZ')),
      Buffer.from('MZ'),
      pad(Buffer.from('5546320a00000000', 'hex')),
      Buffer.from(':not hex at all'),
      Buffer.from('S1 is a text'),
      Buffer.from('d86b80', 'hex'),
      Buffer.from('7f454c', 'hex'),
      Buffer.alloc(64, 0xff),
    ];
    for (const bytes of flat) assert.equal(detectImageKind(bytes), undefined, bytes.toString('hex'));
  });

  it('survives a PE header offset that points nowhere', () => {
    const bytes = pe();
    bytes.writeUInt32LE(0xffffffff, 0x3c);
    assert.equal(detectImageKind(bytes), undefined);
  });

  it('looks into views where they are', () => {
    const bytes = Buffer.concat([Buffer.from([1, 2, 3]), Buffer.from('7f454c46', 'hex')]);
    assert.equal(detectImageKind(bytes.subarray(3)), 'ELF');
    assert.equal(detectImageKind(bytes), undefined);
  });

  describe('from a file', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'slipway-image-'));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    it('gives its content', async () => {
      const file = join(folder, 'app.bin');
      await writeFile(file, vectors);
      assert.deepEqual((await readImageFile(file)).bytes, Uint8Array.from(vectors));
    });

    it('refuses what is too large, empty, no file, or not there', async () => {
      const file = join(folder, 'app.bin');
      await writeFile(file, vectors);
      await assert.rejects(readImageFile(file, 7), { code: 'image.too-large' });
      await writeFile(file, '');
      await assert.rejects(readImageFile(file), { code: 'image.empty' });
      await assert.rejects(readImageFile(folder), { code: 'image.unreadable' });
      await assert.rejects(readImageFile(join(folder, 'none.bin')), (error) =>
        SlipwayError.is(error, 'image.unreadable'),
      );
    });
  });
});
