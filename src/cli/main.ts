import { CommanderError } from 'commander';
import type { Environment } from './context';
import { exitCodeOf, exitCodes } from './exit-codes';
import { type Call, createProgram } from './program';
import { reportError } from './report-error';

/** Runs a command line (without the names of program and script). Resolves with the exit code; never rejects. */
export async function main(
  args: readonly string[],
  version: string,
  environment: Environment,
  signal: AbortSignal,
): Promise<number> {
  let call: Call | undefined;
  try {
    createProgram(environment, version, signal, (parsed) => (call = parsed)).parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has written its message already; help and version were asked for and are no errors.
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
  if (!call) return exitCodes.usage;
  try {
    return await call.run();
  } catch (error) {
    call.output.clearLine();
    if (error instanceof CommanderError) {
      environment.stderr.write(`${error.message}\n`);
      return exitCodes.usage;
    }
    const exitCode = signal.aborted ? exitCodes.interrupted : exitCodeOf(error);
    reportError(call.output, error, exitCode);
    return exitCode;
  }
}
