import { type ChildProcess, spawn } from 'node:child_process';
import { SlipwayError, cancelled } from '../base/errors';

export interface BuildRun {
  /** Command for the platform's shell, as the user would type it. */
  readonly command: string;
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Output as it comes, standard output and error together. */
  readonly onOutput: (text: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs a build to its end. Rejects `build.failed` on a non-zero exit (`exitCode` null: it could not be started or a
 * signal ended it) and `cancelled` when aborted; then the whole tree of processes has been told to end.
 */
export function runBuild({ command, cwd, env, onOutput, signal }: BuildRun): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(cancelled(signal));
    const posix = process.platform !== 'win32';
    const child = spawn(command, {
      cwd,
      shell: true,
      env: env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      // A group of its own, so that compilers that the build started end with it.
      detached: posix,
    });
    const onAbort = (): void => killTree(child);
    signal?.addEventListener('abort', onAbort, { once: true });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', onOutput);
    }
    const settle = (exitCode: number | null, cause?: unknown): void => {
      signal?.removeEventListener('abort', onAbort);
      if (signal?.aborted) reject(cancelled(signal));
      else if (exitCode === 0) resolve();
      else reject(new SlipwayError('build.failed', { command, exitCode }, { cause }));
    };
    child.once('error', (error) => settle(null, error));
    child.once('close', (exitCode) => settle(exitCode));
  });
}

function killTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on(
      'error',
      () => child.kill(),
    );
    return;
  }
  try {
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    child.kill();
  }
}
