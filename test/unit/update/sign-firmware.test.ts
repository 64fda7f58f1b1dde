import { strict as assert } from 'node:assert';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeAppInfo } from '../../../src/image/app-info';
import { verifyMcubootImage } from '../../../src/image/mcuboot/verify';
import { readImage } from '../../../src/image/read-image';
import { SequenceStore } from '../../../src/manifest/sequence-store';
import { verifyEnvelope } from '../../../src/manifest/suit-verify';
import { packageFileOf, toUpdatePackage } from '../../../src/update/package-file';
import { signFirmware, type SignFirmwareOptions } from '../../../src/update/sign-firmware';
import { coseSigner } from '../../../src/manifest/stored-key';
import { newStoredSigner } from '../manifest/support';
import { FakeClock } from '../support/fake-clock';

const firmware = Buffer.concat([encodeAppInfo({ version: '1.0.1', banner: 'hi' }), Buffer.alloc(300, 0x5a)]);
const image = readImage('app.bin', firmware);

describe('signing a firmware', () => {
  let folder: string;
  let options: Omit<SignFirmwareOptions, 'format'>;
  const signer = newStoredSigner('Ed25519');
  const trustedKeys = [signer.publicKeyPem];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-sign-'));
    const sequences = new SequenceStore(folder, new FakeClock(1_700_000_000_000));
    options = {
      vendorDomain: 'example.com',
      className: 'demo',
      signers: [signer],
      sequences,
      mcuboot: {},
    };
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives a bare MCUboot image, which is a package without sequence number', async () => {
    const signed = await signFirmware('app.bin', image, { ...options, format: 'mcuboot' });
    const verified = verifyMcubootImage(signed.bytes, { trustedKeys });
    assert.deepEqual([verified.version, signed.version, signed.sequence], ['1.0.1+0', '1.0.1', undefined]);
    assert.deepEqual(Buffer.from(verified.firmware), firmware);
    const pkg = toUpdatePackage('app.mcuboot', signed.bytes);
    assert.deepEqual(
      [pkg.version, pkg.sequence, pkg.bytes.length],
      ['1.0.1', undefined, signed.bytes.length],
    );
    assert.equal(packageFileOf('build/app.elf', 'mcuboot'), 'build/app.mcuboot');
  });

  it('makes no MCUboot image without a key pair: a bootloader knows no MAC', async () => {
    await assert.rejects(signFirmware('app.bin', image, { ...options, signers: [], format: 'mcuboot' }), {
      code: 'key.none',
    });
  });

  it('gives an envelope around an MCUboot image, and one around the firmware alone', async () => {
    const policy = { trustAnchors: [coseSigner(signer)] };
    const both = await signFirmware('app.bin', image, { ...options, format: 'suit+mcuboot' });
    const envelope = verifyEnvelope(both.bytes, policy);
    assert.deepEqual([envelope.version, envelope.sequence], ['1.0.1', both.sequence]);
    assert.deepEqual(Buffer.from(verifyMcubootImage(envelope.payload, { trustedKeys }).firmware), firmware);
    const plain = await signFirmware('app.bin', image, { ...options, format: 'suit' });
    assert.deepEqual(Buffer.from(verifyEnvelope(plain.bytes, policy).payload), firmware);
  });

  it('wraps an image that another tool signed, but signs none twice', async () => {
    const { bytes } = await signFirmware('app.bin', image, { ...options, format: 'mcuboot' });
    const signed = readImage('app.signed.bin', bytes);
    const envelope = await signFirmware('app.signed.bin', signed, { ...options, format: 'suit' });
    assert.deepEqual(
      Buffer.from(verifyEnvelope(envelope.bytes, { trustAnchors: [coseSigner(signer)] }).payload),
      Buffer.from(bytes),
    );
    for (const format of ['mcuboot', 'suit+mcuboot'] as const) {
      await assert.rejects(signFirmware('app.signed.bin', signed, { ...options, format }), {
        code: 'mcuboot.already-signed',
      });
    }
  });

  it('signs MCUboot images with RSA, and no envelopes', async function () {
    // Finding primes is a matter of luck.
    this.timeout(60_000);
    const key = newStoredSigner('RSA-2048');
    const rsa = { ...options, signers: [key] };
    const signed = await signFirmware('app.bin', image, { ...rsa, format: 'mcuboot' });
    const verified = verifyMcubootImage(signed.bytes, { trustedKeys: [key.publicKeyPem] });
    assert.deepEqual(Buffer.from(verified.firmware), firmware);
    for (const format of ['suit', 'suit+mcuboot'] as const) {
      await assert.rejects(signFirmware('app.bin', image, { ...rsa, format }), { code: 'key.no-cose' });
    }
  });

  it('takes no sequence number when no image is made', async () => {
    const first = await signFirmware('app.bin', image, { ...options, format: 'suit' });
    const mcuboot = { slotSize: 100 };
    await assert.rejects(signFirmware('app.bin', image, { ...options, format: 'suit+mcuboot', mcuboot }), {
      code: 'mcuboot.slot-overflow',
    });
    const second = await signFirmware('app.bin', image, { ...options, format: 'suit' });
    assert.equal(second.sequence, first.sequence! + 1);
  });
});
