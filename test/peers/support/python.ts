import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A Python program that ended with an error; `output` is what it wrote to standard error. */
export class PythonError extends Error {
  constructor(
    readonly exitCode: number,
    readonly output: string,
  ) {
    super(`Python ended with ${exitCode}\n${output}`);
  }
}

/**
 * Runs a Python program with arguments in the environment of the tests (`needs('python')`); gives what it wrote to
 * standard output. Rejects with PythonError when it fails.
 */
export function python(program: string, ...args: readonly string[]): Promise<string> {
  return start(['-c', program, ...args]);
}

/** Runs a module of that environment as a program, e.g. `imgtool.main`. */
export function pythonModule(name: string, ...args: readonly string[]): Promise<string> {
  return start(['-m', name, ...args]);
}

async function start(args: readonly string[]): Promise<string> {
  const file = process.env.SLIPWAY_PEERS_PYTHON;
  if (!file) throw new Error("there is no Python: the tests lack needs('python')");
  // Isolated from the user's own packages and settings.
  const env = { ...process.env, PYTHONNOUSERSITE: '1', PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1' };
  try {
    return (await run(file, args, { env, maxBuffer: 64 << 20 })).stdout;
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (typeof code === 'number') throw new PythonError(code, stderr ?? '');
    throw error;
  }
}
