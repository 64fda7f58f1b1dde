import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type ErrorCode, SlipwayError } from '../../../../src/base/errors';
import { fromHex, toHex } from '../../../../src/base/hex';
import { seededRandom } from '../../../../src/base/random';
import { applyPatch, PatchDecoder } from '../../../../src/image/delta/apply-patch';
import { createPatch } from '../../../../src/image/delta/create-patch';
import { makeDelta } from '../../../../src/image/delta/make-delta';
import { compressionNames } from '../../../../src/image/delta/patch-format';
import { firmwarePair } from './support';

const limit = 1 << 20;
const workerFile = join(__dirname, 'worker.cjs');

function refused(code: ErrorCode, work: () => unknown): void {
  assert.throws(
    work,
    (error) => SlipwayError.is(error, code) || assert.fail(`${String(error)}, not ${code}`),
  );
}

describe('a patch from one image to another', function () {
  this.timeout(60_000);

  it('is the bytes that detools 0.53 writes', () => {
    const base = Buffer.from('0123456789abcdefghijklmnopqrstuvwxyz');
    const target = Buffer.from('0123456789abcdeXfghijklmnopqrstuvwxyz');
    const golden = {
      none: '0025000f000000000000000000000000000000015800150000000000000000000000000000000000000000000055',
      crle: '02250002000f010f00000401580015011600000155',
      heatshrink: '0425448043c1e3a0358804545256aa',
    };
    for (const compression of compressionNames) {
      assert.equal(toHex(createPatch(base, target, compression)), golden[compression]);
    }
  });

  it('gives the target, whatever it is compressed with and however it arrives (seeded)', () => {
    const seed = 600;
    const random = seededRandom(seed);
    for (const compression of compressionNames) {
      for (const size of [0, 1, 5, 4095, 4096, 4097, 40_000]) {
        const { base, target } = firmwarePair(random, size);
        const patch = createPatch(base, target, compression);
        const pages: Buffer[] = [];
        const decoder = new PatchDecoder(base, limit, (page) => pages.push(Buffer.from(page)));
        for (let at = 0; at < patch.length;) {
          const end = at + 1 + Math.floor(random() * 700);
          decoder.push(patch.subarray(at, end));
          at = end;
        }
        decoder.end();
        assert.ok(Buffer.concat(pages).equals(target), `seed ${seed} ${compression} ${size}`);
        assert.ok(pages.every((page) => page.length <= 4096));
      }
    }
  });

  it('goes from and to nothing', () => {
    const image = Buffer.from('firmware');
    assert.deepEqual(
      Buffer.from(applyPatch(new Uint8Array(), createPatch(new Uint8Array(), image), limit)),
      image,
    );
    assert.equal(applyPatch(image, createPatch(image, new Uint8Array()), limit).length, 0);
  });

  it('is not slowed down by erased flash', () => {
    // Each byte of such a run matches everywhere: compared in full this would take minutes.
    const base = Buffer.alloc(600_000, 0xff);
    const target = Buffer.concat([
      Buffer.alloc(100_000, 0xff),
      Buffer.from([1]),
      Buffer.alloc(499_999, 0xff),
    ]);
    const patch = createPatch(base, target, 'crle');
    assert.ok(patch.length < 100, `${patch.length} bytes`);
    assert.ok(Buffer.from(applyPatch(base, patch, limit)).equals(target));
  });

  it('is refused when it is cut off, at any byte', () => {
    const { base, target } = firmwarePair(seededRandom(1), 300);
    for (const compression of compressionNames) {
      const patch = createPatch(base, target, compression);
      for (let size = 0; size < patch.length; size++) {
        refused('delta.truncated', () => applyPatch(base, patch.subarray(0, size), limit));
      }
      assert.throws(() => applyPatch(base, Buffer.concat([patch, Buffer.alloc(3, 1)]), limit), SlipwayError);
    }
  });

  it('is refused when it is for another base, of another kind, too large, or senseless', () => {
    const base = Buffer.alloc(100, 7);
    const hundred = Buffer.alloc(100, 7);
    refused('delta.wrong-base', () =>
      applyPatch(base.subarray(50), createPatch(base, hundred, 'none'), limit),
    );
    refused('delta.too-large', () => applyPatch(base, createPatch(base, hundred), 99));
    // In place (type 1), LZMA (compression 1), the reserved bit, and a size without end.
    refused('delta.unsupported', () => applyPatch(base, fromHex('14'), limit));
    refused('delta.unsupported', () => applyPatch(base, fromHex('01'), limit));
    refused('delta.malformed', () => applyPatch(base, fromHex('80'), limit));
    refused('delta.malformed', () => applyPatch(base, fromHex('00ffffffffffff'), limit));
    refused('delta.malformed', () => applyPatch(base, fromHex('0041'), limit));
    // A result of four bytes: a data format; a negative count; more differences, or new bytes, than it has.
    refused('delta.unsupported', () => applyPatch(base, fromHex('000401'), limit));
    refused('delta.malformed', () => applyPatch(base, fromHex('00040041'), limit));
    refused('delta.malformed', () => applyPatch(base, fromHex('00040005'), limit));
    refused('delta.malformed', () => applyPatch(base, fromHex('0004000005'), limit));
    // Before the base.
    refused('delta.wrong-base', () => applyPatch(base, fromHex('000400000042020000'), limit));
    refused('delta.malformed', () => applyPatch(base, fromHex('0404f0'), limit));
  });

  it('is refused with errors of our own, or gives no more than it says, after any damage (seeded)', () => {
    const seed = 53;
    const random = seededRandom(seed);
    const { base, target } = firmwarePair(random, 2000);
    const patches = compressionNames.map((compression) => createPatch(base, target, compression));
    for (let round = 0; round < 3000; round++) {
      const patch = Buffer.from(patches[round % patches.length]!);
      for (let count = 1 + Math.floor(random() * 4); count > 0; count--) {
        patch[Math.floor(random() * Math.min(patch.length, round % 2 === 0 ? 20 : patch.length))] =
          Math.floor(random() * 256);
      }
      try {
        assert.ok(applyPatch(base, patch, 4000).length <= 4000);
      } catch (error) {
        assert.ok(
          SlipwayError.is(error) && error.code.startsWith('delta.'),
          `seed ${seed} round ${round}: ${String(error)}`,
        );
      }
    }
  });

  it('is made in a thread, which leaves this one free', async () => {
    const { base, target } = firmwarePair(seededRandom(2), 200_000);
    let turns = 0;
    const counting = setInterval(() => turns++, 1);
    const patch = await makeDelta(base, target, { workerFile });
    clearInterval(counting);
    assert.ok(turns > 0);
    assert.deepEqual(Buffer.from(patch), Buffer.from(createPatch(base, target)));
  });

  it('is given up when its user cancels, before and during', async () => {
    const { base, target } = firmwarePair(seededRandom(3), 600_000);
    const controller = new AbortController();
    const making = makeDelta(base, target, { workerFile, signal: controller.signal });
    setImmediate(() => controller.abort());
    await assert.rejects(making, (error) => SlipwayError.is(error, 'cancelled'));
    await assert.rejects(makeDelta(base, target, { workerFile, signal: controller.signal }), (error) =>
      SlipwayError.is(error, 'cancelled'),
    );
  });

  it('says so when its thread fails', async () => {
    await assert.rejects(
      makeDelta(new Uint8Array(1), new Uint8Array(1), { workerFile: join(__dirname, 'no-such-worker.cjs') }),
      (error) => SlipwayError.is(error, 'delta.failed'),
    );
  });
});
