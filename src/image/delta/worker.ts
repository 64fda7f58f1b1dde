import { parentPort, workerData } from 'node:worker_threads';
import { SlipwayError } from '../../base/errors';
import { applyPatch } from './apply-patch';
import { createPatch } from './create-patch';
import type { DeltaAnswer, DeltaRequest } from './make-delta';

/** The thread that makes a patch, and applies it to see that it is good. Its own bundle: `dist/delta-worker.js`. */
function work({ base, target, compression }: DeltaRequest): DeltaAnswer {
  try {
    const patch = createPatch(base, target, compression);
    const good = Buffer.compare(applyPatch(base, patch, target.length), target) === 0;
    return good ? { patch } : { failure: 'applied to its base it doesn’t give the target' };
  } catch (error) {
    // Our own patch that our own decoder refuses: a fault in here, not in the user's files.
    return { failure: SlipwayError.is(error) ? error.message : String(error) };
  }
}

parentPort?.postMessage(work(workerData as DeltaRequest));
