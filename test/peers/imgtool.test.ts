import { strict as assert } from 'node:assert';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '../../src/base/hex';
import { createMcubootImage } from '../../src/image/mcuboot/create';
import { defaultMcubootOptions, type McubootOptions } from '../../src/image/mcuboot/options';
import { findTlv, parseMcubootImage } from '../../src/image/mcuboot/parse';
import { verifyMcubootImage } from '../../src/image/mcuboot/verify';
import { imageUuids } from '../../src/image/mcuboot/uuids';
import { parseImageVersion, securityCounterOf } from '../../src/image/mcuboot/version';
import { keyTypes, sharedSigner } from '../unit/image/mcuboot/signers';
import { comparesWith } from './support/compares-with';
import { needs } from './support/needs';
import { python, pythonModule, pythonVersion } from './support/python';

const version = parseImageVersion('1.2.3+4');
const options: McubootOptions = { ...defaultMcubootOptions, version, alignment: 8, slotSize: 0x60000 };
const always = [
  '--header-size',
  '0x200',
  '--pad-header',
  '--align',
  '8',
  '--version',
  '1.2.3+4',
  '--slot-size',
  '0x60000',
];

/** What is signed: Thumb calls, repetitions and noise, so that compression and its filter have something to do. */
const firmware = Uint8Array.from({ length: 20_003 }, (_, index) => {
  if (index % 400 < 40) return [0x12 + (index >> 9), 0xf0, 0x34, 0xf8][index % 4]!;
  return index % 400 < 300 ? (index * 7) % 51 : Math.imul(index, 0x9e3779b1) >>> 24;
});

/** The same options in both tongues. Nothing in these images is random but an ECDSA or PSS signature. */
const variants: Readonly<
  Record<string, readonly [ours: Partial<McubootOptions>, theirs: readonly string[]]>
> = {
  'as most are': [{}, []],
  confirmed: [{ padding: 'confirmed' }, ['--confirm']],
  'for a test': [{ padding: 'padded' }, ['--test']],
  'aligned to 32': [
    { padding: 'confirmed', alignment: 32, maxAlignment: 32 },
    ['--confirm', '--align', '32'],
  ],
  'of few sectors': [{ padding: 'padded', maxSectors: 12 }, ['--pad', '-M', '12']],
  'to be copied': [{ padding: 'confirmed', overwriteOnly: true }, ['--confirm', '--overwrite-only']],
  'with zeros as erased': [{ padding: 'padded', erasedValue: 0 }, ['--pad', '-R', '0']],
  'loaded to RAM': [{ loadAddress: 0x2000_0000 }, ['-L', '0x20000000']],
  'fixed in ROM': [{ romFixed: 0x0800_8000, nonBootable: true }, ['-F', '0x08008000', '--non-bootable']],
  'with the whole key': [{ publicKeyFormat: 'full' }, ['--public-key-format', 'full']],
  'with every TLV': [
    {
      securityCounter: securityCounterOf(version),
      bootRecord: 'NSPE',
      dependencies: ['2.3.4+5', '0.0.1'].map((text, index) => ({
        image: index + 1,
        version: parseImageVersion(text),
      })),
      ...imageUuids('Example.com', 'sensor'),
      customTlvs: [
        { type: 0xa0, value: Uint8Array.of(1, 2, 3) },
        { type: 0xfffe, value: Buffer.from('text') },
      ],
    },
    [
      ...['-s', 'auto', '--boot-record', 'NSPE', '-d', '(1,2.3.4+5),(2,0.0.1)'],
      ...['--vid', 'Example.com', '--cid', 'sensor'],
      ...['--custom-tlv', '0xa0', '0x010203', '--custom-tlv', '0xfffe', 'text'],
    ],
  ],
};

