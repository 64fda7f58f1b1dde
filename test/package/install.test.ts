import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../src/base/random';
import { applyPatch } from '../../src/image/delta/apply-patch';
import { makeDelta } from '../../src/image/delta/make-delta';
import { ServedVscode } from '../harness/served-vscode';
import { type Workbench } from '../harness/workbench';
import { maxVsixBytes } from '../harness/package';
import { out, ownDataEnvironment } from '../harness/paths';
import { firmwarePair } from '../unit/image/delta/support';

describe('the packaged extension in a stock VS Code', function () {
  this.timeout(240_000);
  let folder: string;
  let served: ServedVscode;
  let workbench: Workbench;

  before(async () => {
    const vsix = process.env.SLIPWAY_VSIX;
    assert.ok(vsix, 'SLIPWAY_VSIX names the package');
    assert.ok((await stat(vsix)).size <= maxVsixBytes, 'the package is small');
    folder = await mkdtemp(join(tmpdir(), 'slipway-package-'));
    const dataFolder = join(folder, 'server');
    served = await ServedVscode.start({ folder, vsix: [vsix], dataFolder, env: ownDataEnvironment(folder) });
    workbench = await served.openWorkbench();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await workbench.screenshot(join(out, 'test', 'package-failed.png'));
    }
  });

  after(async () => {
    await served?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('shows its view', async () => {
    await workbench.openView('Slipway');
  });

  for (const title of ['Start Virtual Board', 'Build, Sign and Push', 'Show Update Panel']) {
    it(`offers '${title}' in the palette`, async () => {
      assert.ok(await workbench.offersCommand(`Slipway: ${title}`));
      await workbench.dismiss();
    });
  }

  it('brings the thread that makes patches', async () => {
    const extensions = join(folder, 'server', 'extensions');
    const installed = (await readdir(extensions)).find((name) => name.startsWith('slipway.slipway'));
    assert.ok(installed, 'the installed extension');
    const { base, target } = firmwarePair(seededRandom(11), 20_000);
    const workerFile = join(extensions, installed, 'dist', 'delta-worker.js');
    const patch = await makeDelta(base, target, { workerFile });
    assert.ok(patch.length < target.length / 2);
    assert.deepEqual(Buffer.from(applyPatch(base, patch, 100_000)), Buffer.from(target));
  });

  it('activates and talks LwM2M: the virtual board registers', async () => {
    await workbench.runCommand('Slipway: Start Virtual Board');
    await workbench.openView('Slipway');
    await workbench.waitForRow(/virtual/i);
  });
});
