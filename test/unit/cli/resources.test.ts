import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, Terminal } from './terminal';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

describe('Objects and resources from the command line', function () {
  this.timeout(120_000);
  let folder: string;
  let terminal: Terminal;
  let port: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-resources-'));
    terminal = new Terminal(folder, { SLIPWAY_PASSPHRASE: 'correct horse' });
    assert.equal((await terminal.run('keygen', 'test')).code, 0);
    const address = `127.0.0.1:${await freePort()}`;
    port = `tcp://${address}`;
    const board = terminal.start(
      ...['virtual-board', '--tcp', address, '--class', 'demo', '--trust', 'test', '--json'],
    );
    await board.says(/"booted"/);
  });
  after(async () => {
    await terminal.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const run = (...args: readonly string[]): Promise<Ended> =>
    terminal.run(...args, '--port', port, '--wait', '60');

  it('reads a resource, and an instance', async () => {
    const one = await run('read', '/3/0/0');
    assert.deepEqual([one.code, one.out], [0, '/3/0/0  Manufacturer: Slipway\n'], one.err);
    const all = await run('read', '/1/0', '--json');
    assert.equal(all.code, 0, all.err);
    const lines = all.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      lines.find(({ path }) => path === '/1/0/7'),
      { type: 'value', path: '/1/0/7', name: 'Binding', value: 'U' },
    );
  });

  it('writes a time, and tells a refusal in words', async () => {
    const written = await run('write', '/3/0/13', '2030-01-01T00:00:00Z', '--json');
    assert.equal(written.code, 0, written.err);
    assert.deepEqual(JSON.parse(written.out), {
      type: 'written',
      path: '/3/0/13',
      value: '2030-01-01T00:00:00.000Z',
    });
    assert.match((await run('read', '/3/0/13')).out, /Current Time: 2030-01-01 00:0\d:\d\d UTC/);
    const refused = await run('write', '/3/0/0', 'Mine');
    assert.equal(refused.code, 5);
    assert.match(refused.err, /answered PUT \/3\/0\/0 with 4\.05 Method Not Allowed/);
    assert.match(refused.err, /read-only/);
  });

  it('creates an instance, where the board or the user chooses its number, and deletes it', async () => {
    const made = await run('create', '/19', '3=notes', '0/0=cafe', '--json');
    assert.equal(made.code, 0, made.err);
    const { type, path } = JSON.parse(made.out) as { type: string; path: string };
    assert.match(`${type} ${path}`, /^created \/19\/\d+$/);
    const held = await run('read', path);
    assert.match(held.out, /Data: ca fe/);
    assert.match(held.out, /Data Description: notes/);
    assert.equal((await run('create', '/19/40', '0/0=00')).out, '/19/40 created\n');
    assert.equal((await run('delete', '/19/40')).out, '/19/40 deleted\n');
    assert.equal((await run('read', '/19/40')).code, 5);
    const refused = await run('delete', '/3/0');
    assert.equal(refused.code, 5);
    assert.match(refused.err, /DELETE \/3\/0/);
  });

  it('takes nothing else for an instance and its values', async () => {
    for (const args of [
      ['create', '/19/0/3'],
      ['create', '/19', 'notes'],
      ['create', '/19', '3=a', '3=b'],
      ['create', '/19', '0/0=word'],
      ['delete', '/19'],
      ['delete', '/19/0/3'],
    ]) {
      const { code, err } = await run(...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(err, /^error: /);
    }
  });

  it('executes, discovers and observes', async () => {
    assert.deepEqual(await run('execute', '/3/0/12').then(({ code, out }) => [code, out]), [
      0,
      '/3/0/12 executed\n',
    ]);
    const found = await run('discover', '/3');
    assert.match(found.out, /^\/3\/0\/4 {2}Reboot$/m);
    assert.match(found.out, /^\/3 {2}Device {2}ver=1\.1$/m);
    const observed = await run('observe', '/3/0/3', '--count', '1', '--json');
    assert.deepEqual(JSON.parse(observed.out), {
      type: 'value',
      path: '/3/0/3',
      name: 'Firmware Version',
      value: '1.0.0',
    });
    const refused = await run('observe', '/3/0/4');
    assert.equal(refused.code, 5, refused.out);
    assert.match(refused.err, /can’t be read or observed/);
  });

  for (const [what, args, message] of [
    ['a path that is none', ['read', '3/0'], /is not a path such as/],
    ['a value that does not fit', ['write', '/1/0/1', 'soon'], /does not fit.*whole number/],
    ['an instance to write', ['write', '/1/0', '5'], /not the path of a resource/],
    ['a resource that has no definition', ['write', '/33999/0/0', '5'], /--type/],
    ['a resource that takes no value', ['write', '/3/0/4', '5'], /--type/],
    ['arguments that are none', ['execute', '/3/0/4', 'now'], /digits/],
    ['nothing to execute', ['execute', '/3/0'], /not the path of a resource/],
  ] as const) {
    it(`ends with 2 for ${what}`, async () => {
      const { code, err } = await run(...args);
      assert.equal(code, 2, err);
      assert.match(err, message);
    });
  }
});
