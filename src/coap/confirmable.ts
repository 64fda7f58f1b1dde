import type { Clock } from '../base/clock';
import { SlipwayError, cancelled } from '../base/errors';
import { peerName } from '../link/link';
import type { CoapRequest, RequestOptions } from './endpoint';
import type { Exchange } from './exchange';
import type { CoapMessage, CoapOption } from './message';
import { pathOptions, queryOptions, encodeUint } from './options';
import { retransmit } from './retransmit';

/** How long a peer may take from its acknowledgement to its answer, ms. */
export const defaultResponseTimeoutMs = 30_000;

/** The options of a request, without those that block-wise transfer and observation add. */
export function requestOptions({ path, query, contentFormat, accept }: CoapRequest): CoapOption[] {
  return [
    ...pathOptions(path),
    ...queryOptions(query),
    ...(contentFormat === undefined ? [] : [{ name: 'Content-Format', value: encodeUint(contentFormat) }]),
    ...(accept === undefined ? [] : [{ name: 'Accept', value: encodeUint(accept) }]),
  ];
}

/** Codes of the request methods (RFC 7252 §12.1.1, RFC 8132). */
export const methodCodes = {
  GET: '0.01',
  POST: '0.02',
  PUT: '0.03',
  DELETE: '0.04',
  FETCH: '0.05',
  PATCH: '0.06',
  iPATCH: '0.07',
} as const;

/**
 * Sends one confirmable request over an exchange, retransmits it (RFC 7252 §4.2), and resolves with its response,
 * piggybacked or separate. Rejects `coap.timeout`, `coap.reset`, `cancelled`. A link that is down loses messages.
 */
export function sendRequest(
  exchange: Exchange,
  request: CoapRequest,
  extraOptions: readonly CoapOption[],
  clock: Clock,
  { signal, responseTimeoutMs = defaultResponseTimeoutMs }: RequestOptions = {},
): Promise<CoapMessage> {
  const { method, path, payload = new Uint8Array(0) } = request;
  const message: CoapMessage = {
    type: 'CON',
    code: methodCodes[method],
    messageId: exchange.nextMessageId(),
    token: exchange.token,
    options: [...requestOptions(request), ...extraOptions],
    payload,
  };
  const details = { peer: peerName(exchange.peer), method, path };
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(cancelled(signal));
    const done = (settle: () => void): void => {
      timer.dispose();
      subscription.dispose();
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    const timedOut = (): void => done(() => reject(new SlipwayError('coap.timeout', details)));
    const onAbort = (): void => done(() => reject(cancelled(signal)));
    const subscription = exchange.onMessage((answer) => {
      const isOurs = answer.messageId === message.messageId;
      if (answer.type === 'RST') {
        if (isOurs) done(() => reject(new SlipwayError('coap.reset', details)));
      } else if (answer.code === '0.00') {
        if (!isOurs) return;
        timer.dispose();
        timer = clock.schedule(responseTimeoutMs, timedOut);
      } else if (answer.type !== 'ACK' || isOurs) {
        done(() => resolve(answer));
      }
    });
    signal?.addEventListener('abort', onAbort, { once: true });
    let timer = retransmit(clock, () => void exchange.send(message).catch(() => undefined), timedOut);
  });
}
