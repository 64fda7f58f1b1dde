import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../../src/base/random';
import { freePort } from '../../../src/emulator/qemu';
import { encodeAppInfo } from '../../../src/image/app-info';
import { firmwarePair } from '../image/delta/support';
import { Terminal } from './terminal';

describe('patches on the command line', function () {
  this.timeout(60_000);
  let folder: string;
  let terminal: Terminal;
  const { base, target } = firmwarePair(seededRandom(9), 30_000);
  const file = (name: string): string => join(folder, name);

  before(async function () {
    // The thread that makes patches is a bundle beside that of the command line.
    if (process.env.SLIPWAY_CLI === undefined) this.skip();
    folder = await mkdtemp(join(tmpdir(), 'slipway-delta-'));
    terminal = new Terminal(folder, { SLIPWAY_PASSPHRASE: 'of a test' });
    await writeFile(file('old.bin'), base);
    await writeFile(file('new.bin'), target);
  });
  after(async () => {
    await terminal?.dispose();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('are made and applied', async () => {
    const made = await terminal.run(
      'delta',
      file('old.bin'),
      file('new.bin'),
      '-o',
      file('a.patch'),
      '--json',
    );
    assert.equal(made.code, 0, made.err);
    const event = JSON.parse(made.out) as { bytes: number; targetSha256: string };
    assert.equal(event.bytes, (await readFile(file('a.patch'))).length);
    const applied = await terminal.run(
      ...['patch', file('old.bin'), file('a.patch'), '-o', file('result.bin')],
      ...['--sha256', event.targetSha256],
    );
    assert.equal(applied.code, 0, applied.err);
    assert.ok((await readFile(file('result.bin'))).equals(target));
    assert.match(applied.out, new RegExp(event.targetSha256));
  });

  it('are refused on another base, cut off, and where nothing can be written, and leave nothing', async () => {
    await terminal.run('delta', file('old.bin'), file('new.bin'), '-o', file('b.patch'));
    const patch = await readFile(file('b.patch'));
    await writeFile(file('short.patch'), patch.subarray(0, patch.length - 9));
    await writeFile(file('other.bin'), Buffer.from(base).fill(0, 0, 999));
    for (const [args, message] of [
      [[file('other.bin'), file('b.patch'), '--sha256', 'ab'.repeat(32)], /another image than it should/],
      [[file('old.bin'), file('short.patch')], /cut off/],
      [[file('old.bin'), file('old.bin')], /patch/],
    ] as const) {
      const refused = await terminal.run('patch', ...args, '-o', file('nothing.bin'));
      assert.equal(refused.code, 4, refused.err);
      assert.match(refused.err, message);
      assert.ok(!existsSync(file('nothing.bin')));
    }
    const unwritable = await terminal.run('patch', file('old.bin'), file('b.patch'), '-o', folder);
    assert.equal(unwritable.code, 4, unwritable.err);
    const usage = await terminal.run(
      'patch',
      file('old.bin'),
      file('b.patch'),
      '-o',
      file('x'),
      '--sha256',
      'ab',
    );
    assert.equal(usage.code, 2, usage.err);
  });

  it('go out by themselves in a push, where the key that signed the package is given', async () => {
    const signing = ['--class', 'demo', '--key', 'test'];
    const packages: string[] = [];
    assert.equal((await terminal.run('keygen', 'test')).code, 0);
    for (const [version, body] of [
      ['1.1.0', base],
      ['1.2.0', target],
      ['1.3.0', base],
    ] as const) {
      const image = file(`${version}.bin`);
      await writeFile(image, Buffer.concat([encodeAppInfo({ version, banner: version }), body]));
      assert.equal((await terminal.run('sign', image, ...signing)).code, 0);
      packages.push(file(`${version}.suit`));
    }
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
    const push = async (pkg: string, ...more: string[]): Promise<readonly Record<string, unknown>[]> => {
      const { code, out, err } = await terminal.run(
        'push',
        pkg,
        '--port',
        `tcp://${address}`,
        '--json',
        ...more,
      );
      assert.equal(code, 0, out + err);
      return out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    };
    const reasonOf = (events: readonly Record<string, unknown>[]): unknown =>
      events.find(({ type }) => type === 'no-patch')?.reason;

    assert.equal(reasonOf(await push(packages[0]!, '--key', 'test')), 'not-kept');
    const events = await push(packages[1]!, '--key', 'test');
    const { toVersion, bytes, fullBytes, savedMs } = events.at(-1)!;
    const full = (await readFile(packages[1]!)).length;
    assert.deepEqual([reasonOf(events), toVersion, fullBytes], [undefined, '1.2.0', full]);
    assert.ok(Number(bytes) < full && Number(savedMs) >= 0);
    assert.equal(reasonOf(await push(packages[2]!)), 'no-signer');
  });
});
