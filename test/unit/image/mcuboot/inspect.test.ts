import { strict as assert } from 'node:assert';
import { generateKeyPairSync } from 'node:crypto';
import { hasBrokenRule, type Inspection, type InspectionField } from '../../../../src/image/inspection';
import { createMcubootImage } from '../../../../src/image/mcuboot/create';
import { inspectMcubootImage } from '../../../../src/image/mcuboot/inspect';
import { defaultMcubootOptions, type McubootOptions } from '../../../../src/image/mcuboot/options';
import { isSampleKey, sampleKeyName } from '../../../../src/image/mcuboot/sample-keys';
import { parseImageVersion } from '../../../../src/image/mcuboot/version';
import { sharedSigner } from './signers';

const firmware = Uint8Array.from({ length: 300 }, (_, index) => index % 7);
const options: McubootOptions = {
  ...defaultMcubootOptions,
  version: parseImageVersion('1.2.3+4'),
  securityCounter: 9,
  dependencies: [{ image: 1, version: parseImageVersion('2.0.0') }],
  slotSize: 0x4000,
  padding: 'confirmed',
};
const signer = sharedSigner('Ed25519');

const verdicts = ({ checks }: Inspection): string[] => checks.map(({ verdict }) => verdict);
const codes = ({ checks }: Inspection): string[] =>
  checks.flatMap(({ error }) => (error ? [error.code] : []));

describe('an inspected MCUboot image', () => {
  it('is told field by field, without gaps, in words', async () => {
    const image = await createMcubootImage(firmware, options, signer);
    const { kind, size, fields } = inspectMcubootImage(image);
    assert.deepEqual([kind, size], ['MCUboot image', 0x4000]);
    let end = 0;
    for (const { at } of fields) {
      assert.equal(at!.offset, end);
      end += at!.length;
    }
    assert.equal(end, size);
    const texts = (field: InspectionField): string[] => [
      `${field.name}: ${field.value}`,
      ...(field.children ?? []).flatMap(texts),
    ];
    const all = fields.flatMap(texts);
    for (const text of [
      'ih_hdr_size: 512 bytes',
      'ih_flags: none',
      'ih_ver: 1.2.3+4',
      'body: 300 bytes',
      'SEC_CNT: 9',
      'DEPENDENCY: image 1 from 2.0.0+0 on',
      'padding and trailer: confirmed',
      'image_ok: set',
    ]) {
      assert.ok(all.includes(text), `${text} is in ${all.join('; ')}`);
    }
  });

  it('is good with the key, and not checked without', async () => {
    const image = await createMcubootImage(firmware, options, signer);
    const known = inspectMcubootImage(image, { trustedKeys: [signer.publicKey] });
    assert.ok(verdicts(known).every((verdict) => verdict === 'holds'));
    const unknown = inspectMcubootImage(image);
    assert.equal(hasBrokenRule(unknown), false);
    assert.equal(verdicts(unknown).filter((verdict) => verdict === 'not-checked').length, 2);
    const other = inspectMcubootImage(image, { trustedKeys: [sharedSigner('P-256').publicKey] });
    assert.deepEqual(codes(other), ['mcuboot.untrusted-key']);
  });

  it('says what is broken, as far as it goes', async () => {
    const image = await createMcubootImage(firmware, options, signer);
    const changed = image.slice();
    changed[600]! ^= 1;
    changed[0x3000] = 7;
    const inspection = inspectMcubootImage(changed, { trustedKeys: [signer.publicKey] });
    assert.deepEqual(codes(inspection), ['mcuboot.trailing-bytes', 'mcuboot.hash-mismatch']);
    assert.equal(verdicts(inspection).filter((verdict) => verdict === 'not-checked').length, 2);
    const cut = inspectMcubootImage(image.subarray(0, 700));
    assert.deepEqual([cut.fields.length, codes(cut)], [1, ['mcuboot.truncated']]);
    const none = inspectMcubootImage(Uint8Array.of(1, 2, 3));
    assert.deepEqual([none.fields, codes(none)], [[], ['mcuboot.malformed']]);
    for (let at = 0; at < image.length; at += at < 1100 ? 1 : 101) {
      const damaged = image.slice();
      damaged[at]! ^= 0x80;
      assert.ok(
        hasBrokenRule(inspectMcubootImage(damaged, { trustedKeys: [signer.publicKey] })),
        `byte ${at}`,
      );
    }
  });

  it('needs the private key of an encrypted one, and knows a compressed one', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('x25519');
    const encryption = {
      publicKey,
      keyBits: 128,
      hmacBits: 256,
      leavesPlain: false,
      savesTlv: false,
    } as const;
    const both = { ...options, encryption, compression: 'lzma2' } as const;
    const image = await createMcubootImage(new Uint8Array(2000), both, signer);
    const closed = inspectMcubootImage(image, { trustedKeys: [signer.publicKey] });
    assert.equal(hasBrokenRule(closed), false);
    assert.ok(closed.fields.some(({ value }) => value.endsWith('compressed, encrypted')));
    assert.ok(closed.checks.some(({ missing }) => missing === 'the private key to decrypt it with'));
    const open = inspectMcubootImage(image, { trustedKeys: [signer.publicKey], decryptionKey: privateKey });
    assert.ok(verdicts(open).every((verdict) => verdict === 'holds'));
  });
});

describe('MCUboot’s sample keys', () => {
  it('are known by their public half, and others are not', () => {
    const p384 =
      '-----BEGIN PUBLIC KEY-----\n' +
      'MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEDHbKrnI6pejw1PEWtQLvd6Ebk2F4wAkmeztAnO5JheDJT+fyupds84JlFCz1DHMz' +
      'TTLnm9NCzJVa5eL19G5F4O0gNVyvUjWB1Nyc454iPvs/IhDacAM3rajySP46YGml\n' +
      '-----END PUBLIC KEY-----\n';
    assert.equal(isSampleKey(p384), true);
    assert.equal(isSampleKey(signer.publicKeyPem), false);
    const name = sampleKeyName(
      Buffer.from('e30466f6b8470c1f29070b17f1e2d3e94d445e3f608087fdc711e4382bb538b6', 'hex'),
    );
    assert.equal(name, 'root-ec-p256.pem');
  });
});
