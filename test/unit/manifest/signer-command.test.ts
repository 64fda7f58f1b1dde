import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, type KeyObject } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyType } from '../../../src/base/key-signer';
import { nullLog } from '../../../src/base/log';
import { signWith } from '../../../src/manifest/key-signing';
import { KeyStore } from '../../../src/manifest/key-store';
import { findSignature } from '../../../src/manifest/signature-answer';
import type { SignerCommand } from '../../../src/manifest/signer-command';
import { decodeSignerCommand } from '../../../src/manifest/signer-command-file';
import { FakeClock } from '../support/fake-clock';
import { until } from '../support/until';
import { newPair, refused } from './support';

const message = Buffer.from('what is to be signed');

/** A signer of its own: reads the message, writes the signature in the encoding that it is asked for. */
const signingScript = `
const { readFileSync } = require('node:fs');
const { sign } = require('node:crypto');
const [file, hash, dsaEncoding, encoding] = process.argv.slice(2);
const pss = readFileSync(file, 'utf8').includes('RSA') ? { padding: 6, saltLength: 32 } : {};
const key = { key: readFileSync(file), dsaEncoding, ...pss };
const signature = sign(hash === 'none' ? null : hash, readFileSync(0), key);
process.stdout.write(encoding === 'raw' ? signature : signature.toString(encoding) + '\\n');
`;

