import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands, Uri, workspace } from 'vscode';
import { nullLog } from '../../../src/base/log';
import { KeyStore } from '../../../src/manifest/key-store';
import type { SlipwayApi } from '../../../src/ui/api';
import type { KeyNode } from '../../../src/ui/key-row';
import { peekEnvelope } from '../../../src/manifest/suit-peek';
import { certificate } from '../../unit/manifest/certificates';
import { until } from '../../unit/support/until';
import { firmwarePackage, setKeysFolder } from '../support/firmware';
import { panelBoard, run, set, slipway, startBoard } from '../support/slipway';
import { userAtDesk } from '../support/user';

describe('secrets and certificates', () => {
  let api: SlipwayApi;
  let root: string;
  let keys: string;

  afterEach(async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    await set('signing.roots', undefined);
    await setKeysFolder(undefined);
    await rm(root, { recursive: true, force: true });
  });
  const user = userAtDesk();

  before(async () => {
    api = await slipway();
    await run('firmware.build');
  });

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'slipway-secrets-'));
    keys = join(root, 'keys');
    await setKeysFolder(keys);
  });

  const node = (key: string): KeyNode => ({ kind: 'key', key });

  async function texts(of?: KeyNode): Promise<string[]> {
    // VS Code asks for the keys before it asks for what is known of one.
    const all = await api.keys.getChildren();
    const children = (of ? await api.keys.getChildren(of) : all) ?? [];
    return await Promise.all(
      children.map(async (child) => {
        const { label, description } = await api.keys.getTreeItem(child);
        return [label, description].filter((text) => typeof text === 'string').join(': ');
      }),
    );
  }

  async function put(name: string, text: string): Promise<Uri> {
    await writeFile(join(root, name), text);
    return Uri.file(join(root, name));
  }

  async function generate(name: string, size: RegExp): Promise<void> {
    user.picks(/^Size of the new secret$/, size).types(/^Generate a secret \(1\/2\)$/, name);
    user.types(/^Generate a secret \(2\/2\)$/, '');
    await run('key.generateSecret');
  }

  async function verdicts(rule: RegExp): Promise<readonly string[]> {
    const { content } = await until(() => api.inspector(firmwarePackage()), 'the package in the inspector');
    return content?.checks.filter((check) => rule.test(check.rule)).map(({ verdict }) => verdict) ?? [];
  }

  it('make a package for a board without asymmetric cryptography, which takes it', async () => {
    await generate('mac', /^256/);
    await generate('content', /^128/);
    assert.deepEqual(await texts(), ['content: secret, 128 bit', 'mac: secret, 256 bit']);
    user.picks(/^Make a MAC with mac$/, /^Instead of a signature$/);
    await run('key.useForMacs', node('mac'));
    await run('key.useForEncryption', node('content'));
    assert.deepEqual(await texts(), [
      'content: secret, 128 bit · encrypts for this workspace',
      'mac: secret, 256 bit · makes MACs for this workspace',
    ]);
    const board = await startBoard(api);
    await run('firmware.ship', { kind: 'board', board });
    const bytes = await workspace.fs.readFile(firmwarePackage());
    const { encrypted, keyIds, signed } = peekEnvelope(bytes);
    assert.deepEqual({ encrypted, keyIds, signed }, { encrypted: true, keyIds: [], signed: true });
    assert.equal(api.history()[0]?.outcome, 'succeeded');
    await until(() => panelBoard(api, board).state === 0, 'the board at rest');

    await commands.executeCommand('vscode.open', firmwarePackage());
    await until(async () => (await verdicts(/trusted key/)).length > 0, 'what the inspector says');
    assert.deepEqual(await verdicts(/trusted key/), ['holds']);
    assert.deepEqual(await verdicts(/vendor, class and image/), ['holds']);

    await run('key.stopUsing', node('mac'));
    await run('key.stopUsing', node('content'));
    assert.deepEqual(await texts(), ['content: secret, 128 bit', 'mac: secret, 256 bit']);
  });

  it('of elsewhere are unlocked once, named in the settings, and missed aloud', async () => {
    const store = new KeyStore(keys, nullLog);
    await store.generateSecret('team', 256, 'right');
    await set('signing.macKeys', ['team']);
    await set('signing.macOnly', true);
    try {
      user.types(/^Unlock the key team$/, 'wrong').types(/^Wrong passphrase for the key team$/, 'right');
      await run('firmware.sign');
      await run('firmware.sign');
      assert.deepEqual(peekEnvelope(await workspace.fs.readFile(firmwarePackage())).keyIds, []);
      await store.generate('pair', 'Ed25519', 'x');
      await set('signing.encryptKey', 'gone');
      await run('firmware.sign');
      assert.match(user.takeMessage().text, /no signing key named gone/);
    } finally {
      for (const name of ['macKeys', 'macOnly', 'encryptKey']) await set(`signing.${name}`, undefined);
    }
  });

  it('are certificates that a trusted root issued, also without the key itself', async () => {
    const authority = certificate({ subject: 'Root', ca: true });
    const leaf = certificate({ subject: 'Signer', issuer: authority });
    const pem = leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    user.choosesFile(/^Import a private key/, await put('release.pem', pem));
    user.types(/^Import release\.pem$/, 'release').types(/^Encrypt the key release$/, 'x');
    await run('key.import');
    user.choosesFile(/^Certificate chain/, await put('chain.pem', leaf.pem));
    await run('key.addChain', node('release'));
    assert.equal((await texts(node('release'))).at(-1), 'Root: not checked: no root is trusted yet');

    user.choosesFile(/^Trust the root certificates of$/, await put('root.pem', authority.pem));
    await run('roots.add');
    await until(
      async () => (await texts(node('release'))).at(-1) === 'Root: the chain ends in a trusted root',
      'the root that is trusted',
    );
    await run('firmware.sign');
    const store = new KeyStore(keys, nullLog);
    await store.generate('other', 'P-256', 'x');
    // Another key is selected: only the root says that the package is good.
    await run('key.select', node('other'));
    await commands.executeCommand('vscode.open', firmwarePackage());
    await until(async () => (await verdicts(/trusted key/)).join() === 'holds', 'trust by the root');
    await set('signing.roots', undefined);
    await until(async () => (await verdicts(/trusted key/)).join() === 'broken', 'no trust without it');

    user.choosesFile(/^Trust the root/, await put('none.pem', 'nothing'));
    await run('roots.add');
    assert.match(user.takeMessage().text, /not a PEM certificate/);
    await run('key.removeChain', node('release'));
    assert.ok(!(await texts(node('release'))).some((text) => text.startsWith('Certificate')));
  });
});
