import { SlipwayError } from '../base/errors';
import type { CoapEndpoint } from '../coap/endpoint';
import type { Peer } from '../link/link';

/** Firmware Update Protocol Support (5/0/8) of this board: CoAP, HTTP, CoAP over TCP. */
const protocolNumbers: Readonly<Record<string, number>> = { 'coap:': 0, 'http:': 2, 'coap+tcp:': 4 };

/** CoAP's port where a URI names none (RFC 7252 §6.1). */
const defaultPort = 5683;

/** Who asks, where a server wants to know (9/x/14, 9/x/15). */
export interface Credentials {
  readonly userName?: string;
  readonly password?: string;
}

/** Why a package was not fetched. */
export type FetchFailure = 'unsupported-scheme' | 'not-found' | 'connection-lost';

export class FetchError extends Error {
  constructor(readonly failure: FetchFailure) {
    super(failure);
  }
}

/** Fetches packages for a board that pulls: by CoAP over its link, or by HTTP past it. */
export class PackageFetcher {
  readonly protocols: readonly number[];
  private readonly schemes: readonly string[];

  constructor(
    private readonly coap: CoapEndpoint,
    /** Who is at the other end of a line, whatever host a URI names. */
    private readonly server: Peer | undefined,
  ) {
    this.schemes = [coap.link.kind === 'coap+tcp' ? 'coap+tcp:' : 'coap:', 'http:'];
    this.protocols = this.schemes.flatMap((scheme) => protocolNumbers[scheme] ?? []);
  }

  /** Whether a URI has a scheme that this board knows. */
  supports(uri: string): boolean {
    return this.schemes.includes(/^[a-z+]+:/.exec(uri)?.[0] ?? '');
  }

  /** The whole package. Rejects `FetchError`, and with the signal's reason. */
  async fetch(uri: string, signal: AbortSignal, credentials: Credentials = {}): Promise<Uint8Array> {
    if (!this.supports(uri)) throw new FetchError('unsupported-scheme');
    try {
      return uri.startsWith('http:')
        ? await byHttp(uri, signal, credentials)
        : await this.byCoap(new URL(uri), signal);
    } catch (error) {
      if (signal.aborted || error instanceof FetchError) throw error;
      throw new FetchError('connection-lost');
    }
  }

  private async byCoap(uri: URL, signal: AbortSignal): Promise<Uint8Array> {
    const request = { method: 'GET', path: decodeURIComponent(uri.pathname) } as const;
    const { code, payload } = await this.coap.request(this.peerOf(uri), request, { signal });
    if (code === '4.04') throw new FetchError('not-found');
    if (code !== '2.05') throw new SlipwayError('coap.response', { ...request, code });
    return payload;
  }

  private peerOf({ hostname, port }: URL): Peer {
    if (this.server && this.coap.link.peer) return this.server;
    return { address: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? defaultPort : Number(port) };
  }
}

async function byHttp(
  uri: string,
  signal: AbortSignal,
  { userName, password = '' }: Credentials,
): Promise<Uint8Array> {
  const basic = Buffer.from(`${userName}:${password}`, 'utf8').toString('base64');
  const headers = userName === undefined ? {} : { authorization: `Basic ${basic}` };
  const response = await fetch(uri, { signal, headers });
  if (response.status === 404) throw new FetchError('not-found');
  if (!response.ok) throw new FetchError('connection-lost');
  return new Uint8Array(await response.arrayBuffer());
}
