import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nullLog } from '../../../src/base/log';
import { SequenceStore } from '../../../src/manifest/sequence-store';
import { coseSigner } from '../../../src/manifest/stored-key';
import { symmetricKey } from '../../../src/manifest/symmetric-key';
import { verifyEnvelope } from '../../../src/manifest/suit-verify';
import { Firmware, type Project } from '../../../src/ui/firmware';
import { newStoredSigner } from '../manifest/support';
import { FakeClock } from '../support/fake-clock';

describe('signing a project’s firmware', () => {
  const signer = newStoredSigner('Ed25519');
  let folder: string;
  let firmware: Firmware;
  let project: Project;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-firmware-'));
    await mkdir(join(folder, 'radio'));
    await writeFile(join(folder, 'app.bin'), Buffer.alloc(200, 1));
    firmware = new Firmware(() => new SequenceStore(join(folder, 'keys'), new FakeClock(0)), nullLog);
    project = {
      folder,
      buildCommand: '',
      artifactPattern: '',
      vendorDomain: 'example.com',
      className: 'demo',
      signingFormat: 'suit',
      mcuboot: () => ({}),
    };
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('puts the further components of the settings into the package, in their order', async () => {
    await writeFile(join(folder, 'radio', 'radio.bin'), Buffer.alloc(100, 2));
    await writeFile(join(folder, 'secure.bin'), Buffer.alloc(50, 3));
    const components = { secure: 'secure.bin', radio: 'radio/radio.bin' };
    const { file } = await firmware.sign({ ...project, components }, join(folder, 'app.bin'), {
      signers: [signer],
    });
    const verified = verifyEnvelope(await readFile(file), { trustAnchors: [coseSigner(signer)] });
    assert.deepEqual(
      verified.components.map(({ componentId, payload }) => [componentId.join('/'), payload.length]),
      [
        ['app', 200],
        ['secure', 50],
        ['radio', 100],
      ],
    );
  });

  it('authenticates with secrets alone and encrypts, where the board has nothing else', async () => {
    const mac = symmetricKey(Buffer.alloc(32, 7), 'mac');
    const content = symmetricKey(Buffer.alloc(16, 8), 'content');
    const keys = { signers: [], macKeys: [mac], encryptionKey: content };
    const { file } = await firmware.sign(project, join(folder, 'app.bin'), keys);
    const bytes = await readFile(file);
    const policy = { trustAnchors: [], macKeys: [mac], decryptionKeys: [content] };
    const verified = verifyEnvelope(bytes, policy);
    assert.deepEqual(verified.payload, new Uint8Array(Buffer.alloc(200, 1)));
    assert.deepEqual(verified.authentications, [{ keyId: mac.keyId, algorithm: 'HMAC256' }]);
    assert.ok(!bytes.includes(Buffer.alloc(200, 1)));
    assert.throws(() => verifyEnvelope(bytes, { ...policy, macKeys: [] }), { code: 'suit.untrusted-key' });
    assert.throws(() => verifyEnvelope(bytes, { ...policy, decryptionKeys: [] }), {
      code: 'suit.no-decryption-key',
    });
  });

  it('names the component’s file that is not there, and leaves no package', async () => {
    const components = { radio: 'radio/radio.bin' };
    await assert.rejects(
      firmware.sign({ ...project, components }, join(folder, 'app.bin'), { signers: [signer] }),
      {
        code: 'image.unreadable',
        message: /radio\.bin.*ENOENT/,
      },
    );
    await assert.rejects(readFile(join(folder, 'app.suit')), { code: 'ENOENT' });
  });
});
