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

/** A fresh copy of the sample firmware project, so that builds never touch the checkout. */
export async function copySample(target: string): Promise<string> {
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  await cp(join(root, 'test', 'sample'), target, { recursive: true });
  return target;
}
