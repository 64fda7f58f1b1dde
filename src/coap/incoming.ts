import type { Peer } from '../link/link';
import { methodCodes } from './confirmable';
import type { CoapMethod, IncomingRequest } from './endpoint';
import { type CoapMessage } from './message';
import { uintOf } from './responses';

const methodsByCode: ReadonlyMap<string, CoapMethod> = new Map(
  (Object.entries(methodCodes) as [CoapMethod, string][]).map(([method, code]) => [code, method]),
);

/** Whether the message is a request, of a method known or not (RFC 7252 §5.2). */
export function isRequest(message: CoapMessage): boolean {
  return message.code.startsWith('0.') && message.code !== '0.00';
}

/** The request in a message; undefined for a method that does not exist. */
export function toIncomingRequest(message: CoapMessage, peer: Peer): IncomingRequest | undefined {
  const method = methodsByCode.get(message.code);
  if (!method) return undefined;
  const texts = (name: string): string[] =>
    message.options
      .filter((option) => option.name === name)
      .map(({ value }) => Buffer.from(value).toString('utf8'));
  const contentFormat = uintOf(message, 'Content-Format');
  const accept = uintOf(message, 'Accept');
  return {
    peer,
    method,
    path: `/${texts('Uri-Path').join('/')}`,
    query: texts('Uri-Query'),
    payload: message.payload,
    ...(contentFormat !== undefined && { contentFormat }),
    ...(accept !== undefined && { accept }),
  };
}

/** Names the resource a peer means, whatever its token: by endpoint, method, path and query (RFC 7959 §2.3). */
export function requestKey({ peer, method, path, query, accept }: IncomingRequest): string {
  return JSON.stringify([peer.address, peer.port, method, path, query, accept]);
}

/** As `requestKey`; what a FETCH asks for is in its payload (RFC 8132 §2). */
export function representationKey(request: IncomingRequest): string {
  const key = requestKey(request);
  return request.method === 'FETCH' ? `${key} ${Buffer.from(request.payload).toString('hex')}` : key;
}

/** Critical options that have a name and no meaning here: their numbers are odd (RFC 7252 §5.4.6). */
const foreignCritical: ReadonlySet<string> = new Set([
  'If-Match',
  'If-None-Match',
  'OSCORE',
  'Q-Block1',
  'Q-Block2',
  'Proxy-Uri',
  'Proxy-Scheme',
  'OCF-Accept-Content-Format-Version',
  'OCF-Content-Format-Version',
]);

/** Whether the message has a critical option that is not understood here (RFC 7252 §5.4.1). */
export function hasUnknownCritical(message: CoapMessage): boolean {
  // Options without a name go by their number.
  return message.options.some(({ name }) => foreignCritical.has(name) || Number(name) % 2 === 1);
}
