import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeAppInfo } from '../../../src/image/app-info';
import { readImage } from '../../../src/image/read-image';
import { SequenceStore, sequenceIdOf } from '../../../src/manifest/sequence-store';
import { verifyEnvelope } from '../../../src/manifest/suit-verify';
import { classIdOf, vendorIdOf } from '../../../src/manifest/uuid';
import { type SignImageOptions, signImage } from '../../../src/update/sign-image';
import { newSigner } from '../manifest/support';
import { FakeClock } from '../support/fake-clock';

const vendorId = vendorIdOf('example.com');
const classId = classIdOf(vendorId, 'greenhouse-sensor');
const bare = readImage('app.bin', Buffer.alloc(300, 0x5a));
const described = readImage(
  'app.bin',
  Buffer.concat([encodeAppInfo({ version: '1.0.1', banner: 'hello' }), Buffer.alloc(300, 0x5a)]),
);

describe('signing an image', () => {
  const signer = newSigner('ESP256');
  const { keyId, algorithm, publicKeyPem } = signer;
  const seconds = Date.UTC(2026, 0, 1) / 1000;
  let folder: string;
  let options: SignImageOptions;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-sign-'));
    options = {
      vendorDomain: 'example.com',
      className: 'greenhouse-sensor',
      signers: [{ signer }],
      sequences: new SequenceStore(folder, new FakeClock(seconds * 1000)),
    };
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives an envelope that the boards of that vendor and class take', async () => {
    const { bytes, sequence } = await signImage(described, options);
    const policy = { trustAnchors: [{ keyId, algorithm, publicKeyPem }], vendorId, classId };
    const verified = verifyEnvelope(bytes, policy);
    assert.deepEqual(Buffer.from(verified.payload), described.bytes);
    assert.equal(verified.sequence, sequence);
    const others = {
      'suit.vendor-mismatch': { ...policy, vendorId: vendorIdOf('example.org') },
      'suit.class-mismatch': { ...policy, classId: classIdOf(vendorId, 'other') },
      'suit.untrusted-key': { ...policy, trustAnchors: [newSigner('ESP256')] },
    };
    for (const [code, other] of Object.entries(others)) {
      assert.throws(() => verifyEnvelope(bytes, other), { code });
    }
  });

  it('puts further components into the same package', async () => {
    const radio = { name: 'radio', bytes: Buffer.alloc(100, 1), version: '3.1.0' };
    const { bytes, version } = await signImage(described, { ...options, components: [radio] });
    const { components, payload } = verifyEnvelope(bytes, { trustAnchors: [signer], vendorId, classId });
    assert.deepEqual(
      components.map((component) => [component.componentId, component.version]),
      [
        [['app'], '1.0.1'],
        [['radio'], '3.1.0'],
      ],
    );
    assert.deepEqual([Buffer.from(payload), version], [described.bytes, '1.0.1']);
    await assert.rejects(signImage(described, { ...options, components: [{ ...radio, name: 'app' }] }), {
      code: 'suit.malformed',
    });
  });

  it('takes a higher sequence number each time, for each class its own', async () => {
    const sequences = [];
    for (let run = 0; run < 3; run++) sequences.push((await signImage(bare, options)).sequence);
    assert.deepEqual(sequences, [seconds, seconds + 1, seconds + 2]);
    assert.equal((await signImage(bare, { ...options, className: 'other' })).sequence, seconds);
  });

  it('takes the number it is told, and goes on above it', async () => {
    const told = seconds + 1000;
    assert.equal((await signImage(bare, { ...options, sequence: told })).sequence, told);
    assert.equal((await signImage(bare, options)).sequence, told + 1);
    assert.equal((await signImage(bare, { ...options, sequence: 5 })).sequence, 5);
    assert.equal(await options.sequences.current(sequenceIdOf(vendorId, classId)), told + 1);
  });

  it('names the version of the image, else the one it is told, else none', async () => {
    assert.equal((await signImage(described, { ...options, version: '9.9.9' })).version, '1.0.1');
    assert.equal((await signImage(bare, { ...options, version: '9.9.9' })).version, '9.9.9');
    assert.equal('version' in (await signImage(bare, options)), false);
  });
});
