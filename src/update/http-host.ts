import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Disposable } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import type { Log } from '../base/log';
import type { PackageHost } from '../coap/package-host';
import { hostPort } from '../link/socket';

export interface HttpHostSettings {
  readonly enabled: boolean;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
}

/** Piece in which a body goes out, bytes: progress is counted in it. */
const pieceBytes = 16_384;

/**
 * Offers the packages of a `PackageHost` by HTTP/1.1, with ranges (RFC 9110 §14) so that a board goes on where it was
 * cut off. Listens only while something is offered.
 */
export class HttpHost implements Disposable {
  private server: Promise<Server> | undefined;
  private users = 0;

  constructor(
    private readonly packages: PackageHost,
    private readonly settings: () => HttpHostSettings,
    private readonly log: Log,
  ) {}

  get enabled(): boolean {
    return this.settings().enabled;
  }

  /**
   * Listens for one more user, until `release`; gives `HOST:PORT` as a board reaches it. `onLink` is the authority that
   * the board knows this computer by, if its link has one. Rejects `lwm2m.port-in-use`, `link.failed`.
   */
  async authority(onLink: string | undefined): Promise<string> {
    this.users++;
    try {
      this.server ??= this.listen();
      const server = await this.server;
      const { address, port } = server.address() as AddressInfo;
      if (address !== '0.0.0.0' && address !== '::') return hostPort({ host: address, port });
      const known = onLink?.replace(/:\d+$/, '');
      // The host that a board on a network uses already, else the first address that is not only our own.
      return `${known?.includes('.') || known?.startsWith('[') ? known : outerAddress()}:${port}`;
    } catch (error) {
      this.server = undefined;
      this.users--;
      throw error;
    }
  }

  /** One user less; the last one closes the server. */
  release(): void {
    this.users--;
    if (this.users === 0) this.close();
  }

  dispose(): void {
    this.close();
  }

  private close(): void {
    const { server } = this;
    this.server = undefined;
    void server?.then((listening) => {
      listening.close();
      listening.closeAllConnections();
    });
  }

  private listen(): Promise<Server> {
    const { host, port } = this.settings();
    const server = createServer((request, response) => {
      this.log.debug(`http: ${request.method ?? ''} ${request.url ?? ''} ${request.headers.range ?? ''}`);
      this.answer(request, response);
    });
    return new Promise((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => {
        const link = `http://${hostPort({ host, port })}`;
        reject(
          cause.code === 'EADDRINUSE'
            ? new SlipwayError('lwm2m.port-in-use', { host, port }, { cause })
            : new SlipwayError('link.failed', { link, reason: cause.message }, { cause }),
        );
      });
      server.listen(port, host, () => resolve(server));
    });
  }

  private answer({ method, url = '', headers }: IncomingMessage, response: ServerResponse): void {
    const offer = this.packages.find(url);
    if (!offer) return void response.writeHead(404).end();
    if (method !== 'GET' && method !== 'HEAD') {
      return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    }
    const { bytes, path } = offer;
    const etag = `"${Buffer.from(offer.etag).toString('hex')}"`;
    const shared = {
      'accept-ranges': 'bytes',
      'content-type': 'application/octet-stream',
      'cache-control': 'max-age=86400, immutable',
      etag,
    };
    // A board that has parts of another package begins anew (RFC 9110 §13.1.5).
    const isSame = headers['if-range'] === undefined || headers['if-range'] === etag;
    const range = isSame ? parseRange(headers.range, bytes.length) : undefined;
    if (range === 'unsatisfiable') {
      return void response.writeHead(416, { ...shared, 'content-range': `bytes */${bytes.length}` }).end();
    }
    const { start, end } = range ?? { start: 0, end: bytes.length };
    response.writeHead(range ? 206 : 200, {
      ...shared,
      'content-length': end - start,
      ...(range && { 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` }),
    });
    if (method === 'HEAD') return void response.end();
    this.send(response, path, bytes, start, end);
  }

  /** Sends piece by piece, as the board takes them. */
  private send(response: ServerResponse, path: string, bytes: Uint8Array, start: number, end: number): void {
    if (start >= end) return void response.end();
    const next = Math.min(start + pieceBytes, end);
    response.write(bytes.subarray(start, next), (error) => {
      if (error) return;
      this.packages.served(path, next);
      this.send(response, path, bytes, next, end);
    });
  }
}

/** The bytes from `start` to before `end`. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** A single range of bytes (RFC 9110 §14.1.2); undefined for none, or several, which may be answered in full. */
export function parseRange(header: string | undefined, length: number): Range | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '') {
    if (last === '') return undefined;
    const suffix = Number(last);
    return suffix === 0 ? 'unsatisfiable' : { start: Math.max(0, length - suffix), end: length };
  }
  const start = Number(first);
  const end = last === '' ? length : Math.min(Number(last) + 1, length);
  if (last !== '' && Number(last) < start) return undefined;
  return start >= length ? 'unsatisfiable' : { start, end };
}

function outerAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1';
}
