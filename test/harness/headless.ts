import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Demo } from './demo';
import { ownDataEnvironment, root } from './paths';
import { ServedVscode } from './served-vscode';

/** The demonstration's key is thrown away with its profile, so its passphrase is no secret. */
const passphrase = 'only for the demonstration';
const versionPattern = /\d+\.\d+\.\d+/;
const updateTimeoutMs = 180_000;

/**
 * Does the whole job through the UI: board, key, a changed source, build, sign, push, and the new version back.
 * Prints a line per step; resolves with 0 only if the board runs the new version in the end.
 */
export async function headless(workspace: string, demoFolder: string): Promise<number> {
  const pictures = join(demoFolder, 'screenshots');
  const home = join(demoFolder, 'home');
  await rm(home, { recursive: true, force: true });
  const served = await ServedVscode.start({
    folder: workspace,
    extensionDevelopmentPaths: [root],
    env: ownDataEnvironment(home),
  });
  try {
    console.log('\nThe main job, driven through the UI:');
    const demo = await Demo.open(served, pictures);
    const newVersion = await drive(demo);
    console.log(`\nThe board runs ${newVersion}. Screenshots: ${pictures}`);
    return 0;
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}\nScreenshots: ${pictures}`);
    return 1;
  } finally {
    await served.close();
  }
}

async function drive(demo: Demo): Promise<string> {
  const { workbench } = demo;
  let oldVersion = '';
  let newVersion = '';

  await demo.step('Open VS Code on the sample project', async () => {
    await workbench.openView('Slipway');
    return undefined;
  });
  await demo.step('Start the virtual board', async () => {
    await workbench.runCommand('Slipway: Start Virtual Board');
    const board = await workbench.waitForRow(versionPattern);
    oldVersion = versionPattern.exec(await board.innerText())?.[0] ?? '';
    return `online, runs ${oldVersion}`;
  });
  await demo.step('Generate a signing key', async () => {
    await workbench.runCommand('Slipway: Generate Signing Key');
    await workbench.answerAll(passphrase);
    return undefined;
  });
  await demo.step('Look into object 5', async () => {
    await workbench.expandRow('Firmware Update');
    await workbench.expandRow(/^Instance 0|\/5\/0/);
    await workbench.waitForRow(/State.*Idle/);
    return 'State is Idle';
  });
  await demo.step('Change the source', async () => {
    const [major, minor, patch] = oldVersion.split('.').map(Number);
    newVersion = `${major}.${minor}.${patch! + 1}`;
    await workbench.openFile('VERSION');
    await workbench.replaceText(`${newVersion}\n`);
    return `version ${newVersion}`;
  });
  await demo.step('Build, sign and push', async () => {
    await workbench.runCommand('Slipway: Show Update Panel');
    await workbench.runCommand('Slipway: Build, Sign and Push');
    // Far enough for the chart to show something.
    return await workbench.waitForStatus(/[3-9]\d\s?%/, updateTimeoutMs);
  });
  await demo.step('Wait for the board to come back', async () => {
    await workbench.waitForRow(newVersion, updateTimeoutMs);
    await workbench.webview
      .getByRole('row')
      .filter({ hasText: `${oldVersion} → ${newVersion}` })
      .first()
      .waitFor();
    return `${oldVersion} → ${newVersion}, in the history too`;
  });
  await demo.step('Show the board’s console', async () => {
    await workbench.runCommand('Slipway: Open Console');
    await workbench.page.locator('.terminal-wrapper.active').waitFor();
    return undefined;
  });
  for (const theme of ['Light Modern', 'Dark High Contrast']) {
    await demo.step(`Show it in ${theme}`, async () => {
      await workbench.chooseTheme(theme);
      return undefined;
    });
  }
  return newVersion;
}
