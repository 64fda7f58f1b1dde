import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildExtension, copyProject } from './build';
import { type Showcase, emulatedShowcase, virtualShowcase } from './showcase';
import { type Editor, editorForUser, prepareServedEditor } from './editor';
import { headless } from './headless';
import { out, root } from './paths';
import { exitOnSignals, isWindows } from './processes';
import { quietSettings, ServedVscode } from './served-vscode';
import { ensureToolchain } from './toolchain';

/** Where the sample project, screenshots and profile of the demonstration live; ignored by git. */
export const demoFolder = join(out, 'demo');

/**
 * `npm start [-- --headless]`: builds the extension and opens VS Code on a copy of the emulated board's firmware
 * project, or of the virtual board's where nothing can be emulated; with `--headless` does the whole job in a browser
 * with nobody watching.
 */
export async function start(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { headless: { type: 'boolean' } } });
  exitOnSignals();
  const editor: Editor = values.headless ? { kind: 'served', why: '--headless' } : editorForUser();
  await mkdir(demoFolder, { recursive: true });
  if (editor.kind === 'served') await prepareServedEditor();
  await buildExtension();
  const showcase = await chooseShowcase();
  const workspace = await copyProject(showcase.project, join(demoFolder, 'workspace'));
  if (values.headless) return await headless(showcase, workspace, demoFolder);
  return editor.kind === 'served'
    ? await serve(showcase, workspace, editor.why)
    : await open(editor, showcase, workspace);
}

async function chooseShowcase(): Promise<Showcase> {
  const why = await ensureToolchain();
  if (why === undefined) return emulatedShowcase;
  console.log(`A virtual board stands in for the emulated one: ${why}.`);
  return virtualShowcase;
}

function whereToLook({ board, change }: Showcase): string {
  return `
Where to look:
  1. The activity bar on the left has a Slipway icon: the boards on the desk. The ${board} is starting there.
  2. F1, then "Slipway: Generate Signing Key" makes the key that packages are signed with.
  3. F1, then "Slipway: Build, Sign and Push" takes the project to the board; the status bar shows progress.
  4. F1, then "Slipway: Show Update Panel" shows the update's states, throughput and history.
  5. F1, then "Slipway: Open Console" shows what the board prints.
${change}
`;
}

async function serve(showcase: Showcase, workspace: string, why: string): Promise<number> {
  const served = await ServedVscode.start({
    folder: workspace,
    extensionDevelopmentPaths: [root],
    settings: showcase.settings,
    dataFolder: join(demoFolder, 'vscode-data'),
  });
  try {
    console.log(
      `\nVS Code is served to the browser (${why}). Open:\n\n  ${served.url}\n${whereToLook(showcase)}`,
    );
    console.log('Ctrl+C ends it.');
    console.error(await served.died);
    return 1;
  } finally {
    await served.close();
  }
}

async function open(
  editor: Editor & { kind: 'executable' },
  showcase: Showcase,
  workspace: string,
): Promise<number> {
  const userData = join(demoFolder, 'user-data');
  await mkdir(join(userData, 'User'), { recursive: true });
  await writeFile(
    join(userData, 'User', 'settings.json'),
    JSON.stringify({ ...quietSettings, ...showcase.settings }, undefined, 2),
  );
  const child = spawn(
    isWindows ? `"${editor.path}"` : editor.path,
    [
      '--new-window',
      '--wait',
      '--disable-workspace-trust',
      `--user-data-dir=${userData}`,
      `--extensionDevelopmentPath=${root}`,
      workspace,
    ],
    { stdio: 'inherit', shell: isWindows },
  );
  console.log(`\nVS Code (${editor.path}, ${editor.why}) opens on ${workspace}.\n${whereToLook(showcase)}`);
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
