import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeAppInfo } from '../../../src/image/app-info';
import { PtyPair, hasSocat } from '../link/pty-pair';
import { certificate } from '../manifest/certificates';
import { Terminal } from './terminal';

const passphrase = 'correct horse';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

const target = ['--vendor', 'example.com', '--class', 'demo'];

describe('The command line', function () {
  this.timeout(60_000);
  let folder: string;
  let terminal: Terminal;
  let image: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-cli-'));
    terminal = new Terminal(folder, { SLIPWAY_PASSPHRASE: passphrase });
    image = join(folder, 'firmware.bin');
    const info = encodeAppInfo({ version: '1.2.3', banner: 'hello' });
    await writeFile(image, Buffer.concat([info, Buffer.alloc(3000, 0xa5)]));
  });
  afterEach(async () => {
    await terminal.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  /** Powers the boards `one` and `two` on, of those classes, each on a port of its own; gives the addresses. */
  async function startTwo(...classes: readonly [string, string]): Promise<readonly string[]> {
    const addresses = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
    for (const [index, name] of ['one', 'two'].entries()) {
      const board = terminal.start(
        ...['virtual-board', '--tcp', addresses[index]!, '--endpoint', name, '--class', classes[index]!],
        ...['--trust', 'test', '--reboot', '0.1'],
      );
      await board.says(/Ctrl\+C/);
    }
    return addresses;
  }

  /** Makes a key and a package signed with it; gives the package's file. */
  async function signed(version = '1.2.3'): Promise<string> {
    assert.equal((await terminal.run('keygen', 'test')).code, 0);
    const ended = await terminal.run('sign', image, '--key', 'test', ...target, '--json');
    assert.equal(ended.code, 0, ended.err);
    const event = JSON.parse(ended.out) as { file: string; version: string };
    assert.equal(event.version, version);
    return event.file;
  }

  it('makes keys, signs and verifies', async () => {
    const file = await signed();
    assert.equal(file, join(folder, 'firmware.suit'));
    const verified = await terminal.run('verify', file, '--key', 'test', ...target, '--json');
    assert.equal(verified.code, 0, verified.err);
    const other = await terminal.run('verify', file, '--key', 'test', ...target, '--class', 'other');
    assert.equal(other.code, 4);
    assert.match(other.err, /class/);
    const bytes = await readFile(file);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(file, bytes);
    assert.equal((await terminal.run('verify', file, '--key', 'test')).code, 4);
  });

  it('keeps private keys encrypted, and says no secret', async () => {
    const made = await terminal.run('keygen', 'test', '--json');
    assert.equal(made.code, 0);
    const keys = join(folder, 'keys');
    const files = await readdir(keys);
    const texts = await Promise.all(files.map((file) => readFile(join(keys, file), 'utf8')));
    assert.ok(texts.some((text) => text.includes('BEGIN ENCRYPTED PRIVATE KEY')));
    for (const text of [made.out, made.err, ...texts]) assert.ok(!text.includes(passphrase));
  });

  it('keeps certificates with a key, holds them against roots, and takes them away', async () => {
    const authority = certificate({ subject: 'Root', ca: true });
    const leaf = certificate({ subject: 'Signer', issuer: authority });
    const file = async (name: string, text: string): Promise<string> => {
      await writeFile(join(folder, name), text);
      return join(folder, name);
    };
    const key = await file('s.pem', leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    const chain = await file('chain.pem', leaf.pem);
    const root = await file('root.pem', authority.pem);
    assert.equal((await terminal.run('keys', 'import', 'mine', key)).code, 0);
    assert.equal((await terminal.run('keys', 'chain', 'mine')).code, 2);
    assert.equal((await terminal.run('keys', 'chain', 'mine', chain, '--remove')).code, 2);
    assert.equal((await terminal.run('keys', 'chain', 'mine', chain)).code, 0);
    const alone = (await terminal.run('keys', 'list')).out;
    assert.match(alone, /certificate Signer, by Root, valid from 2020-01-01 until 2049-01-01/);
    assert.match(alone, /not checked: no root is trusted yet/);
    assert.match((await terminal.run('keys', 'list', '--root', root)).out, /ends in a trusted root/);
    const strange = await file('strange.pem', certificate({ subject: 'Stranger', ca: true }).pem);
    const listed = await terminal.run('keys', 'list', '--root', strange, '--json');
    const { chain: status } = JSON.parse(listed.out) as { chain: unknown };
    assert.deepEqual(status, { kind: 'broken', subject: 'Signer', fault: 'unknown-issuer' });
    const missing = await terminal.run('keys', 'list', '--root', join(folder, 'missing.pem'));
    assert.match(missing.err, /missing\.pem can’t be read: .+\nCheck that the file is there/);
    assert.equal((await terminal.run('keys', 'chain', 'mine', '--remove')).code, 0);
    assert.doesNotMatch((await terminal.run('keys', 'list')).out, /certificate/);
  });

  it('imports, lists, exports and deletes keys', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const file = join(folder, 'mine.pem');
    await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const imported = await terminal.run('keys', 'import', 'mine', file, '--json');
    assert.equal(imported.code, 0, imported.err);
    const { keyId, keyType } = JSON.parse(imported.out) as { keyId: string; keyType: string };
    assert.equal(keyType, 'Ed25519');
    assert.equal((await terminal.run('keygen', 'shared', '--type', 'secret-128')).code, 0);
    const listed = await terminal.run('keys', 'list');
    assert.match(listed.out, new RegExp(`^mine: Ed25519, can sign, key id ${keyId}$`, 'm'));
    assert.match(listed.out, /^shared: secret, 128 bit, shared with boards/m);

    const exported = await terminal.run('keys', 'export', 'mine');
    assert.equal(exported.out, publicKey.export({ type: 'spki', format: 'pem' }));
    const array = join(folder, 'key.c');
    assert.equal((await terminal.run('keys', 'export', 'mine', '--format', 'c', '-o', array)).code, 0);
    assert.match(await readFile(array, 'utf8'), /^const unsigned char ed25519_pub_key/);
    assert.equal((await terminal.run('keys', 'export', 'shared')).code, 4);
    const inSettings = await terminal.run('sign', file, '--class', 'x', '--mac-key', 'mine');
    assert.equal(inSettings.code, 4);
    assert.match(inSettings.err, /mine is a key pair, not a secret/);

    assert.equal((await terminal.run('keys', 'delete', 'mine')).code, 2);
    assert.equal((await terminal.run('keys', 'delete', 'mine', '--yes')).code, 0);
    assert.equal((await terminal.run('keys', 'delete', 'mine', '--yes')).code, 4);
  });

  it('opens an encrypted key with the passphrase it came with, and refuses what is no private key', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const [sealed, old, open] = ['sealed.pem', 'old', 'public.pem'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const cipher = { cipher: 'aes-256-cbc', passphrase: 'from before' };
    await writeFile(sealed, privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }));
    await writeFile(old, 'from before\n');
    await writeFile(open, publicKey.export({ type: 'spki', format: 'pem' }));
    assert.equal((await terminal.run('keys', 'import', 'k', sealed)).code, 4);
    const given = ['--source-passphrase-file', old];
    assert.equal((await terminal.run('keys', 'import', 'k', sealed, ...given)).code, 0);
    assert.equal((await terminal.run('sign', image, '--key', 'k', ...target)).code, 0);
    const refused = await terminal.run('keys', 'import', 'p', open);
    assert.equal(refused.code, 4);
    assert.match(refused.err, /only the public half.*--public/s);
    assert.equal((await terminal.run('keys', 'import', 'p', open, '--public')).code, 0);
    assert.equal((await terminal.run('keys', 'import', 'p2', join(folder, 'none'))).code, 2);
  });

  it('signs with a command, without a passphrase', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const [secret, open] = [join(folder, 'hsm.pem'), join(folder, 'public.pem')];
    await writeFile(secret, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await writeFile(open, publicKey.export({ type: 'spki', format: 'pem' }));
    const script = `process.stdout.write(require('crypto').sign(null, require('fs').readFileSync(0), require('fs').readFileSync(process.argv[1])))`;
    const without = new Terminal(folder, {});
    const program = [process.execPath, '-e', script, secret];
    const added = await without.run('keys', 'external', 'hsm', open, '--', ...program);
    assert.equal(added.code, 0, added.err);
    const ended = await without.run('sign', image, '--key', 'hsm', ...target);
    assert.equal(ended.code, 0, ended.err);
    assert.match((await without.run('keys', 'list')).out, /^hsm: Ed25519, signed by /);
  });

  it('refuses a wrong passphrase, a second key of that name, and to go without passphrase', async () => {
    await signed();
    const wrong = new Terminal(folder, { SLIPWAY_PASSPHRASE: 'wrong' });
    const refused = await wrong.run('sign', image, '--key', 'test', '--class', 'demo');
    assert.equal(refused.code, 4);
    assert.match(refused.err, /passphrase/);
    assert.equal((await terminal.run('keygen', 'test')).code, 4);
    const file = join(folder, 'passphrase');
    await writeFile(file, `${passphrase}\n`);
    const byFile = await wrong.run(
      'sign',
      image,
      '--key',
      'test',
      '--class',
      'demo',
      '--passphrase-file',
      file,
    );
    assert.equal(byFile.code, 0, byFile.err);
  });

  it('makes packages of several components for boards with a symmetric key, and takes them apart', async () => {
    const [radio, mac, content] = ['radio.bin', 'mac.hex', 'content.jwk'].map((name) => join(folder, name));
    await writeFile(radio!, Buffer.alloc(500, 0x11));
    await writeFile(mac!, 'ab'.repeat(32));
    await writeFile(
      content!,
      JSON.stringify({ kty: 'oct', k: Buffer.alloc(16, 9).toString('base64url'), kid: 'desk' }),
    );
    const secrets = ['--mac-key', mac!, '--encrypt-key', content!];
    const made = await terminal.run(
      'sign',
      image,
      '--component',
      `radio=${radio!}`,
      ...secrets,
      ...target,
      '--json',
    );
    assert.equal(made.code, 0, made.err);
    const { file, keyType } = JSON.parse(made.out) as { file: string; keyType: string };
    assert.equal(keyType, 'secret');

    const trust = ['--mac-key', mac!, '--decrypt-key', content!];
    const verified = await terminal.run('verify', file, ...trust, ...target, '--json');
    assert.equal(verified.code, 0, verified.err);
    const { components } = JSON.parse(verified.out) as { components: { name: string; encrypted: boolean }[] };
    assert.deepEqual(
      components.map(({ name, encrypted }) => [name, encrypted]),
      [
        ['app', true],
        ['radio', true],
      ],
    );
    const locked = await terminal.run('verify', file, '--mac-key', mac!);
    assert.equal(locked.code, 4);
    assert.match(locked.err, /encrypted/);

    const inspected = await terminal.run('inspect', file, ...trust);
    assert.equal(inspected.code, 0, inspected.out);
    assert.match(inspected.out, /COSE_Mac0[^]*suit-components[^]*component 1: radio[^]*✓ The commands/);
    const json = await terminal.run('inspect', file, '--json');
    const event = JSON.parse(json.out) as { type: string; checks: { verdict: string }[] };
    assert.equal(event.type, 'inspection');
    assert.ok(event.checks.some(({ verdict }) => verdict === 'not-checked'));
    for (const text of [made.out, verified.out, inspected.out, json.out]) {
      assert.ok(!text.includes('abababab'));
    }

    const bytes = await readFile(file);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(file, bytes);
    const damaged = await terminal.run('inspect', file, ...trust);
    assert.equal(damaged.code, 4);
    assert.match(damaged.out, /✗/);
  });

  it('takes secrets of the folder by name', async () => {
    const secret = await terminal.run('keygen', 'shared', '--type', 'secret-256');
    assert.equal(secret.code, 0, secret.err);
    const made = await terminal.run(
      ...['sign', image, '--mac-key', 'shared', '--encrypt-key', 'shared', ...target],
    );
    assert.equal(made.code, 0, made.err);
    const file = join(folder, 'firmware.suit');
    const verified = await terminal.run('verify', file, '--mac-key', 'shared', '--decrypt-key', 'shared');
    assert.equal(verified.code, 0, verified.err);
    const unknown = await terminal.run('verify', file, '--mac-key', 'other');
    assert.equal(unknown.code, 4);
    assert.match(unknown.err, /no .*key.* other/i);
  });

  it('signs with several keys, in an older dialect', async () => {
    for (const name of ['first', 'second']) assert.equal((await terminal.run('keygen', name)).code, 0);
    const made = await terminal.run(
      ...['sign', image, '--key', 'first', '--key', 'second', '--dialect', 'draft-09', ...target],
    );
    assert.equal(made.code, 0, made.err);
    for (const name of ['first', 'second']) {
      const verified = await terminal.run('verify', join(folder, 'firmware.suit'), '--key', name, '--json');
      assert.equal((JSON.parse(verified.out) as { dialect: string }).dialect, 'draft-09', verified.err);
    }
  });

  for (const [what, args] of [
    ['no key to sign with', ['sign', __filename, '--class', 'x']],
    ['a component without a file', ['sign', __filename, '--class', 'x', '--component', 'radio']],
    ['certificates without a key', ['sign', __filename, '--class', 'x', '--mac-key', 'm', '--x5chain', 'c']],
    ['nobody to trust', ['verify', __filename]],
    ['an unknown command', ['frobnicate']],
    ['no file', ['push', '--port', 'tcp://127.0.0.1:1']],
    ['no port', ['push', 'x.suit']],
    ['no word on which of several', ['push', 'x.suit', '--port', 'tcp://a:1', '--port', 'tcp://b:2']],
    ['all and one', ['push', 'x.suit', '--port', 'tcp://a:1', '--all', '--endpoint', 'b']],
    ['two links', ['virtual-board', '--class', 'x', '--tcp', 'a:1', '--udp', 'b:2']],
    ['an address that is none', ['virtual-board', '--class', 'x', '--tcp', 'nowhere']],
    ['two networks', ['virtual-board', '--class', 'x', '--udp', 'a:1', '--coap-tcp', 'b:2']],
    ['IP over UDP', ['virtual-board', '--class', 'x', '--udp', 'a:1', '--ip', '10.0.0.2']],
    ['an IP address that is none', ['virtual-board', '--class', 'x', '--tcp', 'a:1', '--ip', '10.0.2']],
  ] as const) {
    it(`ends with 2 for wrong usage: ${what}`, async () => {
      const { code, err, out } = await terminal.run(...args);
      assert.equal(code, 2, out);
      assert.match(err, /error/);
    });
  }

  it('ends with 3 where there is no board, and says what to do', async () => {
    const file = await signed();
    const port = await freePort();
    const { code, err } = await terminal.run(
      'push',
      file,
      '--port',
      `tcp://127.0.0.1:${port}`,
      '--wait',
      '1',
    );
    assert.equal(code, 3);
    assert.match(err, /refused/);
  });

  it('tells before any work that a trace can’t be written', async () => {
    const trace = join(folder, 'nowhere', 'trace.pcapng');
    const ended = await terminal.run(
      'boards',
      '--port',
      `tcp://127.0.0.1:${await freePort()}`,
      '--trace',
      trace,
    );
    assert.equal(ended.code, 1);
    assert.match(ended.err, /could not be written to .*nowhere/);
  });

  it('writes the trace of a command that fails', async () => {
    const trace = join(folder, 'trace.pcapng');
    const address = `udp://127.0.0.1:${await freePort()}`;
    const ended = await terminal.run('boards', '--port', address, '--wait', '0.1', '--trace', trace);
    assert.equal(ended.code, 3, ended.err);
    assert.equal((await readFile(trace)).length, 44);
  });

  it('ends with 4 for what is no package', async () => {
    const { code, err } = await terminal.run('push', image, '--trust', 'test', '--port', 'tcp://127.0.0.1:1');
    assert.equal(code, 4, err);
  });

  it('lists the ports', async () => {
    const { code, out } = await terminal.run('ports', '--json');
    assert.equal(code, 0);
    for (const line of out.split('\n').filter(Boolean)) {
      assert.equal((JSON.parse(line) as { type: string }).type, 'port');
    }
  });

  it('pushes over TCP to a board that runs the new version then, and lists it', async () => {
    const file = await signed();
    const address = `127.0.0.1:${await freePort()}`;
    const board = terminal.start(
      ...[
        'virtual-board',
        '--tcp',
        address,
        '--class',
        'demo',
        '--trust',
        'test',
        '--reboot',
        '0.1',
        '--json',
      ],
    );
    await board.says(/"booted"/);
    const trace = join(folder, 'push.pcapng');
    const pushed = await terminal.run('push', file, '--port', `tcp://${address}`, '--trace', trace, '--json');
    assert.equal(pushed.code, 0, pushed.out + pushed.err);
    const captured = await readFile(trace);
    assert.equal(captured.readUInt32LE(0), 0x0a0d0d0a);
    assert.ok(captured.length > 3000 && captured.includes(`tcp://${address}`));
    const result = JSON.parse(pushed.out.trim().split('\n').at(-1)!) as Record<string, unknown>;
    assert.deepEqual(
      [result.type, result.outcome, result.fromVersion, result.toVersion],
      ['result', 'succeeded', '1.0.0', '1.2.3'],
    );
    await board.says(/"version":"1.2.3"/);
    // A second server on the same line: the board is asked to register with it.
    const listed = await terminal.run('boards', '--port', `tcp://${address}`, '--wait', '10', '--json');
    assert.equal(listed.code, 0, listed.err);
    assert.match(listed.out, /"version":"1.2.3"/);
    board.interrupt();
    assert.equal((await board.ended).code, process.platform === 'win32' ? -1 : 130);
  });

  it('pushes to a board that talks CoAP over TCP', async () => {
    const file = await signed();
    const address = `127.0.0.1:${await freePort()}`;
    const board = terminal.start(
      ...['virtual-board', '--coap-tcp', address, '--class', 'demo', '--trust', 'test'],
    );
    const { code, out, err } = await terminal.run(
      ...['push', file, '--port', `coap+tcp://${address}`, '--endpoint', 'virtual-board'],
    );
    assert.equal(code, 0, out + err);
    board.interrupt();
  });

  it('pushes to a board that talks IP on its line', async () => {
    const file = await signed();
    const address = `127.0.0.1:${await freePort()}`;
    const board = terminal.start(
      ...['virtual-board', '--tcp', address, '--ip', '2001:DB8:0::2', '--class', 'demo', '--trust', 'test'],
    );
    await board.says(/Ctrl\+C/);
    const { code, out, err } = await terminal.run('push', file, '--port', `tcp://${address}`);
    assert.equal(code, 0, out + err);
  });

  it('pushes to every board at its ports, one after the other, and tells of each', async () => {
    const file = await signed();
    const addresses = await startTwo('demo', 'demo');
    const { code, out, err } = await terminal.run(
      ...['push', file, ...addresses.flatMap((address) => ['--port', `tcp://${address}`])],
      ...['--all', '--concurrency', '1', '--history', join(folder, 'history.json')],
    );
    assert.equal(code, 0, out + err);
    assert.match(out, /^one runs 1\.2\.3: .*$/m);
    assert.match(out, /^two runs 1\.2\.3: .*$/m);
    assert.match(out, /^2 of 2 updated$/m);
    assert.ok(err.indexOf(': begins', err.indexOf(': begins') + 1) > 0, err);
    // What is in question of each board is told by its name; all of it where that is asked for.
    const verbose = await terminal.run(
      ...['push', file, ...addresses.flatMap((address) => ['--port', `tcp://${address}`]), '--all', '-v'],
    );
    for (const board of ['one', 'two']) {
      assert.match(verbose.err, new RegExp(`^${board}: ✓ Version: 1\\.2\\.3 → 1\\.2\\.3\\.$`, 'm'));
    }
    const records = JSON.parse(await readFile(join(folder, 'history.json'), 'utf8')) as { board: string }[];
    assert.deepEqual(records.map(({ board }) => board).sort(), ['one', 'two']);
  });

  it('goes on past a board that refuses and one that is not there, and ends with 5', async () => {
    const file = await signed();
    const addresses = await startTwo('other', 'demo');
    const { code, out } = await terminal.run(
      ...['push', file, ...addresses.flatMap((address) => ['--port', `tcp://${address}`])],
      ...['--endpoint', 'one', '--endpoint', 'nobody', '--endpoint', 'two', '--wait', '10', '--json'],
    );
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const results = events.filter(({ type }) => type === 'result');
    assert.deepEqual(results.map(({ board, outcome }) => `${String(board)} ${String(outcome)}`).sort(), [
      'nobody failed',
      'one failed',
      'two succeeded',
    ]);
    assert.deepEqual(events.at(-1), {
      type: 'summary',
      boards: 3,
      succeeded: 1,
      failed: 2,
      cancelled: 0,
      exitCode: 5,
    });
    assert.equal(code, 5);
  });

  it('gives a board from the factory its account and keys, and another one when asked again', async () => {
    const file = await signed();
    const address = `127.0.0.1:${await freePort()}`;
    const board = terminal.start(
      ...['virtual-board', '--tcp', address, '--class', 'demo', '--bootstrap', '--reboot', '0.1'],
    );
    await board.says(/Ctrl\+C/);
    const on = ['--port', `tcp://${address}`];
    const given = await terminal.run('bootstrap', ...on, '--trust', 'test', '--json');
    assert.equal(given.code, 0, given.out + given.err);
    const events = given.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(events.at(-1)?.written, ['/0/1', '/1/0', '/19/0']);
    assert.equal((await terminal.run('push', file, ...on)).code, 0);
    const again = await terminal.run('bootstrap', ...on, '--trust', 'test');
    assert.equal(again.code, 0, again.err);
    assert.match(again.out, /has its account, and has registered; it runs 1\.2\.3$/m);
    assert.match(again.err, /is given its account, 3 of 3/);
  });

  it('says so where a board can’t be asked to bootstrap', async () => {
    await signed();
    const address = `127.0.0.1:${await freePort()}`;
    const board = terminal.start('virtual-board', '--tcp', address, '--class', 'demo', '--trust', 'test');
    await board.says(/Ctrl\+C/);
    const { code, err } = await terminal.run('bootstrap', '--port', `tcp://${address}`, '--trust', 'test');
    assert.equal(code, 5, err);
    assert.match(err, /can’t be asked to bootstrap again.*\n.*Bootstrap-Request Trigger/);
  });

  it('pushes to several components of a board, by their names', async () => {
    const file = await signed();
    const address = `127.0.0.1:${await freePort()}`;
    const board = terminal.start(
      ...['virtual-board', '--tcp', address, '--class', 'demo', '--trust', 'test', '--reboot', '0.1'],
      '--components',
    );
    await board.says(/Ctrl\+C/);
    const on = ['--port', `tcp://${address}`];
    const pushed = await terminal.run('push', ...on, '--components', `application=${file}`, `radio=${file}`);
    assert.equal(pushed.code, 0, pushed.out + pushed.err);
    assert.match(pushed.out, /runs application 1\.2\.3, radio 1\.2\.3/);
    const unknown = await terminal.run('push', ...on, '--components', `modem=${file}`);
    assert.equal(unknown.code, 5);
    assert.match(unknown.err, /no component modem\.\nIts components are application, radio/);
    for (const args of [[file, '--components', `radio=${file}`], ['--components', 'radio'], []]) {
      assert.equal((await terminal.run('push', ...on, ...args)).code, 2);
    }
  });

  it('ends with 5 when the board refuses, and names the result', async () => {
    const file = await signed();
    const address = `127.0.0.1:${await freePort()}`;
    const board = terminal.start(
      ...['virtual-board', '--tcp', address, '--class', 'other', '--trust', 'test', '--no-policy'],
    );
    await board.says(/Ctrl\+C/);
    const { code, err } = await terminal.run('push', file, '--port', `tcp://${address}`);
    assert.equal(code, 5);
    assert.match(err, /\? Class: The board does not tell/);
    assert.match(err, /Update Result 6/);
  });

  it('ends with 5 before the first byte when the board would refuse, and prints every check where asked', async () => {
    const file = await signed();
    const address = `127.0.0.1:${await freePort()}`;
    const board = terminal.start('virtual-board', '--tcp', address, '--class', 'other', '--trust', 'test');
    await board.says(/Ctrl\+C/);
    const push = ['push', file, '--port', `tcp://${address}`];
    const plain = await terminal.run(...push);
    assert.equal(plain.code, 5);
    assert.match(plain.err, /would refuse the package: it is for class .*--class/s);
    assert.doesNotMatch(plain.err, /✓|Pushing/);
    assert.match(
      (await terminal.run(...push, '--verbose')).err,
      /✗ Class: .*✓ Key: [0-9a-f]{16}… is trusted/s,
    );
    const { out } = await terminal.run(...push, '--json');
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; checks?: { check: string; verdict: string }[] });
    const checks = events.find(({ type }) => type === 'preflight')?.checks ?? [];
    assert.deepEqual(
      checks.filter(({ verdict }) => verdict !== 'passed').map(({ check, verdict }) => [check, verdict]),
      [['class', 'failed']],
    );
  });

  it('pushes an older version only where it is told to', async () => {
    await writeFile(image, encodeAppInfo({ version: '0.9.0', banner: 'hello' }));
    const file = await signed('0.9.0');
    const address = `127.0.0.1:${await freePort()}`;
    const board = terminal.start('virtual-board', '--tcp', address, '--class', 'demo', '--trust', 'test');
    await board.says(/Ctrl\+C/);
    const push = ['push', file, '--port', `tcp://${address}`];
    const refused = await terminal.run(...push);
    assert.equal(refused.code, 5);
    assert.match(refused.err, /runs 1\.0\.0, and the package has the older 0\.9\.0.*--allow-downgrade/s);
    const taken = await terminal.run(...push, '--allow-downgrade');
    assert.equal(taken.code, 0, taken.out + taken.err);
    assert.match(taken.out, /runs 0\.9\.0/);
  });

  it('is interrupted in the middle of a push', async function () {
    if (process.platform === 'win32') this.skip();
    const file = await signed();
    const address = `127.0.0.1:${await freePort()}`;
    const board = terminal.start(
      ...['virtual-board', '--tcp', address, '--class', 'demo', '--trust', 'test', '--delay', '300'],
    );
    await board.says(/Ctrl\+C/);
    const push = terminal.start('push', file, '--port', `tcp://${address}`, '--json');
    await push.says(/"phase":"push"/);
    push.interrupt();
    const { code, out } = await push.ended;
    assert.equal(code, 130, out);
    assert.match(out, /"outcome":"cancelled"/);
  });

  it('pushes over a serial line', async function () {
    if (!hasSocat()) this.skip();
    const pair = new PtyPair();
    await pair.plug();
    try {
      const file = await signed();
      const board = terminal.start(
        ...['virtual-board', '--serial', pair.board, '--class', 'demo', '--trust', 'test', '--reboot', '0.1'],
      );
      await board.says(/Ctrl\+C/);
      const { code, out, err } = await terminal.run('push', file, '--port', `serial:${pair.host}`);
      assert.equal(code, 0, err);
      assert.match(out, /runs 1\.2\.3/);
    } finally {
      await terminal.dispose();
      await pair.dispose();
    }
  });
});
