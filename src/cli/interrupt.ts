import type { Disposable } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { exitCodes } from './exit-codes';

/** Signals that ask a program to end; Windows has `SIGINT` for Ctrl+C and `SIGBREAK` for Ctrl+Break. */
const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'];

export interface Interrupt extends Disposable {
  /** Aborts, with `cancelled`, when the user asks for the end. */
  readonly signal: AbortSignal;
}

/**
 * Lets the first signal cancel what is under way, so that boards and files are left in order, and the second one
 * end the process at once.
 */
export function onInterrupt(process: NodeJS.Process): Interrupt {
  const abort = new AbortController();
  const stop = (): void => {
    if (abort.signal.aborted) process.exit(exitCodes.interrupted);
    abort.abort(new SlipwayError('cancelled', {}));
  };
  const supported = signals.filter((name) => name !== 'SIGBREAK' || process.platform === 'win32');
  for (const name of supported) process.on(name, stop);
  return {
    signal: abort.signal,
    dispose: () => {
      for (const name of supported) process.off(name, stop);
    },
  };
}
