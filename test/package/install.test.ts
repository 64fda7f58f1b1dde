import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServedVscode } from '../harness/served-vscode';
import { type Workbench } from '../harness/workbench';
import { maxVsixBytes } from '../harness/package';
import { out, ownDataEnvironment } from '../harness/paths';

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
    served = await ServedVscode.start({ folder, vsix: [vsix], env: ownDataEnvironment(folder) });
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

  it('activates and talks LwM2M: the virtual board registers', async () => {
    await workbench.runCommand('Slipway: Start Virtual Board');
    await workbench.openView('Slipway');
    await workbench.waitForRow(/virtual/i);
  });
});
