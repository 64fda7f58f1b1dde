import { unlessAborted } from '../base/abort';
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
      await (signal ? unlessAborted(before, signal) : before);
      return await work();
    } finally {
      release();
    }
  }
}
