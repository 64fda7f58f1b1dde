import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nullLog } from '../../../src/base/log';
import { KeyStore } from '../../../src/manifest/key-store';
import { exists, firmwarePackage, setKeysFolder } from '../support/firmware';
import { run, slipway } from '../support/slipway';
import { userAtDesk } from '../support/user';

describe('signing keys', () => {
  let keys: string;

  afterEach(async () => {
    await setKeysFolder(undefined);
    await rm(keys, { recursive: true, force: true });
  });
  const user = userAtDesk();

  before(async () => {
    await slipway();
    await run('firmware.build');
  });

  beforeEach(async () => {
    keys = await mkdtemp(join(tmpdir(), 'slipway-keys-'));
    await setKeysFolder(keys);
  });

  it('are made when the first one is needed', async () => {
    user.types(/signing key \(1\/2\)/, 'first').types(/signing key \(2\/2\)/, '');
    await run('firmware.sign');
    assert.deepEqual(
      (await new KeyStore(keys, nullLog).list()).map(({ name, canSign }) => [name, canSign]),
      [['first', true]],
    );
    assert.ok(await exists(firmwarePackage()));
  });

  it('of elsewhere are unlocked with their passphrase, once', async () => {
    await new KeyStore(keys, nullLog).generate('elsewhere', 'Ed25519', 'right');
    user.types(/^Unlock the key elsewhere$/, 'wrong').types(/^Wrong passphrase/, 'right');
    await run('firmware.sign');
    await run('firmware.sign');
  });

  it('are not guessed at: who does not know the passphrase signs nothing', async () => {
    await new KeyStore(keys, nullLog).generate('elsewhere', 'P-256', 'right');
    user.types(/^Unlock/, 'wrong').dismisses(/^Wrong passphrase/);
    await run('firmware.sign');
  });

  it('are chosen where there are several', async () => {
    const store = new KeyStore(keys, nullLog);
    await store.generate('one', 'P-256', 'a');
    await store.generate('two', 'P-256', 'b');
    user.picks(/^Sign packages of this workspace with$/, /^two$/).types(/^Unlock the key two$/, 'b');
    await run('firmware.sign');
    await run('firmware.sign');
  });

  it('are missing where there is nothing to select or copy', async () => {
    await run('key.select');
    assert.deepEqual(user.takeMessage().buttons, ['Generate Signing Key', 'Show Log']);
    await run('key.copyPassphrase');
    assert.deepEqual(user.takeMessage().buttons, ['Generate Signing Key', 'Show Log']);
  });

  it('keep a name to themselves', async () => {
    user
      .picks(/^Type of the new/, /^Ed25519$/)
      .types(/\(1\/2\)/, 'mine')
      .types(/\(2\/2\)/, 'x');
    await run('key.generate');
    user
      .picks(/^Type of the new/, /^RSA-2048$/)
      .types(/\(1\/2\)/, 'mine')
      .types(/\(2\/2\)/, 'x');
    await run('key.generate');
    assert.match(user.takeMessage().text, /mine/);
  });
});
