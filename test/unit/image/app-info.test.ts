import { strict as assert } from 'node:assert';
import { appInfoMagic, appInfoSize, encodeAppInfo, readAppInfo } from '../../../src/image/app-info';

const info = { version: '1.2.3+4', banner: 'Hello from the sample' };

function at(offset: number, total: number, descriptor = encodeAppInfo(info)): Uint8Array {
  const image = new Uint8Array(total).fill(0xff);
  image.set(descriptor.subarray(0, total - offset), offset);
  return image;
}

describe('application descriptor', () => {
  it('has the agreed layout', () => {
    const bytes = Buffer.from(encodeAppInfo(info));
    assert.equal(bytes.length, 144);
    assert.equal(bytes.toString('latin1', 0, 16), 'SLIPWAY-APPINFO\0');
    assert.equal(bytes.toString('latin1', 16, 48), '1.2.3+4'.padEnd(32, '\0'));
    assert.equal(bytes.toString('latin1', 48, 144), 'Hello from the sample'.padEnd(96, '\0'));
  });

  it('is found anywhere: at the start, unaligned, at the very end', () => {
    for (const offset of [0, 1, 777, 1000 - appInfoSize]) {
      assert.deepEqual(readAppInfo(at(offset, 1000)), info, `offset ${offset}`);
    }
  });

  it('is found in a view into a larger buffer', () => {
    const image = at(10, 500);
    assert.deepEqual(readAppInfo(image.subarray(10, 10 + appInfoSize)), info);
    assert.equal(readAppInfo(image.subarray(11)), undefined);
  });

  it('is not found when cut short by a single byte', () => {
    assert.equal(readAppInfo(at(1001 - appInfoSize, 1000)), undefined);
  });

  it('is not found where there is none', () => {
    assert.equal(readAppInfo(new Uint8Array()), undefined);
    assert.equal(readAppInfo(new Uint8Array(1000)), undefined);
  });

  it('skips a bare magic, as code that looks for descriptors contains one', () => {
    const image = at(300, 1000);
    image.set(Buffer.from(appInfoMagic, 'latin1'), 20);
    assert.deepEqual(readAppInfo(image), info);
  });

  it('fills its fields to the last byte, in UTF-8', () => {
    const full = { version: 'v'.repeat(32), banner: 'ü'.repeat(48) };
    assert.deepEqual(readAppInfo(encodeAppInfo(full)), full);
  });

  it('refuses an empty version, text after the padding, and what is not UTF-8', () => {
    const cases: [string, number, number][] = [
      ['empty version', 16, 0],
      ['text after padding', 47, 0x41],
      ['not UTF-8', 48, 0xff],
    ];
    for (const [name, offset, value] of cases) {
      const bytes = encodeAppInfo({ version: 'x', banner: 'y' });
      bytes[offset] = value;
      assert.equal(readAppInfo(bytes), undefined, name);
    }
  });

  it('can not be written with texts that do not fit', () => {
    assert.throws(() => encodeAppInfo({ version: '', banner: '' }), RangeError);
    assert.throws(() => encodeAppInfo({ version: 'v'.repeat(33), banner: '' }), RangeError);
    assert.throws(() => encodeAppInfo({ version: '1', banner: 'ü'.repeat(49) }), RangeError);
    assert.throws(() => encodeAppInfo({ version: '1\x002', banner: '' }), RangeError);
  });
});
