import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../src/emulator/qemu';
import { type Ended, type Job, Terminal } from './terminal';

describe('slipway software', function () {
  this.timeout(120_000);
  let folder: string;
  let terminal: Terminal;
  let address: string;
  let board: Job;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-software-'));
    terminal = new Terminal(folder);
    file = join(folder, 'blink.txt');
    await writeFile(file, 'blink 1.2.0\nlights on\n');
    address = `127.0.0.1:${await freePort()}`;
    board = terminal.start('virtual-board', '--tcp', address, '--class', 'demo', '--software', '2');
    await board.says(/Ctrl\+C/);
  });
  afterEach(async () => {
    await terminal.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const software = (...args: readonly string[]): Promise<Ended> =>
    terminal.run('software', ...args, '--port', `tcp://${address}`);

  it('delivers, installs and activates on an instance, lists it and takes it away', async () => {
    const history = join(folder, 'history.json');
    const on = ['--instance', '1', '--history', history];
    const delivered = await software('deliver', file, ...on);
    assert.equal(delivered.code, 0, delivered.err);
    assert.match(delivered.out, /virtual-board: blink\.txt 1\.2\.0 is delivered/);
    for (const [operation, end] of [
      ['install', 'blink 1.2.0 is installed'],
      ['activate', 'blink 1.2.0 is active'],
    ] as const) {
      const { code, out, err } = await software(operation, ...on);
      assert.equal(code, 0, err);
      assert.ok(out.includes(end), out);
    }
    const { out } = await software('list');
    assert.match(out, /^\/9\/0 {2}\(nothing\) {2}Initial$/m);
    assert.match(out, /^\/9\/1 {2}blink 1\.2\.0 {2}Installed, active, The software is installed$/m);
    assert.match(out, /^ {2}\/14\/1 {2}blink 1\.2\.0$/m);
    const listed = (await software('list', '--json')).out.trim().split('\n').at(-1)!;
    assert.deepEqual(JSON.parse(listed), {
      ...{
        type: 'software',
        instance: 1,
        name: 'blink',
        version: '1.2.0',
        state: 4,
        result: 2,
        active: true,
      },
      components: [{ component: 1, identity: 'blink', version: '1.2.0', active: true }],
    });
    assert.equal((await software('deactivate', ...on)).code, 0);
    assert.match((await software('uninstall', '--for-update', ...on)).out, /waits for its update/);
    const records = JSON.parse(await readFile(history, 'utf8')) as readonly { kind: string }[];
    assert.deepEqual(
      records.map(({ kind }) => kind),
      ['uninstall-for-update', 'deactivate', 'activate', 'install', 'deliver'],
    );
  });

  it('ends with 5 in the wrong state or when the board refuses, and says what to do', async () => {
    const early = await software('install');
    assert.equal(early.code, 5);
    assert.match(early.err, /can’t install software 0 now: it is initial\.\nDeliver a package first\./);
    await writeFile(file, 'rubbish');
    const refused = await software('deliver', file, '--delivery', 'pull', '--json');
    assert.equal(refused.code, 5);
    assert.match(refused.out, /"updateResult":54.*"exitCode":5/);
  });

  it('ends with 2 for wrong usage', async () => {
    for (const args of [['deliver'], ['deliver', file, '--uri', 'coap://x/y']]) {
      assert.equal((await software(...args)).code, 2);
    }
    const secret = await software('deliver', '--uri', 'coap://x/y', '--user', 'desk');
    assert.equal(secret.code, 2);
    assert.match(secret.err, /SLIPWAY_PASSWORD/);
  });
});