describe('a command that signs', () => {
  let folder: string;
  let clock: FakeClock;
  let store: KeyStore;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-command-'));
    clock = new FakeClock();
    store = new KeyStore(join(folder, 'keys'), nullLog, { clock });
    await writeFile(join(folder, 'sign.cjs'), signingScript);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const command = (...args: string[]): SignerCommand => ({
    program: process.execPath,
    args,
    input: 'message',
    timeoutSeconds: 60,
  });

  const node = (script: string): SignerCommand => command('-e', script);

  async function add(publicKey: KeyObject, by: SignerCommand): Promise<void> {
    const bytes = Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }));
    await store.importPublic('hsm', { file: 'hsm.pem', bytes }, by);
  }

  async function privateFile(privateKey: KeyObject): Promise<string> {
    const rsa = privateKey.asymmetricKeyType === 'rsa';
    const file = join(folder, 'private.pem');
    await writeFile(file, privateKey.export({ type: rsa ? 'pkcs1' : 'pkcs8', format: 'pem' }));
    return file;
  }

  const cases: [KeyType, hash: string, encodings: readonly string[]][] = [
    ['P-256', 'sha256', ['raw', 'base64', 'hex']],
    ['P-384', 'sha384', ['raw', 'base64url']],
    ['Ed25519', 'none', ['raw', 'hex']],
    ['RSA-2048', 'sha256', ['raw', 'base64']],
  ];
  for (const [type, hash, encodings] of cases) {
    it(`signs with ${type}, however it writes the signature`, async function () {
      this.timeout(60_000);
      const { publicKey, privateKey } = newPair(type);
      const file = await privateFile(privateKey);
      for (const dsa of type.startsWith('P-') ? ['der', 'ieee-p1363'] : ['der']) {
        for (const encoding of encodings) {
          await add(publicKey, command(join(folder, 'sign.cjs'), file, hash, dsa, encoding));
          const signer = await store.openKey('hsm', '');
          const signature = await signer.sign(message);
          const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
          assert.deepEqual(findSignature(signature, message, type, pem), { signature });
          assert.equal(signature.length, (await signWith(privateKey, type, message)).length);
          await store.delete('hsm');
        }
      }
    });
  }

  it('gets the digest if it wants that: openssl pkeyutl', async function () {
    if (spawnSync('openssl', ['version']).status !== 0) this.skip();
    this.timeout(60_000);
    const { publicKey, privateKey } = newPair('P-256');
    const args = ['pkeyutl', '-sign', '-inkey', await privateFile(privateKey)];
    await add(publicKey, { program: 'openssl', args, input: 'digest', timeoutSeconds: 60 });
    assert.equal((await (await store.openKey('hsm', '')).sign(message)).length, 64);
  });

  it('gets the digest of its type, in binary', async function () {
    this.timeout(60_000);
    const file = JSON.stringify(join(folder, 'seen'));
    const script = `require('fs').writeFileSync(${file}, require('fs').readFileSync(0))`;
    await add(newPair('P-384').publicKey, { ...node(script), input: 'digest' });
    await assert.rejects((await store.openKey('hsm', '')).sign(message), { code: 'key.command-answer' });
    const digest = createHash('sha384').update(message).digest();
    assert.deepEqual(await readFile(join(folder, 'seen')), digest);
  });

  it('is not asked for what Ed25519 can not do', async () => {
    const by: SignerCommand = { ...node(''), input: 'digest' };
    await assert.rejects(add(newPair('Ed25519').publicKey, by), {
      code: 'key.no-digest',
      details: { key: 'hsm', type: 'Ed25519' },
    });
  });

  it('is not believed: by another key, over something else, or no signature at all', async function () {
    this.timeout(60_000);
    const other = await privateFile(newPair('P-256').privateKey);
    const answers: [SignerCommand, 'wrong-signature' | 'no-signature', number][] = [
      [command(join(folder, 'sign.cjs'), other, 'sha256', 'ieee-p1363', 'raw'), 'wrong-signature', 64],
      [node('process.stdout.write(Buffer.alloc(64))'), 'wrong-signature', 64],
      [node('process.stdout.write("ok")'), 'no-signature', 2],
      [node(''), 'no-signature', 0],
    ];
    const { publicKey } = newPair('P-256');
    for (const [by, fault, bytes] of answers) {
      await add(publicKey, by);
      await assert.rejects((await store.openKey('hsm', '')).sign(message), {
        code: 'key.command-answer',
        details: { key: 'hsm', program: process.execPath, fault, bytes },
      });
      await store.delete('hsm');
    }
  });

  it('is shown with what it complains of', async function () {
    this.timeout(60_000);
    const failures: [SignerCommand, RegExp][] = [
      [node('console.error("no token in slot 0"); process.exit(3)'), /^no token in slot 0$/],
      [node('process.exit(3)'), /exit code 3/],
      [node('process.stdout.write("x".repeat(200000)); setInterval(() => {}, 1000)'), /more than any/],
      [{ ...node(''), program: 'no-such-program-of-slipway' }, /no such program/],
    ];
    for (const [by, reason] of failures) {
      await add(newPair('Ed25519').publicKey, by);
      const error = await (await store.openKey('hsm', '')).sign(message).then(
        () => assert.fail('it signed'),
        (failure: unknown) => failure as { code: string; details: { reason: string } },
      );
      assert.equal(error.code, 'key.command-failed');
      assert.match(error.details.reason, reason);
      await store.delete('hsm');
    }
  });

  it('is ended when it takes too long', async function () {
    this.timeout(60_000);
    const seen = join(folder, 'pid');
    const script = `require('fs').writeFileSync(${JSON.stringify(seen)}, String(process.pid)); setInterval(() => {}, 1000)`;
    await add(newPair('Ed25519').publicKey, { ...node(script), timeoutSeconds: 5 });
    const signed = (await store.openKey('hsm', '')).sign(message);
    const refusal = assert.rejects(signed, { code: 'key.command-timeout' });
    const pid = await until(async () => Number(await readFile(seen, 'utf8').catch(() => '')), 'it runs');
    await clock.advance(5000);
    await refusal;
    await until(() => !isRunning(pid), 'it is gone');
  });

  it('is read from its file with care', () => {
    const read = (text: string): SignerCommand => decodeSignerCommand(text, 'hsm');
    assert.deepEqual(read('{"command":["p","a b"]}'), {
      program: 'p',
      args: ['a b'],
      input: 'message',
      timeoutSeconds: 60,
    });
    for (const text of [
      '',
      'null',
      '{}',
      '{"command":"rm -rf"}',
      '{"command":[]}',
      '{"command":[""]}',
      '{"command":["p",1]}',
      '{"command":["p"],"input":"both"}',
      '{"command":["p"],"timeoutSeconds":0}',
      '{"command":["p"],"timeoutSeconds":"60"}',
    ]) {
      refused(() => read(text), 'key.unreadable');
    }
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
