import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from './cache';
import { ensureDebianPackages } from './debian';
import { root } from './paths';
import { exitCode, findOnPath, isWindows, run } from './processes';
import { step } from './progress';

/**
 * The Python of an environment of our own in the cache, holding what test/peers/support/requirements.txt pins. A
 * change of that file or of the Python makes another one. Rejects with the reason when there is no Python, or the
 * packages can't be had.
 */
export async function preparePython(): Promise<string> {
  await ensureDebianPackages([{ program: 'python3', packages: ['python3', 'python3-venv'] }]);
  const python = findOnPath('python3', 'python');
  if (python === undefined) throw new Error('no python3 on PATH');
  const requirements = join(root, 'test', 'peers', 'support', 'requirements.txt');
  const key = createHash('sha256')
    .update((await readFile(requirements, 'utf8')).replaceAll('\r', ''))
    .update(await identity(python))
    .digest('hex')
    .slice(0, 16);
  const environment = await cached(`peers-python-${key}`, (folder) =>
    step('Installing the Python programs that tests compare with', async (report) => {
      const onLine = (line: string): void => report(line.slice(0, 80));
      await makeEnvironment(python, folder);
      // Only `python` is used of what pip installs: scripts name the folder that they were made in.
      const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input', 'install', '--retries', '1'];
      await run(pythonOf(folder), [...pip, '-r', requirements], { onLine });
    }),
  );
  return pythonOf(environment);
}

/** Which interpreter that is: an environment belongs to the one that made it. */
async function identity(python: string): Promise<string> {
  const lines: string[] = [];
  await run(python, ['-c', 'import sys; print(sys.version, sys.platform, sys.base_prefix)'], {
    onLine: (line) => lines.push(line),
  });
  return lines.join('\n');
}

async function makeEnvironment(python: string, folder: string): Promise<void> {
  // Debian's python3 comes without what puts pip into an environment.
  const complete = (): Promise<boolean> =>
    exitCode(python, ['-c', 'import venv, ensurepip']).then((code) => code === 0);
  if (!(await complete())) {
    await ensureDebianPackages([{ program: 'the venv module of python3', packages: ['python3-venv'] }]);
    if (!(await complete())) {
      throw new Error(`${python} can’t make environments (Debian: apt-get install python3-venv)`);
    }
  }
  await run(python, ['-m', 'venv', folder]);
}

function pythonOf(environment: string): string {
  return isWindows ? join(environment, 'Scripts', 'python.exe') : join(environment, 'bin', 'python');
}
