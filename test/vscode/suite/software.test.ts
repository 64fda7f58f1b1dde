import assert from 'node:assert/strict';
import { Uri, workspace } from 'vscode';
import type { SlipwayApi } from '../../../src/ui/api';
import { until } from '../../unit/support/until';
import { boardNode, folder, row, rows, run, slipway, startBoard } from '../support/slipway';
import { userAtDesk } from '../support/user';

describe('software', function () {
  this.timeout(90_000);
  let api: SlipwayApi;
  const user = userAtDesk();
  let file: Uri;

  before(async () => {
    api = await slipway();
    file = Uri.joinPath(folder(), 'blink.txt');
    await workspace.fs.writeFile(file, Buffer.from('blink 1.2.0\nlights on\n'));
  });
  after(() => workspace.fs.delete(file));
  beforeEach(async () => {
    await startBoard(api);
    await row(api, /^ {4}Instance 0 \| Initial$/);
  });

  const instance = { kind: 'instance', board: 'virtual-board', objectId: 9, instanceId: 0 } as const;

  /** The menu words of the software's row, once it reads so. */
  async function reads(description: string): Promise<string> {
    const found = await until(
      async () =>
        (await rows(api)).find(
          ({ node, item }) =>
            node.kind === 'instance' && node.objectId === 9 && item.description === description,
        ),
      `software that reads ${description}`,
    );
    return found.item.contextValue ?? '';
  }

  it('is delivered, installed, activated, deactivated and uninstalled from its row, which follows', async () => {
    assert.match(await reads('Initial'), /\bcanDeliver\b/);
    await run('software.deliver', instance, file);
    assert.match(await reads('Delivered'), /\bcanInstall\b/);
    await run('software.install', instance);
    assert.match(await reads('Installed · inactive'), /\bcanActivate\b/);
    await row(api, /^ {4}blink \| Installed/);
    await row(api, /^ {6}blink \| Disabled$/);
    await run('software.activate', instance);
    assert.match(await reads('Installed · active'), /\bcanDeactivate\b/);
    await until(() => api.consoleText('virtual-board')?.includes('software: lights on'), 'its output');
    await run('software.deactivate', instance);
    await run('software.uninstall', instance);
    await reads('Initial');
    assert.deepEqual(
      api
        .history()
        .slice(0, 5)
        .map(({ kind, outcome }) => `${kind} ${outcome}`),
      ['uninstall', 'deactivate', 'activate', 'install', 'deliver'].map((kind) => `${kind} succeeded`),
    );
    assert.equal(api.panel().history[0]?.package, 'Uninstall: blink (/9/0)');
  });

  it('is delivered from the palette, with a file that the user chooses', async () => {
    user.picks(/Deliver/, /Choose a file/);
    user.choosesFile(/Deliver/, file);
    await run('software.deliver');
    await reads('Delivered');
  });

  it('says what to do first where the state does not allow it', async () => {
    await run('software.install', boardNode('virtual-board'));
    const { text } = user.takeMessage();
    assert.match(text, /can’t install software 0 now: it is initial\. Deliver a package first\./);
  });
});
