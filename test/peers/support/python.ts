import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Program } from './program';

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

/** Starts a Python file of test/peers/support in that environment, to run beside the test. */
export function pythonProgram(name: string, ...args: readonly string[]): Program {
  return new Program(pythonFile(), ['-u', join(__dirname, name), ...args], isolation);
}

/** The version of a package in that environment. */
export async function pythonVersion(name: string): Promise<string> {
  const program = 'import sys, importlib.metadata; print(importlib.metadata.version(sys.argv[1]))';
  return (await python(program, name)).trim();
}

/** Keeps the user's own packages and settings out. */
const isolation = { PYTHONNOUSERSITE: '1', PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1' };

function pythonFile(): string {
  const file = process.env.SLIPWAY_PEERS_PYTHON;
  if (!file) throw new Error("there is no Python: the tests lack needs('python')");
  return file;
}

async function start(args: readonly string[]): Promise<string> {
  const env = { ...process.env, ...isolation };
  try {
    return (await run(pythonFile(), args, { env, maxBuffer: 64 << 20 })).stdout;
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (typeof code === 'number') throw new PythonError(code, stderr ?? '');
    throw error;
  }
}
