import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, type TreeItem, Uri } from 'vscode';
import { nullLog } from '../../../src/base/log';
import { KeyStore } from '../../../src/manifest/key-store';
import type { SlipwayApi } from '../../../src/ui/api';
import type { KeyNode } from '../../../src/ui/key-row';
import { certificate } from '../../unit/manifest/certificates';
import { setKeysFolder } from '../support/firmware';
import { run, slipway } from '../support/slipway';
import { userAtDesk } from '../support/user';

describe('the keys view', () => {
  let api: SlipwayApi;
  let root: string;
  let keys: string;

  afterEach(async () => {
    await setKeysFolder(undefined);
    await rm(root, { recursive: true, force: true });
  });
  const user = userAtDesk();

  before(async () => {
    api = await slipway();
  });

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'slipway-keys-view-'));
    keys = join(root, 'keys');
    await setKeysFolder(keys);
  });

  async function items(node?: KeyNode): Promise<{ node: KeyNode; item: TreeItem }[]> {
    const children = (await api.keys.getChildren(node)) ?? [];
    return await Promise.all(
      children.map(async (child) => ({ node: child, item: await api.keys.getTreeItem(child) })),
    );
  }

  const texts = async (node?: KeyNode): Promise<string[]> =>
    (await items(node)).map(({ item }) => `${textOf(item.label)}: ${textOf(item.description)}`);

  async function put(name: string, content: string | Buffer): Promise<Uri> {
    const path = join(root, name);
    await writeFile(path, content);
    return Uri.file(path);
  }

  const pkcs8 = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const node = (key: string): KeyNode => ({ kind: 'key', key });

  it('is empty at first, takes a key in and says what it is', async () => {
    assert.deepEqual(await texts(), []);
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const file = await put('release.pem', pkcs8(privateKey));
    user.choosesFile(/^Import a private key/, file).types(/^Import release\.pem$/, 'release');
    user.types(/^Encrypt the key release$/, 'a long passphrase');
    await run('key.import');
    assert.deepEqual(await texts(), ['release: Ed25519 · used by this workspace']);
    const { keyId } = await new KeyStore(keys, nullLog).describe('release');
    assert.deepEqual((await texts(node('release'))).slice(0, 2), [`Key id: ${keyId}`, `KEYHASH: ${keyId}`]);

    await run('key.copyId', node('release'));
    assert.equal(await env.clipboard.readText(), keyId);
    const target = Uri.file(join(root, 'out.pem'));
    user.picks(/^Export the public half of release as$/, /^PEM$/).choosesFile(/^Export the public/, target);
    await run('key.exportPublic', node('release'));
    assert.equal(await readFile(target.fsPath, 'utf8'), publicKey.export({ type: 'spki', format: 'pem' }));

    const seed = privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-32);
    for (const name of await readdir(keys)) {
      const text = await readFile(join(keys, name), 'latin1');
      assert.ok(!text.includes('a long passphrase') && !text.includes(seed.toString('base64')), name);
    }
  });

  it('opens an encrypted key with the passphrase that it has', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const sealed = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'right' } as const;
    const file = await put('sealed.pem', privateKey.export(sealed));
    user
      .choosesFile(/^Import/, file)
      .types(/^Import sealed/, 'sealed')
      .types(/^Open sealed\.pem$/, 'wrong');
    user.types(/^Wrong passphrase for sealed\.pem$/, 'right');
    await run('key.import');
    assert.deepEqual(await texts(), ['sealed: P-384 · used by this workspace']);
  });

  it('says what can not be imported, and offers what can', async () => {
    const { publicKey } = generateKeyPairSync('x25519');
    const file = await put('board.pem', publicKey.export({ type: 'spki', format: 'pem' }));
    user.choosesFile(/^Import a private/, file);
    await run('key.import');
    const message = user.takeMessage();
    assert.match(message.text, /only the public half/);
    assert.ok(message.buttons.includes('Import Public Key…'));
    user.choosesFile(/^Import a public key$/, file).types(/^Import board/, 'board');
    await run('key.importPublic');
    assert.deepEqual(await texts(), ['board: X25519']);
  });

  it('uses the key that is chosen for the workspace, with a command and certificates too', async () => {
    const store = new KeyStore(keys, nullLog);
    await store.generate('first', 'Ed25519', 'x');
    const authority = certificate({ subject: 'Root', ca: true });
    const leaf = certificate({ subject: 'Signer', issuer: authority });
    const publicPem = leaf.signer.publicKeyPem;
    const file = await put('hsm.pem', publicPem);
    user.choosesFile(/^Public half/, file).types(/\(1\/2\)$/, 'hsm');
    user.types(/\(2\/2\)$/, 'sign-it --id "0 1"').picks(/standard input$/, /^Digest$/);
    await run('key.addCommand');
    assert.deepEqual(JSON.parse(await readFile(join(keys, 'hsm.command.json'), 'utf8')), {
      command: ['sign-it', '--id', '0 1'],
      input: 'digest',
      timeoutSeconds: 60,
    });
    user.choosesFile(/^Certificate chain of the key hsm$/, await put('chain.pem', leaf.pem + authority.pem));
    await run('key.addChain', node('hsm'));
    await run('key.select', node('hsm'));
    assert.deepEqual(await texts(), ['first: Ed25519', 'hsm: P-256 · used by this workspace']);
    assert.deepEqual((await texts(node('hsm'))).slice(3), [
      'Signed by: sign-it',
      'Certificate: Signer, by Root, valid from 2020-01-01 until 2049-01-01',
      'Root: not checked: no root is trusted yet',
    ]);
    user.choosesFile(/^Certificate chain/, await put('other.pem', authority.pem));
    await run('key.addChain', node('hsm'));
    assert.match(user.takeMessage().text, /certificate Root for key hsm .* belongs to another key/);
  });

  it('deletes a key only when told so twice', async () => {
    await new KeyStore(keys, nullLog).generate('old', 'P-256', 'x');
    user.dismisses(/^Delete the key old\?$/);
    await run('key.delete', node('old'));
    assert.equal((await texts()).length, 1);
    user.agrees(/^Delete the key old\?$/, 'Delete');
    await run('key.delete', node('old'));
    assert.deepEqual(await texts(), []);
    assert.deepEqual(await readdir(keys), []);
    await run('key.delete', node('old'));
    assert.match(user.takeMessage().text, /no signing key named old/);
  });
});

function textOf(text: unknown): string {
  return typeof text === 'string' ? text : '';
}
