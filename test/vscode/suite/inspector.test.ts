import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { commands, TabInputCustom, type Uri, Uri as uris, window, workspace } from 'vscode';
import { createMcubootImage } from '../../../src/image/mcuboot/create';
import { defaultMcubootOptions } from '../../../src/image/mcuboot/options';
import { parseImageVersion } from '../../../src/image/mcuboot/version';
import type { SlipwayApi } from '../../../src/ui/api';
import type { InspectorContent, InspectorFile } from '../../../src/ui/inspector-protocol';
import { until } from '../../unit/support/until';
import { signedPackage } from '../support/firmware';
import { folder, run, slipway } from '../support/slipway';

describe('the inspector', () => {
  let api: SlipwayApi;
  before(async () => {
    api = await slipway();
  });
  afterEach(async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
  });

  const file = (name: string): Uri => uris.joinPath(folder(), name);

  /** Waits until the page shows that of the file; the page's own script has asked for it. */
  async function shown(
    uri: Uri,
    fits: (file: InspectorFile) => boolean,
    what: string,
  ): Promise<InspectorFile> {
    return await until(() => {
      const now = api.inspector(uri);
      return now && fits(now) ? now : undefined;
    }, what);
  }
  const broken = ({ content }: InspectorFile): string[] =>
    content?.checks.filter(({ verdict }) => verdict === 'broken').map(({ rule }) => rule) ?? [];
  const check = (content: InspectorContent | undefined, rule: RegExp): string | undefined =>
    content?.checks.find((candidate) => rule.test(candidate.rule))?.verdict;

  async function change(uri: Uri, offset: number): Promise<void> {
    const bytes = Uint8Array.from(await workspace.fs.readFile(uri));
    bytes[offset]! ^= 1;
    await workspace.fs.writeFile(uri, bytes);
  }

  it('opens a signed package by itself, judges it by the workspace’s key, and sees a byte change', async () => {
    const suit = await signedPackage();
    await commands.executeCommand('vscode.open', suit);
    const { content } = await shown(suit, (now) => now.content !== undefined, 'the package in the page');
    assert.match(content!.description, /^SUIT envelope · /);
    assert.equal(check(content, /trusted key/), 'holds');
    assert.equal(check(content, /vendor, class and image/), 'holds');
    assert.ok(content!.fields[0]!.children!.some(({ name }) => name === 'suit-manifest'));
    assert.ok(!content!.checks.some(({ verdict }) => verdict === 'broken'));

    const last = content!.size - 1;
    await change(suit, last);
    const now = await shown(suit, (next) => next.content?.outcome.tone === 'bad', 'the changed package');
    assert.match(broken(now).join(), /payloads have their size and digest/);
    await change(suit, last);
    await shown(suit, (next) => next.content?.outcome.tone !== 'bad', 'the package as it was');
  });

  it('shows an MCUboot image of a key that nobody knows as not trusted, and of a changed byte what it breaks', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const image = await createMcubootImage(
      new Uint8Array(4000).fill(7),
      { ...defaultMcubootOptions, version: parseImageVersion('2.0.1') },
      {
        keyType: 'Ed25519',
        publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
        sign: (message) => Promise.resolve(sign(null, message, privateKey)),
      },
    );
    const uri = file('inspected.bin');
    await workspace.fs.writeFile(uri, image);
    try {
      await run('file.inspect', uri);
      const input = window.tabGroups.activeTabGroup.activeTab?.input;
      assert.ok(input instanceof TabInputCustom && input.viewType === 'slipway.inspector');
      const first = await shown(uri, (now) => now.content !== undefined, 'the image in the page');
      assert.match(first.content!.description, /^MCUboot image · /);
      assert.equal(check(first.content, /hash is that of/), 'holds');
      assert.deepEqual(broken(first), ['The key is a trusted one.']);
      assert.equal(check(first.content, /signature is that key’s/), 'not-checked');

      await change(uri, 1000);
      const second = await shown(
        uri,
        (now) => broken(now).join().includes('hash is that of'),
        'the changed image',
      );
      assert.equal(second.content?.outcome.tone, 'bad');

      await workspace.fs.delete(uri);
      const gone = await shown(uri, (now) => now.refusal !== undefined, 'that the file is gone');
      assert.match(gone.refusal!.message, /is not there/);
      await workspace.fs.writeFile(uri, image);
      await shown(uri, (now) => now.content !== undefined, 'the file that is back');
    } finally {
      await workspace.fs.delete(uri);
    }
  });

  it('says of any other file what it is', async () => {
    const uri = file('archive.hex');
    await workspace.fs.writeFile(uri, Buffer.from('504b030400000000', 'hex'));
    try {
      await run('file.inspect', uri);
      const { refusal } = await shown(uri, (now) => now.refusal !== undefined, 'why it is refused');
      assert.match(refusal!.message, /ZIP archive/);
      await commands.executeCommand('workbench.action.closeAllEditors');
      await until(() => api.inspector(uri) === undefined, 'the closed page');
    } finally {
      await workspace.fs.delete(uri);
    }
  });

  it('refuses a file of more than 32 MiB', async () => {
    const uri = file('huge.bin');
    await workspace.fs.writeFile(uri, new Uint8Array(32 * 1024 * 1024 + 1));
    try {
      await run('file.inspect', uri);
      const { refusal } = await shown(uri, (now) => now.refusal !== undefined, 'why it is refused');
      assert.match(refusal!.message, /more than the 32\.00 MiB/);
    } finally {
      await workspace.fs.delete(uri);
    }
  });
});
