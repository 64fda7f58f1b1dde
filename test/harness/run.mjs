// Entry of `npm start`, `npm test`, `npm run test:peers` and `npm run package`: runs on a bare Node, installs what
// package-lock.json asks for if it isn't there, and hands over to the TypeScript beside it.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const [command, ...args] = process.argv.slice(2);
const [major, minor] = process.versions.node.split('.').map(Number);

if (!['start', 'test', 'peers', 'package'].includes(command)) {
  fail(`usage: node test/harness/run.mjs start|test|peers|package [options]`);
}
if (major < 20 || (major === 20 && minor < 19))
  fail(`Node 20.19 or newer is needed; this is ${process.version}.`);
if (!dependenciesAreInstalled()) {
  console.log('Installing dependencies (npm ci) …');
  const npm = npmCommand();
  const installed = spawnSync(npm.file, [...npm.args, 'ci', '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: npm.shell,
  });
  if (installed.status !== 0) fail('npm ci failed; see above.');
}

const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs');
const done = spawnSync(process.execPath, [tsx, join(root, 'test', 'harness', 'main.ts'), command, ...args], {
  cwd: root,
  stdio: 'inherit',
});
// A command that never got to say so itself has failed.
if (done.signal) fail(`ended by ${done.signal}`);
process.exit(done.status ?? 1);

/** Whether node_modules holds every package of the lock file that isn't optional, in its version. */
function dependenciesAreInstalled() {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) =>
      path === '' || entry.optional || entry.link || present[path]?.version === entry.version,
  );
}

function npmCommand() {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('.js')) return { file: process.execPath, args: [cli], shell: false };
  return { file: 'npm', args: [], shell: process.platform === 'win32' };
}

function fail(message) {
  console.error(message);
  if (['test', 'peers'].includes(command)) console.log('0 passed, 1 failed');
  process.exit(1);
}
