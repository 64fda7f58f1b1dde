import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import type { Exchange } from './exchange';
import type { CoapMessage } from './message';

/** ACK_TIMEOUT (RFC 7252 §4.8), ms. */
export const ackTimeoutMs = 2000;
/** ACK_RANDOM_FACTOR (RFC 7252 §4.8). */
const ackRandomFactor = 1.5;
/** One below MAX_RETRANSMIT (RFC 7252 §4.8): a board on the desk that is silent for 45 s is not there. */
export const maxRetransmit = 3;
/** EXCHANGE_LIFETIME (RFC 7252 §4.8.2), ms: how long a message id means the same message. */
export const exchangeLifetimeMs = 247_000;
/** The longest that a message waits for its acknowledgement, ms. */
export const maxTransmitWaitMs = ackTimeoutMs * ackRandomFactor * (2 ** (maxRetransmit + 1) - 1);

/** Transmits now, and again with back-off until disposed (RFC 7252 §4.2); `onSilence` when that was for nothing. */
export function retransmit(clock: Clock, transmit: () => void, onSilence: () => void): Disposable {
  let tries = 0;
  // Random, so that peers that went down together do not come back together.
  let waitMs = ackTimeoutMs * (1 + Math.random() * (ackRandomFactor - 1));
  const wait = (): Disposable =>
    clock.schedule(waitMs, () => {
      if (tries++ === maxRetransmit) return onSilence();
      transmit();
      waitMs *= 2;
      timer = wait();
    });
  let timer = wait();
  transmit();
  return { dispose: () => timer.dispose() };
}

/** How the delivery of a message ended. */
export type Delivery = 'acknowledged' | 'reset' | 'lost';

/** Sends a confirmable message that wants no answer but its acknowledgement; dispose to give up. */
export function deliver(
  exchange: Exchange,
  message: CoapMessage,
  clock: Clock,
  onEnd: (delivery: Delivery) => void,
): Disposable {
  const end = (delivery: Delivery): void => {
    stop();
    onEnd(delivery);
  };
  const stop = (): void => {
    timer.dispose();
    subscription.dispose();
  };
  const subscription = exchange.onMessage(({ type, messageId }) => {
    if (messageId !== message.messageId) return;
    if (type === 'ACK') end('acknowledged');
    else if (type === 'RST') end('reset');
  });
  const timer = retransmit(
    clock,
    // A link that is down loses the message, as any network may.
    () => void exchange.send(message).catch(() => undefined),
    () => end('lost'),
  );
  return { dispose: stop };
}
