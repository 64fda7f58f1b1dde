// Builds what runs: dist/ (extension, command line, webview) and prebuilds/ (serialport's native bindings).
//   node esbuild.mjs [--production] [--watch]
import { cp, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

/**
 * cbor-x tries to load the native `cbor-extract` and does without when there is none. A universal VSIX has no
 * place for it, and a bundle must not pick up whichever copy happens to lie in a folder above it.
 */
const withoutCborExtract = {
  name: 'without-cbor-extract',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^cbor-extract$/ }, () => ({ path: 'cbor-extract', namespace: 'absent' }));
    onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'module.exports = undefined;' }));
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
};

const node = { ...common, platform: 'node', format: 'cjs', plugins: [withoutCborExtract] };

/** One set of options for each thing built. VS Code's oldest supported extension host and `engines.node` set the targets. */
const targets = [
  {
    ...node,
    target: 'node22',
    external: ['vscode'],
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
  },
  {
    ...node,
    target: 'node20',
    banner: { js: '#!/usr/bin/env node' },
    entryPoints: { cli: 'src/cli.ts' },
    outdir: 'dist',
  },
  {
    // A thread's program is a file of its own; both the extension and the command line start it.
    ...node,
    target: 'node20',
    entryPoints: { 'delta-worker': 'src/image/delta/worker.ts' },
    outdir: 'dist',
  },
  {
    ...common,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    tsconfig: 'webview/tsconfig.json',
    entryPoints: [
      { in: 'webview/main.ts', out: 'panel' },
      { in: 'webview/panel.css', out: 'panel' },
      { in: 'webview/inspector/main.ts', out: 'inspector' },
      { in: 'webview/inspector/inspector.css', out: 'inspector' },
      { in: 'webview/trace/main.ts', out: 'trace' },
      { in: 'webview/trace/trace.css', out: 'trace' },
    ],
    outdir: 'dist/webview',
  },
];

/** Puts serialport's prebuilt bindings where their lookup finds them: one level above the bundle. */
async function copyPrebuilds() {
  const from = join(root, 'node_modules', '@serialport', 'bindings-cpp', 'prebuilds');
  const to = join(root, 'prebuilds');
  await mkdir(to, { recursive: true });
  for (const platform of await readdir(from)) {
    if (platform.startsWith('android')) continue;
    // A binding that is loaded can't be replaced on Windows, and need not be: copy only what changed.
    for (const file of await readdir(join(from, platform))) {
      const [source, target] = [join(from, platform, file), join(to, platform, file)];
      const [wanted, present] = await Promise.all([stat(source), stat(target).catch(() => undefined)]);
      if (present?.size !== wanted.size) await cp(source, target);
    }
  }
}

await copyPrebuilds();
if (watch) {
  for (const options of targets) await (await context({ ...options, logLevel: 'info' })).watch();
} else {
  await Promise.all(targets.map((options) => build(options)));
}
