import { createHash } from 'node:crypto';
import { unlessAborted } from '../base/abort';
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
    return await waitFor(making, signal, () => made.delete(key));
  };
}

/** `giveUp` is called where the last one that waited has given up. */
async function waitFor(making: Making, signal: AbortSignal, giveUp: () => void): Promise<Uint8Array> {
  making.waiting++;
  try {
    return await unlessAborted(making.patch, signal);
  } catch (error) {
    if (signal.aborted && --making.waiting === 0) {
      giveUp();
      making.ending.abort();
    }
    throw error;
  }
}