describe('MCUboot images and imgtool', function () {
  needs('python');
  comparesWith('imgtool', () => pythonVersion('imgtool'));
  this.timeout(120_000);
  let folder: string;
  const path = (name: string): string => join(folder, name);
  const imgtool = (...args: readonly string[]): Promise<string> => pythonModule('imgtool.main', ...args);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-imgtool-'));
    await writeFile(path('in.bin'), firmware);
    for (const keyType of keyTypes) {
      const { privateKey, publicKeyPem } = sharedSigner(keyType);
      await writeFile(path(`${keyType}.pem`), privateKey.export({ type: 'pkcs8', format: 'pem' }));
      await writeFile(path(`${keyType}.pub.pem`), publicKeyPem);
    }
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const signTheirs = async (keyType: string, ...more: readonly string[]): Promise<Uint8Array> => {
    await imgtool(
      'sign',
      '-k',
      path(`${keyType}.pem`),
      ...always,
      ...more,
      path('in.bin'),
      path('theirs.bin'),
    );
    return new Uint8Array(await readFile(path('theirs.bin')));
  };

  for (const [name, [ours, theirs]] of Object.entries(variants)) {
    it(`are the same to the byte, ${name}`, async () => {
      const image = await createMcubootImage(firmware, { ...options, ...ours }, sharedSigner('Ed25519'));
      const expected = await signTheirs('Ed25519', ...theirs);
      assert.equal(Buffer.compare(image, expected), 0);
    });
  }

  it('are the same to the byte with SHA-512 and with pure signatures', async () => {
    for (const [ours, theirs] of [
      [{ hashBits: 512 }, ['--sha', '512']],
      [{ isPure: true }, ['--pure']],
    ] as const) {
      const image = await createMcubootImage(firmware, { ...options, ...ours }, sharedSigner('Ed25519'));
      assert.equal(Buffer.compare(image, await signTheirs('Ed25519', ...theirs)), 0);
    }
  });

  for (const keyType of keyTypes) {
    it(`are taken both ways with ${keyType}, equal up to the signature, and refused both ways when changed`, async () => {
      const signer = sharedSigner(keyType);
      const image = await createMcubootImage(firmware, options, signer);
      await writeFile(path('ours.bin'), image);
      const key = path(`${keyType}.pub.pem`);
      assert.match(await imgtool('verify', '-k', key, path('ours.bin')), /correctly validated/);
      const info = JSON.parse(await imgtool('dumpinfo', '-f', 'json', path('ours.bin'))) as {
        readonly header: { readonly version: string; readonly img_size: number };
        readonly tlv_area: { readonly tlvs: readonly { readonly type: number; readonly data: string }[] };
      };
      assert.deepEqual([info.header.version, info.header.img_size], ['1.2.3+4', firmware.length]);
      assert.deepEqual(
        info.tlv_area.tlvs.map(({ type, data }) => [type, data]),
        parseMcubootImage(image).tlvs.tlvs.map(({ type, value }) => [type, toHex(value)]),
      );

      const theirs = await signTheirs(keyType);
      const verified = verifyMcubootImage(theirs, { trustedKeys: [signer.publicKey] });
      assert.deepEqual([verified.keyType, verified.version], [keyType, '1.2.3+4']);
      assert.deepEqual(verified.firmware, firmware);
      const { tlvs } = parseMcubootImage(theirs);
      // All but the total of the TLVs, whose signature may be a byte longer or shorter.
      assert.equal(Buffer.compare(theirs.subarray(0, tlvs.offset), image.subarray(0, tlvs.offset)), 0);
      assert.equal(
        Buffer.compare(
          theirs.subarray(tlvs.offset + 4, tlvs.tlvs[2]!.offset),
          image.subarray(tlvs.offset + 4, tlvs.tlvs[2]!.offset),
        ),
        0,
      );
      for (const at of [700, image.length - 3]) {
        const changed = image.slice();
        changed[at]! ^= 4;
        await writeFile(path('changed.bin'), changed);
        await assert.rejects(imgtool('verify', '-k', key, path('changed.bin')));
        assert.throws(() => verifyMcubootImage(changed, { trustedKeys: [signer.publicKey] }));
      }
    });
  }

  for (const [compression, theirName] of [
    ['lzma2', 'lzma2'],
    ['lzma2-arm-thumb', 'lzma2armthumb'],
  ] as const) {
    it(`are decompressed both ways, with ${compression}`, async () => {
      const signer = sharedSigner('Ed25519');
      const theirs = await signTheirs('Ed25519', '--compression', theirName);
      assert.deepEqual(verifyMcubootImage(theirs, { trustedKeys: [signer.publicKey] }).firmware, firmware);
      const ours = await createMcubootImage(firmware, { ...options, compression }, signer);
      await writeFile(path('ours.bin'), ours);
      assert.match(
        await imgtool('verify', '-k', path('Ed25519.pub.pem'), path('ours.bin')),
        /correctly validated/,
      );
      const [mine, their] = [parseMcubootImage(ours), parseMcubootImage(theirs)];
      assert.equal(mine.header.flags, their.header.flags);
      for (const type of [0x70, 0x71, 0x72]) {
        assert.deepEqual(findTlv(mine.protectedTlvs, type)!.value, findTlv(their.protectedTlvs, type)!.value);
      }
      // Close to liblzma’s best, which searches for the cheapest packets.
      assert.ok(
        mine.header.imageSize < their.header.imageSize * 1.1,
        `${mine.header.imageSize}, ${their.header.imageSize}`,
      );
      await writeFile(path('body.lzma'), mine.body.subarray(2));
      const filter = compression === 'lzma2' ? '[]' : '[{"id": lzma.FILTER_ARMTHUMB}]';
      await python(
        `import lzma, sys
lzma2 = {"id": lzma.FILTER_LZMA2, "dict_size": 131072, "lp": 1, "lc": 3, "pb": 2}
plain = lzma.decompress(open(sys.argv[1], "rb").read(), lzma.FORMAT_RAW, filters=${filter} + [lzma2])
assert plain == open(sys.argv[2], "rb").read()`,
        path('body.lzma'),
        path('in.bin'),
      );
    });
  }

  const keys: Readonly<
    Record<string, readonly [() => { publicKey: KeyObject; privateKey: KeyObject }, signing: string]>
  > = {
    X25519: [() => generateKeyPairSync('x25519'), 'Ed25519'],
    'P-256': [() => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }), 'P-256'],
    'RSA-2048': [() => generateKeyPairSync('rsa', { modulusLength: 2048 }), 'RSA-2048'],
  };
  for (const [kind, [pair, signing]] of Object.entries(keys)) {
    for (const keyBits of [128, 256] as const) {
      it(`are decrypted both ways, for ${kind} with AES-${keyBits}`, async () => {
        const { publicKey, privateKey } = pair();
        await writeFile(path('enc.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
        await writeFile(path('enc.key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
        const signer = sharedSigner(keyTypes.find((type) => type === signing)!);
        const policy = { trustedKeys: [signer.publicKey], decryptionKey: privateKey };
        const theirs = await signTheirs(signing, '-E', path('enc.pem'), '--encrypt-keylen', String(keyBits));
        const padded = Buffer.concat([firmware, Buffer.alloc(13)]);
        assert.equal(Buffer.compare(verifyMcubootImage(theirs, policy).firmware, padded), 0);

        const encryption = {
          publicKey,
          keyBits,
          hmacBits: 256,
          leavesPlain: false,
          savesTlv: false,
        } as const;
        const ours = await createMcubootImage(firmware, { ...options, encryption }, signer);
        const { header, body, tlvs } = parseMcubootImage(ours);
        assert.equal(header.flags, parseMcubootImage(theirs).header.flags);
        const wrapped = tlvs.tlvs.at(-1)!;
        assert.equal(wrapped.type, parseMcubootImage(theirs).tlvs.tlvs.at(-1)!.type);
        await writeFile(path('body.enc'), body);
        const plain = await python(
          decrypting,
          path('enc.key.pem'),
          toHex(wrapped.value),
          String(keyBits / 8),
          path('body.enc'),
        );
        assert.equal(plain.trim(), toHex(padded));
      });
    }
  }
});

/** Decrypts a body as docs/encrypted_images.md has it, on the `cryptography` package alone. */
const decrypting = `
import sys
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, x25519
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import load_pem_private_key
def ctr(key, data):
    return Cipher(algorithms.AES(key), modes.CTR(bytes(16))).decryptor().update(data)
key = load_pem_private_key(open(sys.argv[1], "rb").read(), None)
tlv, size = bytes.fromhex(sys.argv[2]), int(sys.argv[3])
if isinstance(key, rsa.RSAPrivateKey):
    content = key.decrypt(tlv, padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))
else:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        at = 65
        shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), tlv[:at]))
    else:
        at = 32
        shared = key.exchange(x25519.X25519PublicKey.from_public_bytes(tlv[:at]))
    derived = HKDF(hashes.SHA256(), size + 32, None, b"MCUBoot_ECIES_v1").derive(shared)
    mac = hmac.HMAC(derived[size:], hashes.SHA256())
    mac.update(tlv[at + 32:])
    mac.verify(tlv[at:at + 32])
    content = ctr(derived[:size], tlv[at + 32:])
print(ctr(content, open(sys.argv[4], "rb").read()).hex())
`;
