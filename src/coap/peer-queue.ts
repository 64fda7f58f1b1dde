import { cancelled } from '../base/errors';
import { type Peer, peerName } from '../link/link';

/**
 * One request at a time to each peer (NSTART = 1, RFC 7252 §4.7): boards have small buffers, and some answer 5.03 to
 * whatever comes in the middle of a block-wise transfer.
 */
export class PeerQueue {
  private readonly tails = new Map<string, Promise<void>>();

  /** Runs `work` when everything queued before it for that peer is over. Rejects `cancelled` without running it. */
  async run<T>(peer: Peer, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const key = peerName(peer);
    const before = this.tails.get(key) ?? Promise.resolve();
    let release = (): void => undefined;
    const mine = new Promise<void>((resolve) => (release = resolve));
    const tail = before.then(() => mine);
    this.tails.set(key, tail);
    void tail.then(() => {
      if (this.tails.get(key) === tail) this.tails.delete(key);
    });
    try {
      await turn(before, signal);
      return await work();
    } finally {
      release();
    }
  }
}

function turn(before: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return before;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(cancelled(signal));
    const onAbort = (): void => reject(cancelled(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    void before.then(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
  });
}
