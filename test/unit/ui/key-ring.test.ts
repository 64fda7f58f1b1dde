import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../../../src/base/errors';
import { nullLog } from '../../../src/base/log';
import { KeyRing } from '../../../src/ui/key-ring';
import { RingStores } from './ring-stores';

describe('the key ring', () => {
  let stores: RingStores;
  let configured: string;
  let ring: KeyRing;

  beforeEach(async () => {
    stores = await RingStores.open(nullLog);
    configured = '';
    const { keys, passphrases, workspace } = stores;
    ring = new KeyRing({ keys, passphrases, workspace, configuredKey: () => configured });
  });

  afterEach(async () => {
    ring.dispose();
    await stores.dispose();
  });

  it('makes a key, chooses it and signs with it, the passphrase with the secrets alone', async () => {
    let changes = 0;
    ring.onDidChange(() => changes++);
    const anchor = await ring.generate('desk', 'P-256', 'a secret phrase');
    assert.equal(ring.anchor?.keyId, anchor.keyId);
    assert.equal(changes, 1);
    assert.equal(await ring.selected(), 'desk');
    assert.equal((await ring.open('desk')).keyId, anchor.keyId);
    assert.equal(await ring.passphrase('desk'), 'a secret phrase');
    for (const file of await readdir(stores.folder)) {
      assert.ok(!(await readFile(join(stores.folder, file), 'latin1')).includes('a secret phrase'), file);
    }
    assert.ok(!JSON.stringify([...stores.chosen]).includes('a secret phrase'));
  });

  it('selects the setting’s key, else the chosen one, else the only one', async () => {
    await ring.generate('one', 'P-256', 'x');
    stores.chosen.clear();
    assert.equal(await ring.selected(), 'one');
    await ring.generate('two', 'P-256', 'x');
    assert.equal(await ring.selected(), 'two');
    stores.chosen.clear();
    assert.equal(await ring.selected(), undefined);
    await ring.choose('one');
    configured = 'two';
    assert.equal(await ring.selected(), 'two');
  });

  it('forgets a choice whose key is gone, and a key that cannot be read', async () => {
    await ring.generate('one', 'P-256', 'x');
    await ring.generate('two', 'P-256', 'x');
    await ring.choose('gone');
    assert.equal(await ring.selected(), undefined);
    assert.equal(ring.anchor, undefined);
    configured = 'missing';
    await ring.reload();
    assert.equal(ring.anchor, undefined);
  });

  it('asks for a passphrase that is not kept, and drops one that is wrong', async () => {
    await ring.generate('desk', 'Ed25519', 'right');
    const [name = ''] = stores.secrets.keys();
    stores.secrets.set(name, 'wrong');
    const needed = (error: unknown): boolean => SlipwayError.is(error, 'key.passphrase-needed');
    await assert.rejects(ring.open('desk'), needed);
    assert.equal(stores.secrets.size, 0);
    await assert.rejects(ring.open('desk'), needed);
    await assert.rejects(ring.unlock('desk', 'wrong'), (error) =>
      SlipwayError.is(error, 'key.wrong-passphrase'),
    );
    assert.equal(stores.secrets.size, 0);
    await ring.unlock('desk', 'right');
    assert.equal((await ring.open('desk')).keyType, 'Ed25519');
  });

  it('offers names that are free and allowed', async () => {
    assert.equal(await ring.freeName('My Greenhouse!'), 'my-greenhouse');
    assert.equal(await ring.freeName('ärger ✓'), 'rger');
    assert.equal(await ring.freeName('…'), 'slipway');
    await ring.generate('slipway', 'P-256', 'x');
    assert.equal(await ring.freeName(''), 'slipway-2');
    assert.equal((await ring.freeName('x'.repeat(200))).length, 48);
  });
});
