import { type IncomingMessage, type OutgoingMessage, type Server, createServer } from 'coap';
import type { Disposable } from '../base/disposable';
import type { Log } from '../base/log';
import type { Peer } from '../link/link';
import { hasUnknownCritical, toIncomingRequest } from './incoming';
import type { LinkSocket } from './link-socket';
import type { CoapMessage } from './message';
import { replyOptions } from './reply-options';
import type { Responder } from './responder';
import type { ResponseSlicer, Slice } from './response-slicer';

/**
 * Bytes of answers that node-coap remembers for duplicates. Its default of 32 MiB holds each answer's buffers and
 * timers for four minutes.
 */
const cacheBytes = 65_536;

/** node-coap's server on a link: confirmable requests that fit one message. */
export class NodeCoapServer implements Disposable {
  private readonly server: Server;
  /** The request that node-coap is being handed; its own copy of it has some of the options converted. */
  private current: CoapMessage | undefined;
  private disposed = false;

  constructor(
    private readonly socket: LinkSocket,
    private readonly responder: Responder,
    private readonly slicer: ResponseSlicer,
    private readonly log: Log,
  ) {
    this.server = createServer({ cacheSize: cacheBytes });
    this.server.on('request', ({ rsinfo }: IncomingMessage, response: OutgoingMessage) => {
      response.on('error', (error) => this.log.warn(`an answer was not delivered: ${String(error)}`));
      if (this.current) void this.answer(this.current, socket.peerAt(rsinfo.address, rsinfo.port), response);
    });
    this.server.on('error', (error) => this.log.warn(`server: ${String(error)}`));
    // It takes any emitter of dgram.Socket's shape; the types know of ports only.
    this.server.listen(socket);
  }

  /** Hands a request to node-coap, which asks back for the answer at once unless the request is a duplicate. */
  receive(message: CoapMessage, peer: Peer, data: Uint8Array): void {
    this.current = message;
    this.socket.receive(data, peer);
    this.current = undefined;
  }

  dispose(): void {
    this.disposed = true;
    this.server.close();
  }

  private async answer(message: CoapMessage, peer: Peer, response: OutgoingMessage): Promise<void> {
    const { reply, options, payload } = await this.sliceFor(message, peer);
    // What is answered after the server closed would go nowhere, and its timer would keep the process for minutes.
    if (this.disposed) return;
    const valuesByName = new Map<string, Buffer[]>();
    for (const { name, value } of [...replyOptions(reply), ...options]) {
      valuesByName.set(name, [...(valuesByName.get(name) ?? []), Buffer.from(value)]);
    }
    for (const [name, values] of valuesByName) response.setOption(name, values);
    response.code = reply.code;
    response.end(Buffer.from(payload));
  }

  private async sliceFor(message: CoapMessage, peer: Peer): Promise<Slice> {
    const request = toIncomingRequest(message, peer);
    if (!request || hasUnknownCritical(message)) {
      return { reply: { code: request ? '4.02' : '4.05' }, options: [], payload: new Uint8Array(0) };
    }
    return this.slicer.first(request, await this.responder.answer(request), undefined);
  }
}
