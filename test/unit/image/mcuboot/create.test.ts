import { strict as assert } from 'node:assert';
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { createMcubootImage } from '../../../../src/image/mcuboot/create';
import { defaultMcubootOptions, type McubootOptions } from '../../../../src/image/mcuboot/options';
import { parseMcubootImage } from '../../../../src/image/mcuboot/parse';
import { verifyMcubootImage } from '../../../../src/image/mcuboot/verify';
import {
  formatImageVersion,
  parseImageVersion,
  securityCounterOf,
} from '../../../../src/image/mcuboot/version';
import { keyTypes, sharedSigner, testSigner } from './signers';

const firmware = Uint8Array.from({ length: 20_000 }, (_, index) => (index * 7) % 251);
const options: McubootOptions = {
  ...defaultMcubootOptions,
  alignment: 8,
  slotSize: 0x60000,
  version: parseImageVersion('1.2.3+4'),
};

/** The key of RFC 8032, §7.1, test 1. */
const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
const known = testSigner('Ed25519', { privateKey, publicKey: createPublicKey(privateKey) });

describe('making an MCUboot image', function () {
  this.timeout(30_000);

  it('is to the byte what imgtool 2.5 makes', async () => {
    const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    for (const [name, expected] of Object.entries(golden)) {
      const image = await createMcubootImage(firmware, { ...options, ...variants[name] }, known);
      assert.equal(sha256(image), expected, name);
    }
  });

  for (const keyType of keyTypes) {
    it(`has the size that ${keyType} makes`, async () => {
      const image = await createMcubootImage(firmware, options, sharedSigner(keyType));
      const sizes = {
        Ed25519: 20_656,
        'P-256': 20_663,
        'P-384': 20_726,
        'RSA-2048': 20_848,
        'RSA-3072': 20_976,
      };
      // ECDSA's integers lose leading zeros, or need one.
      const slack = keyType.startsWith('P-') ? 5 : 0;
      assert.ok(Math.abs(image.length - sizes[keyType]) <= slack, `${image.length} bytes`);
    });
  }

  it('begins at the room that the firmware has, or refuses', async () => {
    const withRoom = Buffer.concat([Buffer.alloc(0x200), firmware]);
    const image = await createMcubootImage(withRoom, { ...options, padHeader: false }, known);
    assert.deepEqual(verifyMcubootImage(image, { trustedKeys: [known.publicKey] }).firmware, firmware);
    assert.ok(image.subarray(32, 0x200).every((byte) => byte === 0));
    await assert.rejects(createMcubootImage(firmware, { ...options, padHeader: false }, known), {
      code: 'mcuboot.header-not-blank',
      details: { headerSize: 0x200 },
    });
    await assert.rejects(createMcubootImage(new Uint8Array(0x200), { ...options, padHeader: false }, known), {
      code: 'mcuboot.header-not-blank',
    });
  });

  it('refuses what is signed already, and what does not fit the slot, by how many bytes', async () => {
    const image = await createMcubootImage(firmware, options, known);
    await assert.rejects(createMcubootImage(image, options, known), { code: 'mcuboot.already-signed' });
    const trailer = 128 * 3 * 8 + 4 * 8 + 16;
    const slotSize = image.length + trailer;
    assert.equal((await createMcubootImage(firmware, { ...options, slotSize }, known)).length, image.length);
    await assert.rejects(createMcubootImage(firmware, { ...options, slotSize: slotSize - 3 }, known), {
      code: 'mcuboot.slot-overflow',
      details: { bytes: image.length, trailer, slot: slotSize - 3, over: 3 },
    });
    const overwriting = { ...options, slotSize: image.length + 32, overwriteOnly: true };
    assert.equal((await createMcubootImage(firmware, overwriting, known)).length, image.length);
  });

  for (const [what, wrong] of Object.entries<Partial<McubootOptions>>({
    'header size': { headerSize: 31 },
    alignment: { alignment: 3 },
    'largest alignment': { alignment: 32, maxAlignment: 16 },
    'number of sectors': { maxSectors: 0 },
    'erased value': { erasedValue: 1 },
    padding: { padding: 'padded', slotSize: 0 },
    'load address': { loadAddress: 0x2000_0000, romFixed: 0x800_0000 },
    'security counter': { securityCounter: 2 ** 32 },
    'image of a dependency': { dependencies: [{ image: 256, version: parseImageVersion('1') }] },
    'type of a custom TLV': { customTlvs: [{ type: 0x50, value: new Uint8Array() }] },
    'custom TLVs': { customTlvs: [0, 1].map(() => ({ type: 0xa0, value: new Uint8Array() })) },
    TLVs: { customTlvs: [{ type: 0xa0, value: new Uint8Array(0xffff) }] },
    'boot record': { bootRecord: 'thirteen char' },
    UUID: { vendorId: new Uint8Array(15) },
    hash: { hashBits: 384 },
  })) {
    it(`refuses an impossible ${what}`, async () => {
      await assert.rejects(
        createMcubootImage(firmware, { ...options, ...wrong }, known),
        (error: unknown) => {
          assert.equal((error as { code: string }).code, 'mcuboot.option');
          assert.equal((error as { details: { option: string } }).details.option, what);
          return true;
        },
      );
    });
  }

  it('signs purely with Ed25519 alone', async () => {
    await assert.rejects(createMcubootImage(firmware, { ...options, isPure: true }, sharedSigner('P-256')), {
      code: 'mcuboot.option',
    });
    const pure = await createMcubootImage(firmware, { ...options, isPure: true }, known);
    assert.deepEqual(
      parseMcubootImage(pure).tlvs.tlvs.map(({ type, value }) => [type, value.length]),
      [
        [0x12, 64],
        [0x25, 1],
        [0x01, 64],
        [0x24, 64],
      ],
    );
    assert.equal(verifyMcubootImage(pure, { trustedKeys: [known.publicKey] }).keyHash.length, 128);
  });
});

