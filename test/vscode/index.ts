import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Mocha from 'mocha';
import { commands } from 'vscode';
import { type Counts, add } from '../harness/counts';

/** Suites in these folders run last before the window is reloaded, and after that. */
const restartingFolder = 'restarting';
const restartedFolder = 'restarted';

const folder = join(__dirname, 'suite');

/**
 * VS Code calls this in the extension host; it runs the suites beside it and rejects if one fails. Then it reloads the
 * window, upon which VS Code calls it again, and runs those that look at what a restart leaves.
 */
export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  const results = process.env.SLIPWAY_TEST_RESULTS;
  if (!results) throw new Error('SLIPWAY_TEST_RESULTS names the file of results');
  const suites = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.js'))
    .sort();
  const earlier = `${results}.before-restart`;
  // The results of the first part, and nothing left over from a run that broke off.
  if (existsSync(results) && existsSync(earlier)) {
    const before = read(earlier);
    rmSync(earlier);
    const failures = await runSuites(suites.filter(isIn(restartedFolder)));
    const total = add(before, read(results));
    writeFileSync(results, JSON.stringify(total));
    if (failures + before.failed > 0) throw new Error(`${total.failed} tests failed`);
    return;
  }
  await runSuites([
    ...suites.filter((name) => !isIn(restartingFolder)(name) && !isIn(restartedFolder)(name)),
    ...suites.filter(isIn(restartingFolder)),
  ]);
  writeFileSync(earlier, JSON.stringify(read(results)));
  await commands.executeCommand('workbench.action.reloadWindow');
  // The end of this extension host.
  await new Promise<never>(() => undefined);
}

function read(file: string): Counts {
  return JSON.parse(readFileSync(file, 'utf8')) as Counts;
}

function isIn(folder: string): (name: string) => boolean {
  return (name) => dirname(name) === folder;
}

async function runSuites(names: readonly string[]): Promise<number> {
  const grep = process.env.SLIPWAY_TEST_GREP;
  const mocha = new Mocha({
    ui: 'bdd',
    color: Boolean(process.env.SLIPWAY_TEST_COLOR),
    timeout: 60_000,
    reporter: join(__dirname, '..', '..', '..', 'test', 'harness', 'counting-reporter.cjs'),
    ...(grep && { grep }),
  });
  for (const name of names) mocha.addFile(join(folder, name));
  return await new Promise<number>((resolve) => mocha.run(resolve));
}
