import type { Clock } from '../base/clock';
import type { BlockReply, IncomingBlock } from './endpoint';
import { ExpiringMap } from '../base/expiring-map';
import { requestKey } from './incoming';
import { isFullBlock } from './options';
import { exchangeLifetimeMs } from './retransmit';

/** Largest request that is put together: a registration of any real board is far below. */
export const maxRequestBytes = 256 * 1024;
/** How many half-sent requests are kept at once, each for EXCHANGE_LIFETIME; the oldest goes. */
const maxTransfers = 64;

interface Transfer {
  readonly parts: readonly Uint8Array[];
  readonly length: number;
}

/**
 * Puts Block1 requests together (RFC 7959 §2.5) by peer, method and resource, never by token: some clients use a
 * fresh token for each block.
 */
export class RequestAssembler {
  private readonly transfers: ExpiringMap<Transfer>;

  constructor(clock: Clock) {
    this.transfers = new ExpiringMap(clock, exchangeLifetimeMs, maxTransfers);
  }

  /** Takes one part: the whole payload when it was the last one, else the answer to the part. */
  take(block: IncomingBlock): Uint8Array | BlockReply {
    const key = requestKey(block);
    const before = block.num === 0 ? { parts: [], length: 0 } : this.transfers.get(key);
    if (before?.length !== block.offset) {
      this.transfers.delete(key);
      return { code: '4.08' };
    }
    if (block.more && !isFullBlock(block.szx, block.payload.length)) return { code: '4.00' };
    const length = before.length + block.payload.length;
    if (length > maxRequestBytes || (block.size1 ?? 0) > maxRequestBytes) {
      this.transfers.delete(key);
      return { code: '4.13' };
    }
    const parts = [...before.parts, block.payload];
    if (block.more) {
      this.transfers.set(key, { parts, length });
      return { code: '2.31' };
    }
    this.transfers.delete(key);
    return Buffer.concat(parts);
  }
}
