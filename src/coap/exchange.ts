import type { Disposable } from '../base/disposable';
import type { Event } from '../base/event';
import type { Peer } from '../link/link';
import type { CoapMessage } from './message';

/**
 * A run of raw messages with one peer that goes past node-coap: block transfers and pings own their message ids,
 * tokens and retransmissions. The endpoint opens one and routes to it whatever answers it.
 */
export interface Exchange extends Disposable {
  readonly peer: Peer;
  /** Token of the requests of this exchange. */
  readonly token: Uint8Array;
  /**
   * Token of a request that may be under way beside others: `token` where message ids tell their answers apart (some
   * boards know a transfer by its token), one of its own on a stream, which has none (RFC 7252 §5.3.1).
   */
  nextToken(): Uint8Array;
  /** A fresh message id, never one that is in use towards this peer. */
  nextMessageId(): number;
  /** Sends one message as it is. Rejects `link.closed`. */
  send(message: CoapMessage): Promise<void>;
  /**
   * Messages from the peer that carry a message id this exchange sent (ACK, RST) or its token (separate
   * responses; a confirmable one has been acknowledged already by the endpoint).
   */
  readonly onMessage: Event<CoapMessage>;
}
