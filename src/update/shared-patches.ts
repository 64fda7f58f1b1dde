import { createHash } from 'node:crypto';
import { cancelled } from '../base/errors';

/** Makes a patch from one image to another. Rejects `cancelled` by the signal. */
export type MakePatch = (base: Uint8Array, target: Uint8Array, signal: AbortSignal) => Promise<Uint8Array>;

interface Making {
  readonly patch: Promise<Uint8Array>;
  readonly ending: AbortController;
  /** Who asked, and has not given up; also those that have it. */
  waiting: number;
}

/**
 * Makes each patch once, for whoever asks meanwhile or later. Who gives up doesn't take it from the others; it is given
 * up when nobody waits any more.
 */
export function sharedPatches(make: MakePatch): MakePatch {
  const made = new Map<string, Making>();
  return async (base, target, signal) => {
    if (signal.aborted) throw cancelled(signal);
    const key = [base, target].map((image) => createHash('sha256').update(image).digest('hex')).join();
    let making = made.get(key);
    if (!making) {
      const ending = new AbortController();
      making = { patch: make(base, target, ending.signal), ending, waiting: 0 };
      made.set(key, making);
    }
    const { patch, ending } = making;
    making.waiting++;
    const giveUp = (): void => {
      if (--making.waiting > 0) return;
      made.delete(key);
      ending.abort();
    };
    return await unlessAborted(patch, signal, giveUp);
  };
}

/** `giveUp` is called where the signal came first. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal, giveUp: () => void): Promise<T> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      giveUp();
      reject(cancelled(signal));
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}
