import { strict as assert } from 'node:assert';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMcubootImage } from '../../../src/image/mcuboot/create';
import { defaultMcubootOptions } from '../../../src/image/mcuboot/options';
import { parseMcubootImage } from '../../../src/image/mcuboot/parse';
import { parseImageVersion } from '../../../src/image/mcuboot/version';
import { hexFile } from '../image/files';
import { sharedSigner } from '../image/mcuboot/signers';
import { Terminal } from './terminal';

describe('The command line with MCUboot images', function () {
  this.timeout(60_000);
  let folder: string;
  let terminal: Terminal;
  let firmware: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-cli-'));
    terminal = new Terminal(folder, { SLIPWAY_PASSPHRASE: 'correct horse' });
    firmware = join(folder, 'firmware.hex');
    await writeFile(firmware, hexFile([{ address: 0x8000, bytes: new Uint8Array(3000).fill(0xa5) }]));
    assert.equal((await terminal.run('keygen', 'test')).code, 0);
  });
  afterEach(async () => {
    await terminal.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const sign = (...more: string[]): ReturnType<Terminal['run']> =>
    terminal.run(
      'sign',
      firmware,
      '--format',
      'mcuboot',
      '--key',
      'test',
      '--image-version',
      '1.2.3+4',
      ...more,
    );

  it('signs, verifies and inspects', async () => {
    const signed = await sign(
      '--json',
      '--slot-size',
      '0x4000',
      '--security-counter',
      'auto',
      '--tlv',
      '0xa0=01ff',
    );
    assert.equal(signed.code, 0, signed.err + signed.out);
    const event = JSON.parse(signed.out) as { file: string; format: string; version: string };
    assert.deepEqual([event.format, event.version], ['mcuboot', '1.2.3+4']);
    const { protectedTlvs } = parseMcubootImage(await readFile(event.file));
    assert.deepEqual(
      protectedTlvs?.tlvs.map(({ type }) => type),
      [0x50, 0xa0],
    );
    const verified = await terminal.run('verify', event.file, '--key', 'test');
    assert.equal(verified.code, 0, verified.err);
    assert.match(verified.out, /good.*version 1\.2\.3\+4, security counter 16908291/);
    const inspected = await terminal.run('inspect', event.file, '--key', 'test');
    assert.equal(inspected.code, 0, inspected.err);
    assert.match(inspected.out, /ih_ver: 1\.2\.3\+4/);
    assert.match(inspected.out, /✓ The signature is that key’s/);
    assert.match((await terminal.run('inspect', event.file)).out, /\? The signature .*Missing: a public key/);
    assert.equal(
      (await terminal.run('verify', event.file, '--key', 'test', '--min-counter', '16908292')).code,
      4,
    );

    const bytes = await readFile(event.file);
    bytes[1000]! ^= 1;
    await writeFile(event.file, bytes);
    const refused = await terminal.run('verify', event.file, '--key', 'test');
    assert.equal(refused.code, 4);
    assert.match(refused.err, /hash does not match/);
    const broken = await terminal.run('inspect', event.file, '--key', 'test', '--json');
    assert.equal(broken.code, 4);
    assert.match(broken.out, /"code":"mcuboot.hash-mismatch"/);
  });

  it('compresses and encrypts, and verifies with the key to decrypt', async () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const [publicPem, privatePem] = [join(folder, 'enc.pub.pem'), join(folder, 'enc.pem')];
    await writeFile(publicPem, pair.publicKey.export({ type: 'spki', format: 'pem' }));
    await writeFile(privatePem, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const signed = await sign(
      '--compress',
      'lzma2',
      '--encrypt-for',
      publicPem,
      '-o',
      join(folder, 'out.img'),
    );
    assert.equal(signed.code, 0, signed.err);
    const closed = await terminal.run('verify', join(folder, 'out.img'), '--key', 'test');
    assert.equal(closed.code, 4);
    assert.match(closed.err, /encrypted/);
    const open = await terminal.run(
      'verify',
      join(folder, 'out.img'),
      '--key',
      'test',
      '--decrypt-with',
      privatePem,
    );
    assert.equal(open.code, 0, open.err);
    assert.match(open.out, /firmware of 2\.9 KiB/);
  });

  it('verifies and inspects with a key of a type that no envelope is signed with, and refuses another', async () => {
    const signer = sharedSigner('RSA-2048');
    const file = join(folder, 'rsa.bin');
    const options = { ...defaultMcubootOptions, version: parseImageVersion('1.0.0') };
    await writeFile(file, await createMcubootImage(new Uint8Array(100), options, signer));
    const pem = join(folder, 'rsa.pem');
    await writeFile(pem, signer.publicKeyPem);
    const verified = await terminal.run('verify', file, '--key', pem);
    assert.equal(verified.code, 0, verified.err);
    assert.match(verified.out, /RSA-2048/);
    assert.equal((await terminal.run('inspect', file, '--key', pem)).code, 0);
    const refused = await terminal.run('verify', file, '--key', 'test');
    assert.equal(refused.code, 4);
    assert.match(refused.err, /not trusted/);
  });

  it('leaves versions of envelopes alone', async () => {
    const suit = ['sign', firmware, '--key', 'test', '--class', 'demo', '--image-version'];
    assert.equal((await terminal.run(...suit, '1.2.3-rc.1')).code, 0);
    const { code, err } = await terminal.run(...suit, '1.2.3-rc.1', '--format', 'suit+mcuboot');
    assert.equal(code, 4);
    assert.match(err, /major\.minor\.revision/);
  });

  it('says by how much an image is too large, and ends with 2 for wrong usage', async () => {
    const large = await sign('--slot-size', '4096');
    assert.equal(large.code, 4);
    assert.match(large.err, /bytes too large/);
    for (const wrong of [
      ['--align', 'x'],
      ['--tlv', 'a0'],
      ['--depends', '1'],
      ['--compress', 'zip'],
    ]) {
      assert.equal((await sign(...wrong)).code, 2, wrong.join(' '));
    }
    assert.equal((await terminal.run('sign', firmware, '--key', 'test')).code, 2);
    assert.equal((await terminal.run('inspect', firmware)).code, 4);
  });
});
