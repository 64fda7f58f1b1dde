import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspace } from 'vscode';
import type { SlipwayApi } from '../../../src/ui/api';
import { until } from '../../unit/support/until';
import { setKeysFolder } from '../support/firmware';
import { boardRow, folder, panelBoard, row, run, set, slipway, withSetting } from '../support/slipway';
import { userAtDesk } from '../support/user';

const name = 'emulated-board';

/** Longer than an image on trial is given. */
const patienceMs = 60_000;

/** In the workspace folder: the copy of the firmware project that the tests change. */
const project = 'board';

const settings = {
  'build.command': `make -s -C ${project}`,
  'build.artifact': `${project}/build/app.bin`,
  'emulatedBoard.bootloader': `${project}/build/boot.elf`,
  'emulatedBoard.factoryImage': `${project}/build/app.bin`,
  'emulatedBoard.confirmSeconds': 5,
};

describe('the emulated board of a firmware project', function () {
  this.timeout(120_000);
  let api: SlipwayApi;
  let keys: string;
  let root: string;

  afterEach(async () => {
    await run('board.stop');
  });
  const user = userAtDesk();

  before(async function () {
    const firmware = process.env.SLIPWAY_FIRMWARE;
    if (!firmware) return this.skip();
    api = await slipway();
    root = join(folder().fsPath, project);
    await cp(firmware, root, { recursive: true, preserveTimestamps: true });
    for (const [setting, value] of Object.entries(settings)) await set(setting, value);
    keys = await mkdtemp(join(tmpdir(), 'slipway-keys-'));
    await setKeysFolder(keys);
  });

  after(async () => {
    if (keys === undefined) return;
    await setKeysFolder(undefined);
    for (const setting of Object.keys(settings)) await set(setting, undefined);
    await rm(keys, { recursive: true });
    await rm(root, { recursive: true });
  });

  async function start(): Promise<void> {
    await run('board.start');
    await until(
      async () => /^online · \d/.test(await description()),
      'the board with its version',
      patienceMs,
    );
  }

  async function description(): Promise<string> {
    return String((await boardRow(api, name))?.item.description);
  }

  /** The start of a board as from the factory. */
  async function startFresh(): Promise<void> {
    await start();
    user.agrees(/^Erase the flash/, 'Erase');
    await run('board.erase');
    await until(
      () => (api.consoleText(name) ?? '').includes('lwm2m: registered'),
      'the erased board',
      patienceMs,
    );
    await row(api, new RegExp(`^${name} \\| online · \\d`));
  }

  async function edit(file: string, pattern: RegExp, by: string): Promise<void> {
    const path = join(root, file);
    const source = await readFile(path, 'utf8');
    assert.match(source, pattern);
    await writeFile(path, source.replace(pattern, by));
  }

  const setVersion = (version: string): Promise<void> =>
    edit('app/version.h', /VERSION "[^"]*"/, `VERSION "${version}"`);

  it('starts and registers, is shown as what it is, and stops', async () => {
    await startFresh();
    assert.equal(await description(), 'online · 1.0.0 · emulated');
    assert.equal(api.context('emulatedBoardRunning'), true);
    assert.equal(api.status().text, `$(circuit-board) ${name} 1.0.0`);
    const { item } = (await boardRow(api, name))!;
    assert.match(item.contextValue ?? '', /\bemulated\b/);
    assert.match(api.consoleText(name) ?? '', /boot: slot A, version 1\.0\.0\r?\nPlatform display/);
    await row(api, /Software Management \| Initial/);
    await row(api, /\[0\] \| \/14\/0/);
    await run('board.stop');
    assert.equal(api.context('emulatedBoardRunning'), false);
    assert.match(await description(), /^offline/);
  });

  it('trusts a key that is made while it runs, and takes an update that is shown from its first block to its end', async () => {
    await startFresh();
    user
      .picks(/^Type of the new/, /^P-256$/)
      .types(/signing key \(1\/2\)/, 'later')
      .types(/signing key \(2\/2\)/, 'a passphrase');
    await run('key.generate');
    await setVersion('1.1.0');
    await edit('app/product.h', /factory firmware/, 'now with clocks');
    const statuses = new Set<string>();
    const states = new Set<number | undefined>();
    let ended = false;
    const shipped = run('firmware.ship').finally(() => (ended = true));
    await until(
      () => {
        statuses.add(api.status().text);
        states.add(panelBoard(api, name).state);
        return ended;
      },
      'the end',
      patienceMs,
    );
    await shipped;
    const texts = [...statuses];
    assert.ok(
      texts.some((text) => /^\$\(sync~spin\) \d+ % · \d+\.\d kB\/s$/.test(text)),
      texts.join('\n'),
    );
    assert.ok(
      [1, 3].every((state) => states.has(state)),
      [...states].join(),
    );
    assert.equal(api.status().text, `$(check) ${name} 1.1.0`);
    const { news, update } = panelBoard(api, name);
    assert.equal(news?.tone, 'good');
    assert.match(news?.text ?? '', /It runs 1\.1\.0/);
    assert.equal(update?.percent, 100);
    const [record] = api.history();
    assert.deepEqual([record?.fromVersion, record?.toVersion], ['1.0.0', '1.1.0']);
    assert.match(
      api.consoleText(name) ?? '',
      /boot: slot B, version 1\.1\.0\r?\nPlatform display: now with clocks/,
    );
    await row(api, new RegExp(`^${name} \\| online · 1\\.1\\.0 · emulated$`));
  });

  it('keeps its flash without power, until it is erased', async () => {
    await start();
    assert.equal(await description(), 'online · 1.1.0 · emulated');
    assert.match(api.consoleText(name) ?? '', /boot: slot B, version 1\.1\.0/);
    user.agrees(/^Erase the flash/, 'Cancel');
    await run('board.erase');
    assert.equal(await description(), 'online · 1.1.0 · emulated', 'asked first');
    await setVersion('1.2.0');
    await run('firmware.build');
    user.agrees(/^Erase the flash/, 'Erase');
    await run('board.erase');
    await row(api, new RegExp(`^${name} \\| online · 1\\.2\\.0 · emulated$`));
    assert.match(api.consoleText(name) ?? '', /boot: slot A, version 1\.2\.0/);
  });

  it('tells in words of an image that it rolled back', async () => {
    await startFresh();
    await setVersion('2.0.0');
    await edit('app/main.c', /console_line\(app_info\.banner\);/, 'for (;;) { }');
    try {
      await run('firmware.ship');
      const { text, buttons } = user.takeMessage();
      assert.ok(text.startsWith(`${name} refused the update`), text);
      assert.match(text, /reboot into the new firmware.*Update Result 8.*the old one was kept/);
      assert.deepEqual(buttons.slice(0, 1), ['Open Console']);
      assert.equal(panelBoard(api, name).news?.tone, 'bad');
      assert.equal(api.history()[0]?.outcome, 'failed');
      assert.match(api.consoleText(name) ?? '', /rolled back/);
      assert.equal(await description(), 'online · 1.2.0 · emulated');
    } finally {
      await edit('app/main.c', /for \(;;\) \{ \}/, 'console_line(app_info.banner);');
    }
  });

  it('says that QEMU is missing, and offers a board that needs none', async () => {
    await withSetting('emulatedBoard.qemu', '/nowhere/qemu-system-arm', () => run('board.start'));
    const { text, buttons } = user.takeMessage();
    assert.match(text, /^The emulator \/nowhere\/qemu-system-arm could not be started\. Install QEMU/);
    assert.deepEqual(buttons, ['Open Settings', 'Start Virtual Board', 'Show Log']);
    assert.equal(api.context('emulatedBoardRunning'), false);
    await start();
  });

  it('builds its firmware when there is none', async () => {
    await rm(join(root, 'build', 'app.bin'));
    await rm(join(root, 'build', 'boot.elf'));
    await start();
  });

  it('says that the build fails, or makes no firmware', async () => {
    await rm(join(root, 'build', 'boot.elf'));
    await withSetting('build.command', `make -s -C ${project} CROSS=nowhere-`, () => run('board.start'));
    assert.match(user.takeMessage().text, /^The build “make .*” failed with exit code 2\./);
    assert.equal(api.context('emulatedBoardRunning'), false);
    await withSetting('emulatedBoard.bootloader', `${project}/build/none.elf`, () => run('board.start'));
    const { text, buttons } = user.takeMessage();
    assert.match(text, /^The emulated board has no firmware to start with: .*none\.elf is not there\./);
    assert.deepEqual(buttons, ['Open Settings', 'Show Log']);
    await start();
  });

  it('does not run the code of a workspace that is not trusted', async () => {
    const isTrusted = Object.getOwnPropertyDescriptor(workspace, 'isTrusted')!;
    Object.defineProperty(workspace, 'isTrusted', { ...isTrusted, get: () => false });
    try {
      await run('board.start');
    } finally {
      Object.defineProperty(workspace, 'isTrusted', isTrusted);
    }
    const { text, buttons } = user.takeMessage();
    assert.match(text, /trust/);
    assert.deepEqual(buttons, ['Manage Workspace Trust', 'Show Log']);
    assert.equal(api.context('emulatedBoardRunning'), false);
  });

  it('says that the emulator died, and starts again as it was', async () => {
    const pidFile = join(keys, 'qemu.pid');
    const program = join(keys, 'qemu');
    await writeFile(program, `#!/bin/sh\necho $$ >'${pidFile}'\nexec qemu-system-arm "$@"\n`, {
      mode: 0o755,
    });
    await withSetting('emulatedBoard.qemu', program, async () => {
      await startFresh();
      user.presses('Start Emulated Board');
      process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGKILL');
      await until(() => user.messages.length > 0, 'a message');
      const { text, buttons } = user.takeMessage();
      assert.match(text, /^The emulator was killed, or crashed\. Start the board again/);
      assert.deepEqual(buttons, ['Start Emulated Board', 'Show Log']);
      await until(() => api.context('emulatedBoardRunning'), 'another start');
      await until(async () => (await description()).startsWith('online'), 'the board', patienceMs);
    });
  });
});
