import { strict as assert } from 'node:assert';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SlipwayError } from '../../../../src/base/errors';
import { createMcubootImage } from '../../../../src/image/mcuboot/create';
import type { Encryption } from '../../../../src/image/mcuboot/encryption';
import { sha2 } from '../../../../src/image/mcuboot/hash';
import { defaultMcubootOptions, type McubootOptions } from '../../../../src/image/mcuboot/options';
import { findTlv, parseMcubootImage } from '../../../../src/image/mcuboot/parse';
import { parseImageVersion } from '../../../../src/image/mcuboot/version';
import { verifyMcubootImage } from '../../../../src/image/mcuboot/verify';
import { sharedSigner } from './signers';

const firmware = Uint8Array.from({ length: 5001 }, (_, index) => (index * index) % 17);
const options: McubootOptions = {
  ...defaultMcubootOptions,
  version: parseImageVersion('1.2.3'),
  securityCounter: 1,
};

const pairs = {
  X25519: () => generateKeyPairSync('x25519'),
  'P-256': () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
  'RSA-2048': () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
};

function encryptionFor(publicKey: KeyObject, more: Partial<Encryption> = {}): Encryption {
  return { publicKey, keyBits: 128, hmacBits: 256, leavesPlain: false, savesTlv: false, ...more };
}

const others = Object.values(pairs).map((pair) => pair());

describe('an encrypted MCUboot image', function () {
  this.timeout(20_000);
  const signer = sharedSigner('Ed25519');
  const trustedKeys = [signer.publicKey];

  for (const [kind, pair] of Object.entries(pairs)) {
    for (const keyBits of [128, 256] as const) {
      it(`is opened with the ${kind} key that it is for, AES-${keyBits}, and no other`, async () => {
        const { publicKey, privateKey } = pair();
        const encryption = encryptionFor(publicKey, { keyBits });
        const image = await createMcubootImage(firmware, { ...options, encryption }, signer);
        const parsed = parseMcubootImage(image);
        assert.equal((parsed.header.headerSize + parsed.header.imageSize) % 16, 0);
        assert.notDeepEqual(parsed.body.subarray(0, 64), firmware.subarray(0, 64));
        const verified = verifyMcubootImage(image, { trustedKeys, decryptionKey: privateKey });
        assert.deepEqual(verified.firmware.subarray(0, firmware.length), firmware);
        assert.throws(() => verifyMcubootImage(image, { trustedKeys }), { code: 'mcuboot.encrypted' });
        for (const { privateKey: decryptionKey } of others) {
          assert.throws(() => verifyMcubootImage(image, { trustedKeys, decryptionKey }), {
            code: 'mcuboot.decryption',
          });
        }
      });
    }
  }

  it('is refused when the body or the wrapped key was changed', async () => {
    const { publicKey, privateKey } = pairs.X25519();
    const encryption = encryptionFor(publicKey, { hmacBits: 512 });
    const image = await createMcubootImage(firmware, { ...options, encryption }, signer);
    const policy = { trustedKeys, decryptionKey: privateKey };
    assert.equal(verifyMcubootImage(image, policy).version, '1.2.3+0');
    const { tlvs } = parseMcubootImage(image);
    const wrapped = tlvs.tlvs.at(-1)!;
    assert.deepEqual([wrapped.type, wrapped.value.length], [0x34, 32 + 64 + 16]);
    for (let at = wrapped.offset + 4; at < image.length; at++) {
      const changed = image.slice();
      changed[at]! ^= 0x40;
      assert.throws(() => verifyMcubootImage(changed, policy), { code: 'mcuboot.decryption' }, `byte ${at}`);
    }
    const changed = image.slice();
    changed[1000]! ^= 1;
    assert.throws(() => verifyMcubootImage(changed, policy), { code: 'mcuboot.hash-mismatch' });
  });

  it('stays in plain text if asked to, and reserves for its TLV', async () => {
    const { publicKey } = pairs['P-256']();
    const p256 = sharedSigner('P-256');
    const encryption = encryptionFor(publicKey, { leavesPlain: true, savesTlv: true });
    const plain = await createMcubootImage(firmware, { ...options, encryption }, p256);
    assert.deepEqual(parseMcubootImage(plain).body.subarray(0, firmware.length), firmware);
    assert.deepEqual(
      verifyMcubootImage(plain, { trustedKeys: [p256.publicKey] }).firmware.subarray(0, firmware.length),
      firmware,
    );
    const trailer = 128 * 3 * 4 + 2 * 120 + 4 * 8 + 16;
    const slotSize = plain.length + trailer - 10;
    await assert.rejects(
      createMcubootImage(firmware, { ...options, slotSize, encryption }, p256),
      (error: unknown) => {
        assert.equal((error as { details: { trailer: number } }).details.trailer, trailer);
        return true;
      },
    );
  });

  it('is not made for a key that bootloaders have none of, or that the signature does not go with', async () => {
    const p521 = generateKeyPairSync('ec', { namedCurve: 'secp521r1' }).publicKey;
    const { publicKey: x25519 } = pairs.X25519();
    const { publicKey: p256 } = pairs['P-256']();
    for (const [key, type, more] of [
      [p521, 'Ed25519', {}],
      [x25519, 'P-256', {}],
      [p256, 'P-384', {}],
      [p256, 'RSA-2048', {}],
      [p256, 'P-256', { hmacBits: 512 }],
    ] as const) {
      const encryption = encryptionFor(createPublicKey(key.export({ type: 'spki', format: 'pem' })), more);
      await assert.rejects(createMcubootImage(firmware, { ...options, encryption }, sharedSigner(type)), {
        code: 'mcuboot.encryption-key',
      });
    }
  });
});

