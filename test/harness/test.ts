import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runTests, TestRunFailedError } from '@vscode/test-electron';
import { buildExtension, buildExtensionTests, copyProject, makeBoardProject } from './build';
import { add, type Counts, judge, noCounts, summary } from './counts';
import { ensureDebianPackages } from './debian';
import { editorForTests, prepareServedEditor } from './editor';
import { follow } from './follow';
import { mocha } from './mocha';
import { makeVsix } from './package';
import { out, ownDataEnvironment, root } from './paths';
import { isWindows } from './processes';
import { step } from './progress';
import { ensureToolchain } from './toolchain';

const scratch = join(out, 'test');

interface Selection {
  readonly grep?: string;
}

/** Tests that this machine can't run, and why. */
interface Skipped {
  readonly tests: number;
  readonly why: string;
}

/** A group of tests: prepares what it needs, runs it, and gives the runner's exit code. */
type Group = (resultsFile: string, selection: Selection) => Promise<number | Skipped>;

const groups: Readonly<Record<string, Group>> = {
  unit: (resultsFile, { grep }) =>
    mocha(['test/unit/**/*.test.ts'], resultsFile, {
      grep,
      env: { SLIPWAY_CLI: join(root, 'dist', 'cli.js') },
    }),
  emulator: emulatorTests,
  vscode: extensionTests,
  package: packageTests,
};

/**
 * `npm test [-- --unit] [--emulator] [--vscode] [--package] [--grep TEXT]`: the chosen groups, or all. Ends with a line
 * `N passed, N failed`, and with exit code 0 only if nothing failed and everything ran but for what this machine can't
 * run, which is said and counted as skipped.
 */
export async function test(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      unit: { type: 'boolean' },
      emulator: { type: 'boolean' },
      vscode: { type: 'boolean' },
      package: { type: 'boolean' },
      grep: { type: 'string' },
    },
  });
  const chosen = Object.keys(groups).filter((name) => values[name as 'unit']);
  const selection: Selection = values.grep === undefined ? {} : { grep: values.grep };
  await mkdir(scratch, { recursive: true });
  await ensureDebianPackages();
  await buildExtension();

  let total: Counts = noCounts;
  const complaints: string[] = [];
  for (const [name, group] of Object.entries(groups)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    console.log(`\n── ${name} tests`);
    const resultsFile = join(scratch, `${name}.json`);
    await rm(resultsFile, { force: true });
    const code = await group(resultsFile, selection).catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      return 1;
    });
    if (typeof code !== 'number') {
      console.log(`${name}: ${code.tests} tests skipped: ${code.why}`);
      total = add(total, { ...noCounts, skipped: code.tests });
      continue;
    }
    const { counts, complaint } = judge(name, resultsFile, code, selection.grep !== undefined);
    if (complaint) complaints.push(complaint);
    console.log(`${name}: ${summary(counts)}`);
    total = add(total, counts);
  }
  if (total.passed + total.failed + total.skipped === 0) {
    complaints.push('no test was run');
    total = add(total, { ...noCounts, failed: 1 });
  }
  console.log('');
  for (const complaint of complaints) console.error(complaint);
  console.log(summary(total));
  return total.failed === 0 ? 0 : 1;
}

/** Runs firmware on the emulated board. */
async function emulatorTests(resultsFile: string, { grep }: Selection): Promise<number | Skipped> {
  const files = ['test/emulator/**/*.test.ts'];
  const why = await ensureToolchain();
  if (why !== undefined) {
    await mocha(files, resultsFile, { grep, show: false, flags: ['--dry-run'] });
    const { passed } = JSON.parse(await readFile(resultsFile, 'utf8')) as Counts;
    return { tests: passed, why };
  }
  const firmware = await makeBoardProject(join(scratch, 'board'));
  // Boards wait more than they work: for watchdogs, lost frames and restarts.
  const flags = ['--parallel', '--jobs', '2'];
  return await step('Running boards, two at a time; each file’s results come when all of it has run', () =>
    mocha(files, resultsFile, { grep, flags, env: { SLIPWAY_FIRMWARE: firmware } }),
  );
}

/** Runs test/vscode in a real VS Code's extension host. */
async function extensionTests(resultsFile: string, { grep }: Selection): Promise<number> {
  const extensionTestsPath = await buildExtensionTests();
  const editor = await editorForTests();
  console.log(
    `VS Code: ${editor.kind === 'served' ? 'served to a headless browser' : editor.path} (${editor.why})`,
  );
  if (editor.kind === 'served') await prepareServedEditor();
  const workspace = await copyProject('sample', join(scratch, 'workspace'));
  const withoutBoard = await ensureToolchain();
  if (withoutBoard !== undefined) console.log(`Tests with the emulated board are skipped: ${withoutBoard}`);
  const firmware = withoutBoard === undefined ? await makeBoardProject(join(scratch, 'board')) : undefined;
  const userData = join(scratch, 'user-data');
  await rm(userData, { recursive: true, force: true });
  const home = join(scratch, 'home');
  await rm(home, { recursive: true, force: true });
  const output = join(scratch, 'vscode-output.txt');
  const following = await follow(output);
  try {
    return await runTests({
      vscodeExecutablePath:
        editor.kind === 'executable'
          ? editor.path
          : join(__dirname, isWindows ? 'launcher.cmd' : 'launcher.mjs'),
      extensionDevelopmentPath: root,
      extensionTestsPath,
      launchArgs: [
        workspace,
        '--disable-extensions',
        `--user-data-dir=${userData}`,
        `--extensions-dir=${join(scratch, 'extensions')}`,
      ],
      extensionTestsEnv: {
        ...ownDataEnvironment(home),
        SLIPWAY_FIRMWARE: firmware,
        SLIPWAY_TEST_RESULTS: resultsFile,
        SLIPWAY_TEST_OUTPUT: output,
        SLIPWAY_TEST_GREP: grep,
        SLIPWAY_TEST_COLOR: process.stdout.isTTY ? '1' : undefined,
      },
    });
  } catch (error) {
    if (error instanceof TestRunFailedError) return error.code ?? 1;
    throw error;
  } finally {
    await following.stop();
  }
}

/** Installs the package into a stock VS Code and looks at what a user would see. */
async function packageTests(resultsFile: string, { grep }: Selection): Promise<number> {
  await prepareServedEditor();
  const vsix = await makeVsix(join(scratch, 'slipway.vsix'));
  return await mocha(['test/package/**/*.test.ts'], resultsFile, { grep, env: { SLIPWAY_VSIX: vsix } });
}