describe('the version of an MCUboot image', () => {
  it('is read with its later parts optional, and written with all', () => {
    for (const [text, full] of [
      ['1', '1.0.0+0'],
      ['1.2', '1.2.0+0'],
      ['255.255.65535+4294967295', '255.255.65535+4294967295'],
    ] as const) {
      assert.equal(formatImageVersion(parseImageVersion(text)), full);
    }
    assert.equal(securityCounterOf(parseImageVersion('1.2.3+4')), 0x0102_0003);
  });

  it('is refused where it does not fit, with the limit', () => {
    for (const [version, part, limit] of [
      ['256.0.0', 'major', '255'],
      ['1.256.0', 'minor', '255'],
      ['1.0.65536', 'revision', '65535'],
      ['1.0.0+4294967296', 'build', '4294967295'],
    ]) {
      assert.throws(() => parseImageVersion(version!), {
        code: 'mcuboot.version',
        details: { version, part, limit },
      });
    }
    for (const version of ['', 'v1.2.3', '1.2.3-rc1', '01.2.3', '1.2.3.4', '1.2.3+']) {
      assert.throws(() => parseImageVersion(version), { code: 'mcuboot.version' });
    }
  });
});

const variants: Readonly<Record<string, Partial<McubootOptions>>> = {
  plain: {},
  confirmed: { padding: 'confirmed' },
  padded: { padding: 'padded', alignment: 16, maxAlignment: 16 },
  overwriting: { padding: 'padded', overwriteOnly: true },
  pure: { isPure: true },
  sha512: { hashBits: 512 },
  tlvs: {
    securityCounter: securityCounterOf(parseImageVersion('1.2.3+4')),
    bootRecord: 'NSPE',
    dependencies: [{ image: 1, version: parseImageVersion('2.3.4+5') }],
    customTlvs: [
      { type: 0xa0, value: Uint8Array.of(1, 2, 3) },
      { type: 0xfffe, value: Buffer.from('text') },
    ],
    publicKeyFormat: 'full',
  },
  ram: { loadAddress: 0x2000_0000, nonBootable: true },
  rom: { romFixed: 0x0800_8000, erasedValue: 0 },
};

/** SHA-256 of what imgtool 2.5.0 makes of the same firmware with the same options; the peers' tests ask it again. */
const golden: Readonly<Record<string, string>> = {
  plain: 'abfe59a4f08c7fce0ef45251fd09629910815e9e4e93c241cd005ecdbf3ec28f',
  confirmed: '1800c51604f9cc5033ba730fa89a8b6858ec7351f6f01de29993bf848a8bffaa',
  padded: '9b80a570e63af2dde081ca8ec619da6333351f2f4d3d2e0c2488bb05f4fb11c5',
  overwriting: '64a4b6c9760e9d905a65dc7e3ecbdb3b7b9a83e090f66447c8da2a848c5e9d5d',
  pure: 'bf2c35db55bfd4a1187a2ce139e1e61fdf26d8c9762372b784c00c678ac3d0b1',
  sha512: '5b677f645ce6d1b100bb0520ce1f440df14a3ddda60da1b0697b102bcb6c3916',
  tlvs: '7ead4e5b04462d035cdfcc23ce75b340087b7802472c4b6d574c5b7065013463',
  ram: 'c42933225dd4e3a41f8cfdead0a7c077a3834cc557df7539ba2c9e956ba930ce',
  rom: 'ed843af09bf9b01ca25e25c698fe3ad252eeb353aa6a9e29bd9b1ed4434828ea',
};
