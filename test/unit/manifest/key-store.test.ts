import { strict as assert } from 'node:assert';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtemp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../../src/base/log';
import { defaultKeyFolder } from '../../../src/manifest/key-folder';
import { isKeyName, KeyStore } from '../../../src/manifest/key-store';
import { createEnvelope } from '../../../src/manifest/suit-encode';
import { verifyEnvelope } from '../../../src/manifest/suit-verify';
import { content } from './support';

const passphrase = 'correct horse battery staple';

describe('KeyStore', () => {
  let root: string;
  let store: KeyStore;
  let logged: string[];

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'slipway-keys-'));
    logged = [];
    const write = (message: string): void => void logged.push(message);
    const log: Log = { trace: write, debug: write, info: write, warn: write, error: write };
    store = new KeyStore(join(root, 'not', 'there', 'yet'), log);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  for (const algorithm of ['ESP256', 'Ed25519'] as const) {
    it(`makes an ${algorithm} key that signs after it is opened`, async () => {
      const made = await store.generate('desk', algorithm, passphrase);
      const signer = await store.open('desk', passphrase);
      assert.deepEqual(
        { algorithm: signer.algorithm, keyId: signer.keyId, publicKeyPem: signer.publicKeyPem },
        made,
      );
      const bytes = Buffer.from('to be signed');
      const signature = await signer.sign(bytes);
      assert.equal(signature.length, 64);
      const key = createPublicKey(made.publicKeyPem);
      const hash = algorithm === 'ESP256' ? 'sha256' : null;
      assert.ok(verify(hash, bytes, { key, dsaEncoding: 'ieee-p1363' }, signature));
      assert.deepEqual(await store.trustAnchor('desk'), made);
    });
  }

  it('carries an envelope from key to verification', async () => {
    await store.generate('desk', 'ESP256', passphrase);
    const envelope = await createEnvelope(content, await store.open('desk', passphrase));
    const anchor = await store.trustAnchor('desk');
    assert.equal(verifyEnvelope(envelope, { trustAnchors: [anchor] }).keyId, anchor.keyId);
  });

  it('writes encrypted PKCS#8 and SPKI, and nothing else', async () => {
    await store.generate('desk', 'ESP256', passphrase);
    assert.deepEqual((await readdir(store.folder)).sort(), ['desk.pem', 'desk.pub.pem']);
    const secret = await readFile(join(store.folder, 'desk.pem'), 'utf8');
    assert.match(secret, /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    // PBES2 (1.2.840.113549.1.5.13) with aes256-CBC (2.16.840.1.101.3.4.1.42).
    const der = Buffer.from(secret.replace(/-----[^-]+-----|\s/g, ''), 'base64').toString('hex');
    assert.ok(der.includes('06092a864886f70d01050d') && der.includes('060960864801650304012a'), der);
    assert.match(await readFile(join(store.folder, 'desk.pub.pem'), 'utf8'), /^-----BEGIN PUBLIC KEY-----/);
  });

  it('keeps the private key to its owner', async function () {
    if (process.platform === 'win32') this.skip();
    await store.generate('desk', 'Ed25519', passphrase);
    assert.equal((await stat(join(store.folder, 'desk.pem'))).mode & 0o777, 0o600);
    assert.equal((await stat(store.folder)).mode & 0o777, 0o700);
  });

  it('never overwrites a key, not even half of one', async () => {
    const first = await store.generate('desk', 'Ed25519', passphrase);
    await assert.rejects(store.generate('desk', 'ESP256', 'other'), { code: 'key.exists' });
    assert.deepEqual(await store.trustAnchor('desk'), first);
    await rm(join(store.folder, 'desk.pub.pem'));
    await assert.rejects(store.generate('desk', 'ESP256', 'other'), { code: 'key.exists' });
    assert.equal((await store.open('desk', passphrase)).keyId, first.keyId);
    assert.deepEqual(await readdir(store.folder), ['desk.pem']);
  });

  it('lets one of several at the same time win', async () => {
    const results = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map((secret) => store.generate('desk', 'Ed25519', secret)),
    );
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    const winner = 'abcd'[results.findIndex(({ status }) => status === 'fulfilled')]!;
    assert.equal((await store.open('desk', winner)).keyId, (await store.trustAnchor('desk')).keyId);
  });

  it('lists keys by name, with those that only verify', async () => {
    assert.deepEqual(await store.list(), []);
    const b = await store.generate('b', 'ESP256', passphrase);
    const a = await store.generate('a', 'Ed25519', passphrase);
    await rm(join(store.folder, 'a.pem'));
    assert.deepEqual(await store.list(), [
      { name: 'a', algorithm: 'Ed25519', keyId: a.keyId, canSign: false },
      { name: 'b', algorithm: 'ESP256', keyId: b.keyId, canSign: true },
    ]);
  });

  it('lists past files that are no keys, and logs those that pretend to be', async () => {
    await store.generate('good', 'ESP256', passphrase);
    await writeFile(join(store.folder, 'notes.txt'), 'x');
    await writeFile(join(store.folder, 'bad name.pub.pem'), 'x');
    await writeFile(join(store.folder, 'broken.pub.pem'), 'x');
    assert.deepEqual(
      (await store.list()).map(({ name }) => name),
      ['good'],
    );
    assert.ok(logged.some((line) => line.includes('broken') && line.includes('key.unreadable')));
  });

  it('deletes both halves', async () => {
    await store.generate('desk', 'ESP256', passphrase);
    await store.delete('desk');
    assert.deepEqual(await readdir(store.folder), []);
    await assert.rejects(store.delete('desk'), { code: 'key.not-found' });
  });

  it('refuses a wrong, an empty and a missing passphrase', async () => {
    await store.generate('desk', 'ESP256', passphrase);
    for (const wrong of ['wrong', `${passphrase} `, 'x'.repeat(2000)]) {
      await assert.rejects(store.open('desk', wrong), { code: 'key.wrong-passphrase' });
    }
    await assert.rejects(store.open('desk', ''), { code: 'key.passphrase-needed' });
    await assert.rejects(store.generate('other', 'ESP256', ''), { code: 'key.passphrase-needed' });
    assert.equal((await store.list()).length, 1);
  });

  it('never shows a secret in errors or logs', async () => {
    await store.generate('desk', 'ESP256', passphrase);
    const secret = 'hunter2-hunter2';
    const errors = await Promise.allSettled([
      store.open('desk', secret),
      store.open('nobody', secret),
      store.generate('desk', 'ESP256', secret),
      store.generate('../x', 'ESP256', secret),
    ]);
    for (const result of errors) {
      assert.equal(result.status, 'rejected');
      const { message, stack, cause } = result.reason as Error;
      assert.doesNotMatch([message, stack, String(cause), ...logged].join('\n'), /hunter2|horse|PRIVATE/);
    }
  });

  it('says when there is no such key, or only the public half', async () => {
    await assert.rejects(store.open('nobody', passphrase), { code: 'key.not-found' });
    await assert.rejects(store.trustAnchor('nobody'), { code: 'key.not-found' });
    await store.generate('desk', 'ESP256', passphrase);
    const publicPem = await readFile(join(store.folder, 'desk.pub.pem'));
    await writeFile(join(store.folder, 'desk.pem'), publicPem);
    await assert.rejects(store.open('desk', passphrase), { code: 'key.public-only' });
    await rm(join(store.folder, 'desk.pem'));
    await assert.rejects(store.open('desk', passphrase), { code: 'key.public-only' });
  });

  it('refuses other kinds of key by name', async () => {
    await mkdir(store.folder, { recursive: true });
    const put = (name: string, pem: string | Buffer) => writeFile(join(store.folder, `${name}.pem`), pem);
    const encrypted = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase } as const;
    const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' });
    await put('p521', p521.privateKey.export(encrypted));
    await put('p521.pub', p521.publicKey.export({ type: 'spki', format: 'pem' }));
    await put('rsa', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(encrypted));
    await put('plain', generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await put('noise', 'not a key');
    const unsupported = (key: string, kind: string) => ({ code: 'key.unsupported', details: { key, kind } });
    await assert.rejects(store.open('p521', passphrase), unsupported('p521', 'EC secp521r1'));
    await assert.rejects(store.trustAnchor('p521'), unsupported('p521', 'EC secp521r1'));
    await assert.rejects(store.open('rsa', passphrase), unsupported('rsa', 'rsa 2048'));
    await assert.rejects(store.open('plain', passphrase), { code: 'key.unsupported' });
    await assert.rejects(store.open('noise', passphrase), { code: 'key.unreadable' });
  });

  it('says when the folder can not be used', async () => {
    const file = join(root, 'file');
    await writeFile(file, '');
    const blocked = new KeyStore(file, { trace() {}, debug() {}, info() {}, warn() {}, error() {} });
    await assert.rejects(blocked.generate('desk', 'ESP256', passphrase), { code: 'key.storage' });
    await assert.rejects(blocked.list(), { code: 'key.storage' });
  });

  it('refuses names that would not be one file in the folder on every platform', async () => {
    const bad = [
      '',
      '.',
      '..',
      'a/b',
      'a\\b',
      '../a',
      'a.pub',
      'a b',
      'ä',
      '-a',
      'CON',
      'nul',
      'Com1',
      'a\0',
      'x'.repeat(65),
    ];
    for (const name of bad) {
      assert.equal(isKeyName(name), false, name);
      await assert.rejects(store.generate(name, 'Ed25519', passphrase), { code: 'key.invalid-name' });
      await assert.rejects(store.open(name, passphrase), { code: 'key.invalid-name' });
      await assert.rejects(store.delete(name), { code: 'key.invalid-name' });
    }
    for (const name of ['a', 'A_b-9', 'console', 'x'.repeat(64)]) assert.equal(isKeyName(name), true, name);
  });
});

describe('default key folder', () => {
  it("is the user's data folder of the platform", () => {
    const cases: [Record<string, string>, NodeJS.Platform, string, string][] = [
      [{}, 'linux', '/home/u', '/home/u/.local/share/slipway/keys'],
      [{ XDG_DATA_HOME: '/data' }, 'linux', '/home/u', '/data/slipway/keys'],
      [{ XDG_DATA_HOME: 'relative' }, 'linux', '/home/u', '/home/u/.local/share/slipway/keys'],
      [{ XDG_DATA_HOME: '/data' }, 'darwin', '/Users/u', '/Users/u/Library/Application Support/Slipway/keys'],
      [{ APPDATA: 'D:\\Roam' }, 'win32', 'C:\\Users\\u', 'D:\\Roam\\Slipway\\keys'],
      [{}, 'win32', 'C:\\Users\\u', 'C:\\Users\\u\\AppData\\Roaming\\Slipway\\keys'],
    ];
    for (const [env, platform, home, expected] of cases) {
      assert.equal(defaultKeyFolder(env, platform, home), expected);
    }
  });
});
