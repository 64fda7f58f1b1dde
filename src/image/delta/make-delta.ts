import { Worker } from 'node:worker_threads';
import { cancelled, SlipwayError } from '../../base/errors';
import type { Compression } from './patch-format';

/** What the worker is started with. */
export interface DeltaRequest {
  readonly base: Uint8Array;
  readonly target: Uint8Array;
  readonly compression: Compression;
}

export type DeltaAnswer = { readonly patch: Uint8Array } | { readonly failure: string };

export interface DeltaOptions {
  /** The bundle of `worker.ts`. */
  readonly workerFile: string;
  readonly compression?: Compression;
  readonly signal?: AbortSignal;
}

/**
 * Makes a patch from `base` to `target` in a thread of its own, where it is applied and compared with the target as
 * well: what comes out is good. Errors: `cancelled`, at once and whatever the thread is at, and `delta.failed`.
 */
export async function makeDelta(
  base: Uint8Array,
  target: Uint8Array,
  { workerFile, compression = 'heatshrink', signal }: DeltaOptions,
): Promise<Uint8Array> {
  if (signal?.aborted) throw cancelled(signal);
  const request: DeltaRequest = { base, target, compression };
  const worker = new Worker(workerFile, { workerData: request });
  let onAbort: (() => void) | undefined;
  try {
    const answer = await new Promise<DeltaAnswer>((resolve, reject) => {
      const fail = (reason: string, cause?: unknown): void =>
        reject(new SlipwayError('delta.failed', { reason }, { cause }));
      worker.once('message', (message: DeltaAnswer) => resolve(message));
      worker.once('error', (error) => fail(error instanceof Error ? error.message : String(error), error));
      worker.once('exit', (code) => fail(`its thread ended with ${code}`));
      onAbort = () => reject(cancelled(signal));
      signal?.addEventListener('abort', onAbort, { once: true });
    });
    if ('failure' in answer) throw new SlipwayError('delta.failed', { reason: answer.failure });
    return answer.patch;
  } finally {
    if (onAbort) signal?.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}
