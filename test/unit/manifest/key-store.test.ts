import { strict as assert } from 'node:assert';
import { constants, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtemp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyType } from '../../../src/base/key-signer';
import { type CertificateFault, type SlipwayError } from '../../../src/base/errors';
import { type Log, nullLog } from '../../../src/base/log';
import { defaultKeyFolder } from '../../../src/manifest/key-folder';
import { isKeyName } from '../../../src/manifest/key-files';
import { KeyStore } from '../../../src/manifest/key-store';
import { createEnvelope } from '../../../src/manifest/suit-encode';
import { verifyEnvelope } from '../../../src/manifest/suit-verify';
import { FakeClock } from '../support/fake-clock';
import { certificate } from './certificates';
import { content } from './support';

const passphrase = 'correct horse battery staple';

/** Bytes, as `KeySigner.sign` has them. */
const signatureSizes = { 'P-256': 64, Ed25519: 64, 'P-384': 96, 'RSA-2048': 256, 'RSA-3072': 384 } as const;

/** Told by node:crypto alone, from the standards that `KeySigner.sign` names. */
function isSigned(bytes: Uint8Array, signature: Uint8Array, type: KeyType, key: string): boolean {
  const hash = type === 'Ed25519' ? null : type === 'P-384' ? 'sha384' : 'sha256';
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return verify(
    hash,
    bytes,
    { key, dsaEncoding: 'ieee-p1363', ...(type.startsWith('RSA') && pss) },
    signature,
  );
}

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

  for (const [type, size] of Object.entries(signatureSizes) as [KeyType, number][]) {
    it(`makes a ${type} key that signs after it is opened`, async function () {
      // Finding primes is a matter of luck.
      this.timeout(60_000);
      const made = await store.generate('desk', type, passphrase);
      const signer = await store.openKey('desk', passphrase);
      assert.equal(made.type, type);
      assert.equal(signer.keyType, type);
      assert.equal(signer.keyId, made.keyId);
      const bytes = Buffer.from('to be signed');
      const signature = await signer.sign(bytes);
      assert.equal(signature.length, size);
      assert.ok(isSigned(bytes, signature, type, signer.publicKeyPem));
      assert.deepEqual(await store.describe('desk'), made);
    });
  }

  it('signs manifests with the types that COSE has', async function () {
    this.timeout(60_000);
    for (const [type, algorithm] of [
      ['P-256', 'ESP256'],
      ['P-384', 'ESP384'],
      ['Ed25519', 'Ed25519'],
    ] as const) {
      await store.generate(type, type, passphrase);
      const { keyId, publicKeyPem } = await store.open(type, passphrase);
      assert.deepEqual(await store.trustAnchor(type), { algorithm, keyId, publicKeyPem });
    }
    await store.generate('rsa', 'RSA-2048', passphrase);
    await assert.rejects(store.open('rsa', passphrase), {
      code: 'key.no-cose',
      details: { key: 'rsa', type: 'RSA-2048' },
    });
  });

  it('carries an envelope from key to verification', async () => {
    await store.generate('desk', 'P-256', passphrase);
    const envelope = await createEnvelope(content, await store.open('desk', passphrase));
    const anchor = await store.trustAnchor('desk');
    assert.equal(verifyEnvelope(envelope, { trustAnchors: [anchor] }).keyId, anchor.keyId);
  });

  it('writes encrypted PKCS#8 and SPKI, and nothing else', async () => {
    await store.generate('desk', 'P-256', passphrase);
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
    await assert.rejects(store.generate('desk', 'P-256', 'other'), { code: 'key.exists' });
    assert.deepEqual(await store.describe('desk'), first);
    await rm(join(store.folder, 'desk.pub.pem'));
    await assert.rejects(store.generate('desk', 'P-256', 'other'), { code: 'key.exists' });
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
    const b = await store.generate('b', 'P-256', passphrase);
    const a = await store.generate('a', 'Ed25519', passphrase);
    await rm(join(store.folder, 'a.pem'));
    assert.deepEqual(await store.list(), [{ ...a, kind: 'public', canSign: false }, b]);
    assert.equal(b.keyHash, b.keyId);
  });

  it('lists past files that are no keys, and logs those that pretend to be', async () => {
    await store.generate('good', 'P-256', passphrase);
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
    await store.generate('desk', 'P-256', passphrase);
    await store.delete('desk');
    assert.deepEqual(await readdir(store.folder), []);
    await assert.rejects(store.delete('desk'), { code: 'key.not-found' });
  });

  it('refuses a wrong, an empty and a missing passphrase', async () => {
    await store.generate('desk', 'P-256', passphrase);
    for (const wrong of ['wrong', `${passphrase} `, 'x'.repeat(2000)]) {
      await assert.rejects(store.open('desk', wrong), { code: 'key.wrong-passphrase' });
    }
    await assert.rejects(store.open('desk', ''), { code: 'key.passphrase-needed' });
    await assert.rejects(store.generate('other', 'P-256', ''), { code: 'key.passphrase-needed' });
    assert.equal((await store.list()).length, 1);
  });

  it('never shows a secret in errors or logs', async () => {
    await store.generate('desk', 'P-256', passphrase);
    const secret = 'hunter2-hunter2';
    const errors = await Promise.allSettled([
      store.open('desk', secret),
      store.open('nobody', secret),
      store.generate('desk', 'P-256', secret),
      store.generate('../x', 'P-256', secret),
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
    await store.generate('desk', 'P-256', passphrase);
    const publicPem = await readFile(join(store.folder, 'desk.pub.pem'));
    await writeFile(join(store.folder, 'desk.pem'), publicPem);
    await assert.rejects(store.open('desk', passphrase), { code: 'key.public-only' });
    await rm(join(store.folder, 'desk.pem'));
    await assert.rejects(store.open('desk', passphrase), { code: 'key.public-only' });
  });

  it('takes keys in, and never writes one as it came', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const der = privateKey.export({ type: 'pkcs8', format: 'der' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const made = await store.import('mine', { file: 'k.pem', bytes: Buffer.from(pem) }, passphrase);
    assert.equal((await store.openKey('mine', passphrase)).keyId, made.keyId);
    const sealed = privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'old',
    });
    const source = { file: 's.pem', bytes: Buffer.from(sealed) };
    await assert.rejects(store.import('sealed', source, passphrase, 'x'), { code: 'key.wrong-passphrase' });
    await store.import('sealed', source, passphrase, 'old');
    assert.equal((await store.openKey('sealed', passphrase)).keyId, made.keyId);
    await assert.rejects(store.import('other', source, '', 'old'), { code: 'key.passphrase-needed' });

    const secret = '00112233445566778899aabbccddeeff';
    const shared = await store.import('shared', { file: 'h', bytes: Buffer.from(`${secret}\n`) }, passphrase);
    assert.deepEqual([shared.type, shared.bits, shared.canSign], ['secret', 128, false]);
    const opened = await store.openSecret('shared', passphrase);
    assert.deepEqual([opened.keyId, opened.secret.export().toString('hex')], [shared.keyId, secret]);
    await assert.rejects(store.openSecret('shared', 'wrong'), { code: 'key.wrong-passphrase' });
    await assert.rejects(store.openKey('shared', passphrase), { code: 'key.secret-only' });
    await assert.rejects(store.openSecret('mine', passphrase), { code: 'key.not-secret' });

    const seed = der.subarray(-32);
    for (const file of await readdir(store.folder)) {
      const text = await readFile(join(store.folder, file), 'latin1');
      const decoded = Buffer.from(text.replace(/-----[^-]+-----|\s/g, ''), 'base64');
      for (const needle of [seed.toString('latin1'), seed.toString('base64'), secret, passphrase]) {
        assert.ok(!text.includes(needle) && !decoded.includes(Buffer.from(needle, 'latin1')), file);
      }
      assert.ok(!decoded.includes(Buffer.from(secret, 'hex')), file);
    }
    assert.ok(!logged.join().includes(secret) && !logged.join().includes(passphrase));
  });

  it('makes secrets of the size that is wanted, each another', async () => {
    const [short, long] = [
      await store.generateSecret('short', 128, passphrase),
      await store.generateSecret('long', 256, passphrase),
    ];
    assert.deepEqual([short.bits, long.bits], [128, 256]);
    assert.notEqual(short.keyId, long.keyId);
    await assert.rejects(store.generateSecret('short', 256, passphrase), { code: 'key.exists' });
    await assert.rejects(store.publicKeyPem('short'), { code: 'key.secret-only' });
    await store.delete('short');
    assert.deepEqual(
      (await store.list()).map(({ name }) => name),
      ['long'],
    );
  });

  it('does not take a secret whose file was changed', async () => {
    await store.generateSecret('shared', 128, passphrase);
    const path = join(store.folder, 'shared.secret.json');
    const file = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    const put = (change: object): Promise<void> => writeFile(path, JSON.stringify({ ...file, ...change }));
    await put({ keyId: 'ffffffffffffffff' });
    await assert.rejects(store.openSecret('shared', passphrase), { code: 'key.wrong-passphrase' });
    const costs = [{ N: 2 ** 30 }, { N: 3 }, { N: 1024, r: 2 ** 20 }, { p: 0 }, { salt: 'x' }];
    for (const cost of costs) {
      await put({ scrypt: { ...(file.scrypt as object), ...cost } });
      await assert.rejects(store.openSecret('shared', passphrase), { code: 'key.unreadable' });
    }
    for (const broken of ['', '{}', 'null', '{"scrypt":1}']) {
      await writeFile(path, broken);
      await assert.rejects(store.describe('shared'), { code: 'key.unreadable' });
    }
    assert.deepEqual(await store.list(), []);
  });

  it('keeps public keys of boards, which sign nothing', async () => {
    const { publicKey } = generateKeyPairSync('x25519');
    const bytes = publicKey.export({ type: 'spki', format: 'der' });
    const key = await store.importPublic('board', { file: 'b.der', bytes });
    assert.deepEqual([key.type, key.kind, key.canSign], ['X25519', 'public', false]);
    assert.equal(await store.publicKeyPem('board'), publicKey.export({ type: 'spki', format: 'pem' }));
    await assert.rejects(store.openKey('board', passphrase), { code: 'key.public-only' });
    await assert.rejects(store.trustAnchor('board'), { code: 'key.unsupported' });
  });

  it('keeps a certificate chain with its key, and none that is not its own', async () => {
    const root = certificate({ subject: 'Root', ca: true });
    const leaf = certificate({ subject: 'Signer', issuer: root });
    const key = leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await store.import('desk', { file: 'k', bytes: Buffer.from(key) }, passphrase);
    const faults: [string, CertificateFault][] = [
      ['no certificate', 'unreadable'],
      ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', 'unreadable'],
      [root.pem + leaf.pem, 'other-key'],
      [leaf.pem + certificate({ subject: 'Other', ca: true }).pem + root.pem, 'unknown-issuer'],
    ];
    for (const [pem, fault] of faults) {
      await assert.rejects(store.setChain('desk', pem), ({ code, details }: SlipwayError<'key.chain'>) => {
        assert.deepEqual([code, details.fault], ['key.chain', fault]);
        return true;
      });
    }
    const info = await store.setChain('desk', leaf.pem + root.pem);
    assert.deepEqual(
      info.chain.map(({ subject }) => subject),
      ['Signer'],
    );
    const signer = await store.open('desk', passphrase);
    assert.deepEqual(signer.certificateChain, [Uint8Array.from(leaf.der)]);
    const envelope = await createEnvelope(content, signer);
    const roots = { certificates: [root.pem], at: new Date('2026-11-25') };
    const verified = verifyEnvelope(envelope, { trustAnchors: [], roots });
    assert.equal(verified.keyId, signer.keyId);

    const later = new FakeClock(Date.parse('2050-01-01'));
    const then = new KeyStore(store.folder, nullLog, { clock: later });
    await assert.rejects(then.openKey('desk', passphrase), { code: 'key.chain' });
    await store.delete('desk');
    assert.deepEqual(await readdir(store.folder), []);
  });

  it('signs with no sample key of MCUboot, unless it is allowed to', async () => {
    // MCUboot's root-ec-p256, the public half.
    const point =
      '042acb403ce8feed5ba44995a1a91daee8dbbe1937cd14fb2f245737e5953988d994b9d65aebd7cdd5308ad6fe48b24a6a810ee5f07d8b6834cc3a6afc538efac1';
    const bytes = Buffer.from(`3059301306072a8648ce3d020106082a8648ce3d030107034200${point}`, 'hex');
    const command = { program: 'true', args: [], input: 'message', timeoutSeconds: 1 } as const;
    const key = await store.importPublic('sample', { file: 'root', bytes }, command);
    assert.equal(key.sample, 'root-ec-p256.pem');
    const expected = { code: 'key.sample', details: { key: 'sample', sample: 'root-ec-p256.pem' } };
    await assert.rejects(store.openKey('sample', ''), expected);
    const lenient = new KeyStore(store.folder, nullLog, { allowSampleKeys: true });
    assert.equal((await lenient.openKey('sample', '')).keyId, key.keyId);
  });

  it('refuses other kinds of key by name', async () => {
    await mkdir(store.folder, { recursive: true });
    const put = (name: string, pem: string | Buffer) => writeFile(join(store.folder, `${name}.pem`), pem);
    const encrypted = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase } as const;
    const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' });
    await put('p521', p521.privateKey.export(encrypted));
    await put('p521.pub', p521.publicKey.export({ type: 'spki', format: 'pem' }));
    await put('rsa', generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export(encrypted));
    await put('plain', generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await put('noise', 'not a key');
    const unsupported = (key: string, kind: string) => ({ code: 'key.unsupported', details: { key, kind } });
    await assert.rejects(store.open('p521', passphrase), unsupported('p521', 'EC secp521r1'));
    await assert.rejects(store.trustAnchor('p521'), unsupported('p521', 'EC secp521r1'));
    await assert.rejects(store.open('rsa', passphrase), unsupported('rsa', 'RSA 1024'));
    await assert.rejects(store.open('plain', passphrase), { code: 'key.unsupported' });
    await assert.rejects(store.open('noise', passphrase), { code: 'key.unreadable' });
  });

  it('says when the folder can not be used', async () => {
    const file = join(root, 'file');
    await writeFile(file, '');
    const blocked = new KeyStore(file, { trace() {}, debug() {}, info() {}, warn() {}, error() {} });
    await assert.rejects(blocked.generate('desk', 'P-256', passphrase), { code: 'key.storage' });
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
