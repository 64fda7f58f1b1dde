import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { SlipwayError, cancelled } from '../base/errors';
import type { UpdatePhase } from './types';

/**
 * Some systems let timers run on while the computer sleeps: all that are due fire as it wakes. Time is counted in
 * slices of this length, ms, so that a night asleep is one of them, and not the end of a phase.
 */
const sliceMs = 5_000;

/**
 * Runs `work` until it ends, is cancelled by `signal`, or `timeoutMs` are over: then it rejects `update.phase-timeout`.
 */
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
  const wait = (leftMs: number): Disposable => {
    const slice = Math.min(leftMs, sliceMs);
    return clock.schedule(slice, () => {
      if (leftMs > slice) timer = wait(leftMs - slice);
      else abort.abort(new SlipwayError('update.phase-timeout', { board, phase, timeoutMs }));
    });
  };
  let timer = wait(timeoutMs);
  try {
    if (abort.signal.aborted) throw cancelled(abort.signal);
    return await work(abort.signal);
  } finally {
    timer.dispose();
    signal.removeEventListener('abort', onAbort);
  }
}
