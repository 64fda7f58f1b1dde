import { strict as assert } from 'node:assert';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { SlipwayError } from '../../../../src/base/errors';
import { createMcubootImage } from '../../../../src/image/mcuboot/create';
import { defaultMcubootOptions, type McubootOptions } from '../../../../src/image/mcuboot/options';
import { parseMcubootImage } from '../../../../src/image/mcuboot/parse';
import { parseImageVersion } from '../../../../src/image/mcuboot/version';
import { verifyMcubootImage } from '../../../../src/image/mcuboot/verify';
import { keyTypes, sharedSigner, testSigner } from './signers';

const firmware = Uint8Array.from({ length: 64 }, (_, index) => index * 3);
const options: McubootOptions = {
  ...defaultMcubootOptions,
  headerSize: 32,
  version: parseImageVersion('1.2.3+4'),
  securityCounter: 7,
};

describe('verifying an MCUboot image', function () {
  this.timeout(60_000);

  for (const keyType of keyTypes) {
    it(`takes one signed with ${keyType}, and says what it holds`, async () => {
      const signer = sharedSigner(keyType);
      const image = await createMcubootImage(firmware, options, signer);
      const verified = verifyMcubootImage(image, {
        trustedKeys: [sharedSigner('P-256').publicKeyPem, signer.publicKey],
      });
      assert.equal(verified.keyType, keyType);
      assert.equal(verified.version, '1.2.3+4');
      assert.equal(verified.securityCounter, 7);
      assert.equal(verified.keyHash.length, keyType === 'P-384' ? 96 : 64);
      assert.deepEqual(verified.firmware, firmware);
    });

    it(`refuses one signed with ${keyType} that was changed anywhere`, async () => {
      const signer = sharedSigner(keyType);
      const image = await createMcubootImage(firmware, options, signer);
      // Each bit of each byte, and all of its bits; with slower keys one bit of each byte, another one each time.
      const bits = [1, 2, 4, 8, 16, 32, 64, 128, 255];
      for (let at = 0; at < image.length; at++) {
        const changes = keyType === 'Ed25519' ? bits : [bits[at % 8]!];
        for (const change of changes) {
          const changed = image.slice();
          changed[at]! ^= change;
          assert.throws(
            () => verifyMcubootImage(changed, { trustedKeys: [signer.publicKey] }),
            (error) => SlipwayError.is(error) && error.code.startsWith('mcuboot.'),
            `byte ${at}, bits 0x${change.toString(16)}`,
          );
        }
      }
    });
  }

  it('refuses one that was cut off anywhere, or has more behind it', async () => {
    const signer = sharedSigner('Ed25519');
    const image = await createMcubootImage(firmware, options, signer);
    for (let length = 0; length < image.length; length++) {
      assert.throws(
        () => verifyMcubootImage(image.subarray(0, length), { trustedKeys: [signer.publicKey] }),
        {
          code: length < 4 ? 'mcuboot.malformed' : 'mcuboot.truncated',
        },
      );
    }
    assert.throws(
      () => verifyMcubootImage(Buffer.concat([image, firmware]), { trustedKeys: [signer.publicKey] }),
      {
        code: 'mcuboot.trailing-bytes',
        details: { bytes: 64 },
      },
    );
  });

  it('tells a wrong hash, no signature, an untrusted key and a bad signature apart, and never trusts without a key', async () => {
    const signer = sharedSigner('Ed25519');
    const image = await createMcubootImage(firmware, options, signer);
    const { tlvs } = parseMcubootImage(image);
    const policy = { trustedKeys: [signer.publicKey] };
    const changed = (change: (bytes: Uint8Array) => void): Uint8Array => {
      const bytes = image.slice();
      change(bytes);
      return bytes;
    };
    const flip = (at: number): Uint8Array => changed((bytes) => void (bytes[at]! ^= 1));
    const code = (bytes: Uint8Array, trusted = policy): string | undefined => {
      try {
        verifyMcubootImage(bytes, trusted);
        return undefined;
      } catch (error) {
        return SlipwayError.is(error) ? error.code : String(error);
      }
    };
    assert.equal(code(image), undefined);
    assert.equal(code(flip(40)), 'mcuboot.hash-mismatch');
    assert.equal(code(flip(image.length - 1)), 'mcuboot.bad-signature');
    assert.equal(code(image, { trustedKeys: [testSigner('Ed25519').publicKey] }), 'mcuboot.untrusted-key');
    assert.equal(code(image, { trustedKeys: [] }), 'mcuboot.untrusted-key');
    const signature = tlvs.tlvs.at(-1)!;
    const unsigned = changed((bytes) => {
      new DataView(bytes.buffer).setUint16(tlvs.offset + 2, tlvs.size - 68, true);
    }).subarray(0, signature.offset);
    assert.equal(code(unsigned), 'mcuboot.unsigned');
    const hash = tlvs.tlvs[0]!;
    const otherHash = changed((bytes) => new DataView(bytes.buffer).setUint16(hash.offset, 0x11, true));
    assert.equal(code(otherHash), 'mcuboot.hash-mismatch');
    const end = hash.offset + 4 + hash.value.length;
    const shorter = changed((bytes) =>
      new DataView(bytes.buffer).setUint16(tlvs.offset + 2, tlvs.size - (end - hash.offset), true),
    );
    const noHash = Uint8Array.from([...shorter.subarray(0, hash.offset), ...shorter.subarray(end)]);
    assert.equal(code(noHash), 'mcuboot.no-hash');
    const asRsa = changed((bytes) => new DataView(bytes.buffer).setUint16(signature.offset, 0x20, true));
    assert.equal(code(asRsa), 'mcuboot.algorithm-mismatch');
  });

  it('refuses a security counter below the board’s, and none where one is needed', async () => {
    const signer = sharedSigner('P-256');
    const image = await createMcubootImage(firmware, options, signer);
    const policy = { trustedKeys: [signer.publicKey] };
    assert.equal(verifyMcubootImage(image, { ...policy, minimumSecurityCounter: 7 }).securityCounter, 7);
    assert.throws(() => verifyMcubootImage(image, { ...policy, minimumSecurityCounter: 8 }), {
      code: 'mcuboot.counter-too-low',
      details: { counter: 7, minimum: 8 },
    });
    const { securityCounter: _left, ...without } = options;
    const bare = await createMcubootImage(firmware, without, signer);
    assert.equal(parseMcubootImage(bare).header.protectedTlvSize, 0);
    assert.throws(() => verifyMcubootImage(bare, { ...policy, minimumSecurityCounter: 1 }), {
      code: 'mcuboot.counter-too-low',
    });
  });

  it('takes padding, a test and a confirmed trailer, and refuses anything else in the slot', async () => {
    const signer = sharedSigner('Ed25519');
    const policy = { trustedKeys: [signer.publicKey] };
    for (const maxAlignment of [8, 16, 32]) {
      const slot = { slotSize: 0x4000, maxAlignment, alignment: 8 };
      for (const padding of ['padded', 'confirmed'] as const) {
        const image = await createMcubootImage(firmware, { ...options, ...slot, padding }, signer);
        assert.equal(image.length, slot.slotSize);
        assert.equal(verifyMcubootImage(image, policy).version, '1.2.3+4');
        const end = parseMcubootImage(image).end;
        for (const at of [end, 0x2000, slot.slotSize - 16, slot.slotSize - 1]) {
          const changed = image.slice();
          changed[at]! ^= 0x10;
          assert.throws(() => verifyMcubootImage(changed, policy), { code: 'mcuboot.trailing-bytes' });
        }
      }
    }
  });

  it('trusts no sample key unless told, and no key of another kind', async () => {
    const image = await createMcubootImage(firmware, options, sharedSigner('Ed25519'));
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp521r1' });
    assert.throws(() => verifyMcubootImage(image, { trustedKeys: [publicKey] }), {
      code: 'mcuboot.key-type',
    });
    const spki = Buffer.from(
      '302a300506032b6570032100d4b31ba49a3add3f825d10ca7f31b50b0de87f37ccc49f1a403a5c1320ffb4e0',
      'hex',
    );
    const sample = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const signer = {
      ...sharedSigner('Ed25519'),
      publicKeyPem: sample.export({ type: 'spki', format: 'pem' }).toString(),
    };
    await assert.rejects(createMcubootImage(firmware, options, signer), {
      code: 'mcuboot.sample-key',
      details: { sample: 'root-ed25519.pem' },
    });
  });
});
