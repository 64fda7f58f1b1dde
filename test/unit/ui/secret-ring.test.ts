import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SecretChoice, SecretRing } from '../../../src/ui/secret-ring';
import { RingStores } from './ring-stores';

describe('the secrets of a workspace', () => {
  let stores: RingStores;
  let configured: SecretChoice;
  let logged: string;
  let ring: SecretRing;

  beforeEach(async () => {
    configured = { macKeys: [], macOnly: false };
    logged = '';
    const log = (text: string): void => void (logged += `${text}\n`);
    stores = await RingStores.open({ trace: log, debug: log, info: log, warn: log, error: log });
    const { keys, passphrases, workspace } = stores;
    ring = new SecretRing({ keys, passphrases, workspace, configured: () => configured });
  });

  afterEach(async () => {
    ring.dispose();
    await stores.dispose();
  });

  it('are used for what they are chosen for, and open for boards of this workspace', async () => {
    await ring.generate('mac', 256, 'one');
    await ring.generate('content', 128, 'two');
    assert.deepEqual(ring.choice, { macKeys: [], macOnly: false });
    await ring.useForMacs('mac', true);
    await ring.useForEncryption('content');
    assert.deepEqual(ring.choice, { macKeys: ['mac'], macOnly: true, encryptKey: 'content' });
    const { macKeys, decryptionKeys } = ring.held;
    assert.deepEqual(
      [macKeys, decryptionKeys].map((keys) => keys.map(({ secret }) => secret.symmetricKeySize)),
      [[32], [16]],
    );
    await ring.stopUsing('mac');
    await ring.stopUsing('content');
    assert.deepEqual(ring.choice, { macKeys: [], macOnly: false });
    assert.deepEqual(ring.held, { macKeys: [], decryptionKeys: [] });
  });

  it('are the settings’ before the chosen ones', async () => {
    await ring.generate('chosen', 256, 'x');
    await ring.useForMacs('chosen', true);
    configured = { macKeys: ['team'], macOnly: false, encryptKey: 'content' };
    assert.deepEqual(ring.choice, configured);
    const macs = { code: 'key.use-is-set', details: { key: 'team', setting: 'slipway.signing.macKeys' } };
    await assert.rejects(ring.useForMacs('team', true), macs);
    await assert.rejects(ring.stopUsing('team'), macs);
    const encryption = {
      code: 'key.use-is-set',
      details: { key: 'content', setting: 'slipway.signing.encryptKey' },
    };
    await assert.rejects(ring.useForEncryption('content'), encryption);
    await assert.rejects(ring.stopUsing('content'), encryption);
    configured = { macKeys: [], macOnly: false };
    assert.deepEqual(ring.choice, { macKeys: ['chosen'], macOnly: true });
  });

  it('need a passphrase that is not known, and forget a wrong one', async () => {
    const { keyId } = await ring.generate('mac', 256, 'right');
    const [name] = [...stores.secrets.keys()];
    assert.equal(name, `slipway.passphrase.${keyId}`);
    assert.ok(name !== undefined);
    stores.secrets.set(name, 'wrong');
    await assert.rejects(ring.open('mac'), { code: 'key.passphrase-needed' });
    assert.deepEqual([...stores.secrets], []);
    await ring.useForMacs('mac', false);
    assert.equal(ring.held.macKeys.length, 0);
    await assert.rejects(ring.unlock('mac', 'wrong'), { code: 'key.wrong-passphrase' });
    assert.equal((await ring.unlock('mac', 'right')).keyId, keyId);
    assert.deepEqual(
      ring.held.macKeys.map((key) => key.keyId),
      [keyId],
    );
  });

  it('are named when they are gone, or no secrets', async () => {
    await assert.rejects(ring.open('gone'), { code: 'key.not-found' });
    await stores.keys().generate('pair', 'Ed25519', 'x');
    await assert.rejects(ring.unlock('pair', 'x'), { code: 'key.not-secret' });
  });

  it('stand in no file, choice or log in the clear', async () => {
    await ring.generate('mac', 256, 'a secret phrase');
    await ring.useForMacs('mac', true);
    const secret = ring.held.macKeys[0]!.secret.export();
    const files = await Promise.all(
      (await readdir(stores.folder)).map((file) => readFile(join(stores.folder, file), 'latin1')),
    );
    const written = [...files, JSON.stringify([...stores.chosen]), logged].join('\n');
    for (const form of ['a secret phrase', secret.toString('hex'), secret.toString('base64')]) {
      assert.ok(!written.includes(form));
    }
  });
});
