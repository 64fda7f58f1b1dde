import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { out, root } from './paths';
import { run } from './processes';
import { step } from './progress';

/** Builds dist/ and prebuilds/. */
export async function buildExtension(...flags: readonly string[]): Promise<void> {
  await step('Building the extension', () => run(process.execPath, [join(root, 'esbuild.mjs'), ...flags]));
}

/** Bundles test/vscode for the extension host; gives the module that runs the tests. */
export async function buildExtensionTests(): Promise<string> {
  const outdir = join(out, 'test', 'vscode');
  await rm(outdir, { recursive: true, force: true });
  const suiteFolder = join(root, 'test', 'vscode', 'suite');
  const suites = (await readdir(suiteFolder, { recursive: true }))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(suiteFolder, name));
  await build({
    absWorkingDir: root,
    entryPoints: ['test/vscode/index.ts', ...suites],
    outbase: 'test/vscode',
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    // Packages are loaded from node_modules: mocha doesn't survive bundling, serialport has native parts.
    packages: 'external',
    external: ['vscode'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return join(outdir, 'index.js');
}

/** The firmware projects of the checkout: the virtual board's, and that of the emulated one. */
export type FirmwareProject = 'sample' | 'board';

/** A fresh copy of a firmware project without what was built in it, so that builds never touch the checkout. */
export async function copyProject(name: FirmwareProject, target: string): Promise<string> {
  const source = join(root, 'test', name);
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const built = join(source, 'build');
  await cp(source, target, { recursive: true, preserveTimestamps: true, filter: (file) => file !== built });
  // Fetched once, then taken from the cache.
  if (name === 'board') {
    await run(join(target, 'fetch-bearssl.sh'), [], { cwd: target });
  }
  return target;
}

/** A copy of the emulated board's firmware project, built. */
export async function makeBoardProject(target: string): Promise<string> {
  await step('Building the firmware of the emulated board', async (report) => {
    await copyProject('board', target);
    await run('make', ['-j2'], { cwd: target, onLine: report });
  });
  return target;
}
