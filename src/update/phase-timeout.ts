import type { Clock } from '../base/clock';
import { SlipwayError, cancelled } from '../base/errors';
import type { UpdatePhase } from './types';

/** Runs `work` until it ends, is cancelled by `signal`, or `timeoutMs` are over: then it rejects `update.phase-timeout`. */
export async function withTimeout<T>(
  { board, clock, signal }: { readonly board: string; readonly clock: Clock; readonly signal: AbortSignal },
  phase: UpdatePhase,
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const onAbort = (): void => abort.abort(cancelled(signal));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = clock.schedule(timeoutMs, () =>
    abort.abort(new SlipwayError('update.phase-timeout', { board, phase, timeoutMs })),
  );
  try {
    if (abort.signal.aborted) throw cancelled(abort.signal);
    return await work(abort.signal);
  } finally {
    timer.dispose();
    signal.removeEventListener('abort', onAbort);
  }
}