describe('a compressed MCUboot image', () => {
  const signer = sharedSigner('Ed25519');
  const policy = { trustedKeys: [signer.publicKey] };

  for (const compression of ['lzma2', 'lzma2-arm-thumb'] as const) {
    it(`gives back what was compressed with ${compression}`, async () => {
      const image = await createMcubootImage(firmware, { ...options, compression }, signer);
      const { header, body } = parseMcubootImage(image);
      assert.ok(header.imageSize < 2500, `${header.imageSize} bytes`);
      assert.equal(header.flags, compression === 'lzma2' ? 0x400 : 0xc00);
      assert.deepEqual([...body.subarray(0, 2)], [0x0a, 0x66]);
      assert.deepEqual(verifyMcubootImage(image, policy).firmware, firmware);
    });
  }

  it('is compressed first and encrypted then', async () => {
    const { publicKey, privateKey } = pairs.X25519();
    const both = { compression: 'lzma2', encryption: encryptionFor(publicKey) } as const;
    const image = await createMcubootImage(firmware, { ...options, ...both }, signer);
    assert.deepEqual(verifyMcubootImage(image, { ...policy, decryptionKey: privateKey }).firmware, firmware);
  });

  it('is left as it is where that is smaller', async () => {
    const noise = Uint8Array.from({ length: 300 }, (_, index) => Math.imul(index + 1, 0x9e3779b1) >>> 24);
    const image = await createMcubootImage(noise, { ...options, compression: 'lzma2' }, signer);
    assert.equal(parseMcubootImage(image).header.flags, 0);
    assert.deepEqual(verifyMcubootImage(image, policy).firmware, noise);
  });

  it('is refused if something else comes out, even when its own hash and signature are right', async () => {
    const image = await createMcubootImage(firmware, { ...options, compression: 'lzma2' }, signer);
    const { header, protectedTlvs, tlvs } = parseMcubootImage(image);
    const signAgain = async (change: (bytes: Uint8Array) => void): Promise<Uint8Array> => {
      const bytes = image.slice();
      change(bytes);
      const digest = sha2(256, bytes.subarray(0, tlvs.offset));
      bytes.set(digest, tlvs.offset + 8);
      bytes.set(await signer.sign(digest), bytes.length - 64);
      return bytes;
    };
    const size = findTlv(protectedTlvs, 0x70)!.offset + 4;
    const hash = findTlv(protectedTlvs, 0x71)!.offset + 4;
    for (const [change, reason] of [
      [size, /more than|instead of/],
      [hash, /hash/],
      [header.headerSize, /properties/],
      [header.headerSize + 2, /chunk|more than/],
      [header.headerSize + header.imageSize - 1, /cut off|chunk|behind/],
    ] as const) {
      const changed = await signAgain((bytes) => void (bytes[change]! ^= 1));
      assert.throws(
        () => verifyMcubootImage(changed, policy),
        (error) => SlipwayError.is(error, 'mcuboot.decompression') && reason.test(error.details.reason),
      );
    }
  });
});
