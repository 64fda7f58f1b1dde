import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import type { Output, Stream } from './output';

/** What the process gives to the command line; tests give something else. */
export interface Environment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homedir: string;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly clock: Clock;
}

/** What each command works with. */
export interface Context {
  readonly environment: Environment;
  readonly clock: Clock;
  readonly log: Log;
  readonly output: Output;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly verbose?: number;
}

/** A command's work; resolves with what the process ends with. */
export type Run<Arguments extends readonly unknown[]> = (
  context: Context,
  ...args: Arguments
) => Promise<number>;
