import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { constants, accessSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Disposable, toDisposable } from '../../src/base/disposable';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Show the output as it comes; otherwise only its end is kept, for the error. */
  readonly show?: boolean;
  /** Hears each line of output. */
  readonly onLine?: (line: string) => void;
}

/** Runs a program to its end; resolves with its exit code (1 when a signal ended it). */
export function exitCode(file: string, args: readonly string[], options: RunOptions = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: options.show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream && options.onLine) onLines(stream, options.onLine);
      else stream?.resume();
    }
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** Runs a program that has to succeed; the error carries the end of its output. */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<void> {
  const tail: string[] = [];
  const code = await exitCode(file, args, {
    ...options,
    onLine: (line) => {
      options.onLine?.(line);
      tail.push(line);
      if (tail.length > 30) tail.shift();
    },
  });
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}\n${tail.join('\n')}`);
}

/** How npm is called: through the npm that runs us where there is one, so that no shell is involved. */
export function npmCommand(): { readonly file: string; readonly args: readonly string[] } {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('.js')) return { file: process.execPath, args: [cli] };
  if (process.platform !== 'win32') return { file: 'npm', args: [] };
  return { file: 'cmd', args: ['/c', 'npm'] };
}

/** Calls `hear` with each line of `stream`. */
export function onLines(stream: NodeJS.ReadableStream, hear: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) hear(line);
  });
  stream.on('end', () => {
    if (rest) hear(rest);
  });
}

/** The full path of the first of `names` found on PATH. */
export function findOnPath(...names: readonly string[]): string | undefined {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      for (const suffix of suffixes) {
        const file = join(folder, name + suffix);
        if (folder && isExecutable(file)) return file;
      }
    }
  }
  return undefined;
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Ties a child (spawned with `detached: !isWindows`, so that it leads a process group) to the life of this
 * process: disposing, or our own end, ends the child and everything it started.
 */
export function ownTree(child: ChildProcess): Disposable {
  const release = toDisposable(() => {
    process.off('exit', onExit);
    endTree(child);
  });
  const onExit = (): void => release.dispose();
  process.once('exit', onExit);
  return release;
}

export const isWindows = process.platform === 'win32';

function endTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (isWindows) {
    if (child.exitCode === null) spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f']);
    return;
  }
  try {
    // The whole group: VS Code's server leaves its extension hosts behind when it alone is ended.
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody left in the group.
  }
}

/** Turns SIGINT, SIGTERM and SIGHUP into an orderly exit, so that 'exit' handlers run. */
export function exitOnSignals(): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => process.exit(code));
  }
}
