import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Diagnostic, type TaskExecution, Uri, env, languages, tasks, workspace } from 'vscode';
import type { SlipwayApi } from '../../../src/ui/api';
import { until } from '../../unit/support/until';
import { exists, firmwarePackage, read, setKeysFolder, signedPackage, write } from '../support/firmware';
import { folder, run, slipway, startBoard, withSetting } from '../support/slipway';
import { userAtDesk } from '../support/user';

describe('firmware', () => {
  let api: SlipwayApi;

  const removeBuild = async (): Promise<void> =>
    await workspace.fs
      .delete(Uri.joinPath(folder(), 'build'), { recursive: true })
      .then(undefined, () => undefined);

  afterEach(removeBuild);
  const user = userAtDesk();

  before(async () => {
    api = await slipway();
    // Others build here too.
    await removeBuild();
  });

  it('is built with the command of the project', async () => {
    await run('firmware.build');
    assert.ok(await exists(Uri.joinPath(folder(), 'build', 'firmware.bin')));
    assert.equal(api.context('built'), true);
  });

  it('is built with the command of the settings', async () => {
    await withSetting('build.command', 'mkdir -p build && printf image > build/own.bin', () =>
      withSetting('build.artifact', 'build/own.bin', () => run('firmware.build')),
    );
    assert.equal(await read('build/own.bin'), 'image');
  });

  it('cannot be signed before there is any', async () => {
    await run('firmware.sign');
    const { text, buttons } = user.takeMessage();
    assert.match(text, /made no file that matches \*\*\/\*\.bin/);
    assert.deepEqual(buttons, ['Open Settings', 'Show Log']);
  });

  it('is not signed when the user makes no key', async () => {
    await run('firmware.build');
    const keys = await mkdtemp(join(tmpdir(), 'slipway-no-keys-'));
    await setKeysFolder(keys);
    try {
      user.dismisses(/signing key \(1\/2\)/);
      await run('firmware.sign');
      assert.equal(await exists(firmwarePackage()), false);
    } finally {
      await setKeysFolder(undefined);
      await rm(keys, { recursive: true, force: true });
    }
  });

  it('is signed with a key whose passphrase only the secret storage has', async () => {
    await signedPackage();
    assert.ok(await exists(firmwarePackage()));
    assert.equal(api.context('signed'), true);
    await run('key.copyPassphrase');
    assert.equal(await env.clipboard.readText(), 'a passphrase');
    const configuration = JSON.stringify(workspace.getConfiguration('slipway'));
    assert.ok(!configuration.includes('a passphrase'));
  });

  it('shows a build that fails, and its errors as problems', async () => {
    const source = await read('src/climate.c');
    await write('src/climate.c', `${source}\nint broken(void) { return missing; }\n`);
    try {
      await run('firmware.build');
      const { text, buttons } = user.takeMessage();
      assert.match(text, /make/);
      assert.ok(buttons.includes('Show Log'), buttons.join());
      const problem = await until(
        () =>
          languages
            .getDiagnostics()
            .flatMap(([uri, found]) => found.map((diagnostic): [Uri, Diagnostic] => [uri, diagnostic]))
            .find(([, { message }]) => message.includes('missing')),
        'a problem',
      );
      assert.match(problem[0].path, /src\/climate\.c$/);
    } finally {
      await write('src/climate.c', source);
    }
  });

  it('says when a build makes nothing new', async () => {
    await run('firmware.build');
    await withSetting('build.command', 'true', () => run('firmware.build'));
    // Nothing was to be done: what is there is what the source makes.
    await withSetting('build.command', 'rm -f build/*.bin', () => run('firmware.build'));
    const { text, buttons } = user.takeMessage();
    assert.match(text, /build/);
    assert.deepEqual(buttons, ['Open Settings', 'Show Log']);
  });

  it('is not pushed to nobody, and the message offers boards', async () => {
    const file = await signedPackage();
    user.presses('Start Virtual Board');
    await run('firmware.push', file);
    const { text, buttons } = user.takeMessage();
    assert.match(text, /board/);
    assert.deepEqual(buttons, ['Connect Port…', 'Start Virtual Board', 'Show Log']);
    await until(() => api.context('boardOnline'), 'the board of the button');
  });

  it('is refused before the push when it is no package', async () => {
    await startBoard(api);
    const before = api.panel().boards[0]?.update;
    await write('build/not-a-package.suit', 'just text');
    await run('firmware.push', Uri.joinPath(folder(), 'build', 'not-a-package.suit'));
    assert.match(user.takeMessage().text, /not-a-package|SUIT|envelope|package/i);
    assert.deepEqual(api.panel().boards[0]?.update, before);
  });

  it('can be worked on by tasks', async () => {
    const found = await tasks.fetchTasks({ type: 'slipway' });
    assert.deepEqual(found.map(({ name }) => name).sort(), ['build', 'build, sign and push', 'push', 'sign']);
    const build = found.find(({ name }) => name === 'build');
    assert.ok(build);
    assert.equal(await exitCode(await tasks.executeTask(build)), 0);
    assert.ok(await exists(Uri.joinPath(folder(), 'build', 'firmware.bin')));
    const push = found.find(({ name }) => name === 'push');
    assert.ok(push);
    assert.equal(await exitCode(await tasks.executeTask(push)), 1);
  });

  it('can be built by the task of tasks.json', async () => {
    await write(
      '.vscode/tasks.json',
      JSON.stringify({
        version: '2.0.0',
        tasks: [
          {
            type: 'slipway',
            task: 'build',
            label: 'mine',
            command: 'make -B',
            artifact: 'build/*.bin',
          },
        ],
      }),
    );
    try {
      const mine = await until(
        async () => (await tasks.fetchTasks()).find(({ name }) => name === 'mine'),
        'the task of tasks.json',
      );
      assert.equal(await exitCode(await tasks.executeTask(mine)), 0);
      assert.ok(await exists(Uri.joinPath(folder(), 'build', 'firmware.bin')));
    } finally {
      await workspace.fs.delete(Uri.joinPath(folder(), '.vscode'), { recursive: true });
    }
  });
});

function exitCode(execution: TaskExecution): Promise<number | undefined> {
  return new Promise((resolve) => {
    const listener = tasks.onDidEndTaskProcess((event) => {
      if (event.execution !== execution) return;
      listener.dispose();
      resolve(event.exitCode);
    });
  });
}
