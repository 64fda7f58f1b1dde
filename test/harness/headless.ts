import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Demo } from './demo';
import { ownDataEnvironment, root } from './paths';
import { ServedVscode } from './served-vscode';
import type { Showcase } from './showcase';

/** The demonstration's key is thrown away with its profile, so its passphrase is no secret. */
const passphrase = 'only for the demonstration';
const versionPattern = /\d+\.\d+\.\d+/;

/** The software component of the firmware projects, and what it prints. */
const softwareFile = 'timetable.txt';
const softwareOutput = 'S3 Ostkreuz';

const buildTimeoutMs = 180_000;
const updateTimeoutMs = 180_000;

/**
 * Does the whole job through the UI: board, key, a changed source, build, sign, push, and the new version back.
 * Prints a line per step; resolves with 0 only if the board runs the new version in the end and has printed so.
 */
export async function headless(showcase: Showcase, workspace: string, demoFolder: string): Promise<number> {
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
    const newVersion = await drive(demo, showcase, workspace);
    console.log(`\nThe board runs ${newVersion}. Screenshots: ${pictures}`);
    return 0;
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}\nScreenshots: ${pictures}`);
    return 1;
  } finally {
    await served.close();
  }
}

async function drive(demo: Demo, showcase: Showcase, workspace: string): Promise<string> {
  const { workbench } = demo;
  let oldVersion = '';
  let newVersion = '';

  await demo.step('Open VS Code on the firmware project', async () => {
    await workbench.openView('Slipway');
    await workbench.widenSideBar(50);
    return undefined;
  });
  await demo.step('Start the board', async () => {
    await workbench.runCommand(showcase.startCommand);
    const board = await workbench.waitForRow(versionPattern, buildTimeoutMs);
    oldVersion = versionPattern.exec(await board.innerText())?.[0] ?? '';
    return `online, runs ${oldVersion}`;
  });
  await demo.step('Generate a signing key', async () => {
    await workbench.runCommand('Slipway: Generate Signing Key');
    await workbench.answerAll(passphrase);
    return undefined;
  });
  await demo.step('Look into its objects', async () => {
    const seen: string[] = [];
    for (const { open, see } of showcase.objects) {
      for (const row of open) await workbench.expandRow(row);
      seen.push((await (await workbench.waitForRow(see)).getAttribute('aria-label')) ?? '');
    }
    return seen.join(', ');
  });
  await demo.step('Change the source', async () => {
    const [major, minor, patch] = oldVersion.split('.').map(Number);
    newVersion = `${major}.${minor}.${patch! + 1}`;
    await showcase.edit(workbench, { from: oldVersion, to: newVersion });
    return `version ${newVersion}`;
  });
  await demo.step('Build, sign and push', async () => {
    await workbench.runCommand('Slipway: Show Update Panel');
    await workbench.runCommand('Slipway: Build, Sign and Push');
    // Far enough for the chart to show something; a push that is over before anyone looks leaves the new version.
    const underWay = new RegExp(`[3-9]\\d\\s?%|Waiting for the reboot|${newVersion.replaceAll('.', '\\.')}`);
    return await workbench.waitForStatus(underWay, updateTimeoutMs);
  });
  await demo.step('Wait for the board to come back', async () => {
    await workbench.waitForRow(newVersion, updateTimeoutMs);
    const run = workbench.webview
      .getByRole('row')
      .filter({ hasText: `${oldVersion} → ${newVersion}` })
      .first();
    await run.waitFor();
    return (await run.innerText())
      .trim()
      .split(/\s*\n\s*|\t/)
      .join(', ');
  });
  await demo.step('Show the board’s console', async () => {
    await workbench.runCommand('Slipway: Open Console');
    return await workbench.waitForTerminalLine(showcase.greeting(newVersion));
  });
  await demo.step('Deliver, install and activate software', async () => {
    await workbench.runCommand('Slipway: Deliver Software Package…');
    await workbench.pick('Deliver a software package', 'Choose a file');
    await workbench.chooseFile('Deliver a software package', join(workspace, softwareFile));
    // Where VS Code is driven it shows no notifications, with the next step on their buttons.
    await workbench.waitForRow(/timetable.*Delivered/);
    await workbench.runCommand('Slipway: Install Software');
    await workbench.waitForRow(/timetable.*Installed/);
    await workbench.runCommand('Slipway: Activate Software');
    await workbench.waitForRow(/timetable.*Installed · active/);
    return await workbench.waitForTerminalLine(softwareOutput);
  });
  for (const theme of ['Light Modern', 'Dark High Contrast']) {
    await demo.step(`Show it in ${theme}`, async () => {
      await workbench.chooseTheme(theme);
      return undefined;
    });
  }
  return newVersion;
}
