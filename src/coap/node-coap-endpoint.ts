import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore, toDisposable } from '../base/disposable';
import { SlipwayError, cancelled } from '../base/errors';
import { type Log, isTracing, scopedLog } from '../base/log';
import { type Link, type LinkKind, type Peer, peerName } from '../link/link';
import { sendBlocks } from './block1-sender';
import { type SendRequest, completeBlocks, isWhole } from './block2-fetch';
import { BlockServer } from './block-server';
import { ClientObservation } from './client-observation';
import { methodCodes, sendRequest } from './confirmable';
import { Demultiplexer, describe } from './demultiplexer';
import type {
  BlockUpload,
  BlockUploadOptions,
  BlockUploadResult,
  CoapEndpoint,
  CoapHandler,
  CoapRequest,
  CoapResponse,
  Observation,
  RequestOptions,
} from './endpoint';
import { Exchanges } from './exchanges';
import { LinkSocket } from './link-socket';
import { type CoapMessage, decodeMessage, emptyMessage, encodeMessage } from './message';
import { NodeCoapClient } from './node-coap-client';
import { NodeCoapServer } from './node-coap-server';
import { bertBytes } from './bert';
import { BERT_SZX, MAX_SZX, blockSize } from './options';
import { Observers } from './observers';
import { PeerQueue } from './peer-queue';
import { Responder } from './responder';
import { ResponseSlicer } from './response-slicer';
import { toResponse } from './responses';
import type { TraceRecorder } from './trace-recorder';
import { retransmit } from './retransmit';

export interface CoapEndpointDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Keeps what goes over the link, if it is to be kept. */
  readonly trace?: Pick<TraceRecorder, 'record'>;
}

/** Opens a CoAP endpoint on a link. The link stays its owner's. */
export function createCoapEndpoint(link: Link, deps: CoapEndpointDeps): CoapEndpoint {
  return new NodeCoapEndpoint(link, deps);
}

class NodeCoapEndpoint implements CoapEndpoint {
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly trace: CoapEndpointDeps['trace'];
  private readonly owned = new DisposableStore();
  private readonly exchanges: Exchanges;
  private readonly client: NodeCoapClient;
  private readonly responder: Responder;
  private readonly queue = new PeerQueue();
  private readonly underWay = new Set<AbortController>();
  private readonly observations = new Set<ClientObservation>();
  private isOver = false;

  constructor(
    readonly link: Link,
    { clock, log, trace }: CoapEndpointDeps,
  ) {
    this.clock = clock;
    this.trace = trace;
    this.log = scopedLog(log, link.id);
    const transmit = (message: CoapMessage, peer: Peer): Promise<void> => this.transmit(message, peer);
    const socket = new LinkSocket((data, peer) => this.transmitForNodeCoap(data, peer), link.peer);
    this.owned.add(toDisposable(() => socket.close()));
    this.exchanges = new Exchanges(transmit, link.capabilitiesOf === undefined);
    this.client = this.owned.add(new NodeCoapClient(socket, clock));
    this.responder = new Responder(this.log);
    const slicer = new ResponseSlicer(clock, (peer) => bertBytes(link, peer));
    const server = this.owned.add(new NodeCoapServer(socket, this.responder, slicer, this.log));
    const observers = this.owned.add(new Observers(this.exchanges, slicer, clock));
    const blockServer = this.owned.add(
      new BlockServer(
        this.responder,
        slicer,
        observers,
        this.exchanges,
        transmit,
        clock,
        link.capabilitiesOf ? BERT_SZX : MAX_SZX,
      ),
    );
    const demultiplexer = new Demultiplexer(
      { exchanges: this.exchanges, client: this.client, server, blockServer, socket },
      transmit,
      this.log,
      clock,
    );
    this.owned.add(
      link.onDatagram(({ data, peer }) => {
        trace?.record(link, 'received', peer, data);
        demultiplexer.receive(data, peer);
      }),
    );
    if (trace && link.onDamaged) {
      const lineEnd = link.peer ?? { address: link.id, port: 0 };
      this.owned.add(
        link.onDamaged(({ data, reason }) => trace.record(link, 'received', lineEnd, data, reason)),
      );
    }
    this.owned.add(
      link.onDidChangeState((state) => {
        if (state === 'closed') this.dispose();
      }),
    );
  }

  request(peer: Peer, request: CoapRequest, options: RequestOptions = {}): Promise<CoapResponse> {
    return this.run(peer, options.signal, (signal) =>
      (request.payload?.length ?? 0) > blockSize(MAX_SZX)
        ? this.sendLarge(peer, request, signal)
        : this.sendSmall(peer, request, { ...options, signal }),
    );
  }

  async observe(
    peer: Peer,
    request: CoapRequest,
    onNotification: (response: CoapResponse) => void,
    options: RequestOptions = {},
  ): Promise<Observation> {
    const exchange = this.exchanges.openExchange(peer);
    const observation = new ClientObservation(exchange, request, onNotification, {
      clock: this.clock,
      log: this.log,
      isOrdered: this.link.capabilitiesOf !== undefined,
      send: (extraOptions, sendOptions) =>
        this.run(peer, sendOptions.signal, (signal) =>
          sendRequest(exchange, request, extraOptions, this.clock, { ...sendOptions, signal }),
        ),
      // What came whole waits for nobody: states change in the middle of a push.
      complete: async (message, completeOptions) =>
        isWhole(message)
          ? toResponse(message)
          : await this.run(peer, completeOptions.signal, (signal) =>
              completeBlocks(this.sendOver(peer), request, message, { ...completeOptions, signal }),
            ),
      onDispose: () => this.observations.delete(observation),
    });
    this.observations.add(observation);
    return await observation.begin(options);
  }

  upload(peer: Peer, upload: BlockUpload, options: BlockUploadOptions = {}): Promise<BlockUploadResult> {
    return this.run(peer, options.signal, (signal) => this.sendUpload(peer, upload, { ...options, signal }));
  }

  ping(peer: Peer, options: RequestOptions = {}): Promise<void> {
    return this.run(peer, options.signal, (signal) => this.sendPing(peer, signal));
  }

  serve(handler: CoapHandler): Disposable {
    return this.responder.serve(handler);
  }

  dispose(): void {
    if (this.isOver) return;
    this.isOver = true;
    for (const controller of this.underWay) controller.abort(this.closed());
    for (const observation of this.observations) observation.end();
    this.owned.dispose();
  }

  /** Runs `work` when it is its turn with that peer; the signal it gets also ends with the endpoint. */
  private async run<T>(
    peer: Peer,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (signal?.aborted) throw cancelled(signal);
    if (this.isOver || this.link.state !== 'open') throw this.closed();
    const controller = new AbortController();
    const onAbort = (): void => controller.abort(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    this.underWay.add(controller);
    try {
      return await this.queue.run(peer, controller.signal, () => work(controller.signal));
    } finally {
      this.underWay.delete(controller);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  private async sendSmall(peer: Peer, request: CoapRequest, options: RequestOptions): Promise<CoapResponse> {
    const message = await this.client.request(peer, request, options);
    return await completeBlocks(this.sendOver(peer), request, message, options);
  }

  /** A payload for which one message is too small (RFC 7959 §2.5). */
  private async sendLarge(peer: Peer, request: CoapRequest, signal: AbortSignal): Promise<CoapResponse> {
    const { method, path, query, contentFormat = octetStream, payload = new Uint8Array(0) } = request;
    if (method !== 'PUT' && method !== 'POST' && method !== 'iPATCH') {
      throw new SlipwayError('coap.malformed', { reason: `${method} ${path}: ${payload.length} bytes` });
    }
    try {
      const upload = { method, path, contentFormat, payload, ...(query && { query }) };
      const { code } = await this.sendUpload(peer, upload, { signal });
      return { code, payload: new Uint8Array(0) };
    } catch (error) {
      if (!SlipwayError.is(error, 'block.refused')) throw error;
      const { code, diagnostic = '' } = error.details;
      return { code, payload: Buffer.from(diagnostic) };
    }
  }

  private async sendUpload(
    peer: Peer,
    upload: BlockUpload,
    options: BlockUploadOptions,
  ): Promise<BlockUploadResult> {
    const exchange = this.exchanges.openExchange(
      peer,
      options.resume?.token ?? randomBytes(uploadTokenBytes),
    );
    try {
      const limits = { isOrdered: ordered.has(this.link.kind) };
      const deps = { clock: this.clock, log: this.log, limits, bertBytes: bertBytes(this.link, peer) };
      return await sendBlocks(exchange, upload, deps, options);
    } finally {
      exchange.dispose();
    }
  }

  private sendPing(peer: Peer, signal: AbortSignal): Promise<void> {
    const exchange = this.exchanges.openExchange(peer);
    const message = emptyMessage('CON', exchange.nextMessageId());
    return new Promise<void>((resolve, reject) => {
      const owned = new DisposableStore();
      const end = (settle: () => void): void => {
        owned.dispose();
        settle();
      };
      const onAbort = (): void => end(() => reject(cancelled(signal)));
      owned.add(exchange);
      // Any reply shows that someone is there; it should be a Reset.
      owned.add(exchange.onMessage(() => end(resolve)));
      signal.addEventListener('abort', onAbort, { once: true });
      owned.add(toDisposable(() => signal.removeEventListener('abort', onAbort)));
      const details = { peer: peerName(peer), method: 'ping', path: '' };
      owned.add(
        retransmit(
          this.clock,
          () => void exchange.send(message).catch(() => undefined),
          () => end(() => reject(new SlipwayError('coap.timeout', details))),
        ),
      );
    });
  }

  /** Requests that node-coap has no part in, each under a token of its own. */
  private sendOver(peer: Peer): SendRequest {
    return async (request, extraOptions, options) => {
      const exchange = this.exchanges.openExchange(peer);
      try {
        return await sendRequest(exchange, request, extraOptions, this.clock, options);
      } finally {
        exchange.dispose();
      }
    };
  }

  private async transmit(message: CoapMessage, peer: Peer): Promise<void> {
    if (isTracing(this.log)) this.log.trace(`${peerName(peer)} ← ${describe(message)}`);
    await this.send(encodeMessage(message), peer);
  }

  /** node-coap counts its message ids by itself: here is where they are seen. */
  private transmitForNodeCoap(data: Uint8Array, peer: Peer): void {
    const message = decodeMessage(data);
    if (requestCodes.has(message.code)) {
      this.exchanges.keepAwayFrom(message.messageId);
      this.client.sent(message, peer);
    }
    if (isTracing(this.log)) this.log.trace(`${peerName(peer)} ← ${describe(message)}`);
    this.send(data, peer).catch(() => undefined);
  }

  private send(data: Uint8Array, peer: Peer): Promise<void> {
    // What a closed link refuses is never on its way.
    if (this.link.state === 'open') this.trace?.record(this.link, 'sent', peer, data);
    return this.link.send(data, peer);
  }

  private closed(): SlipwayError {
    return new SlipwayError('link.closed', { link: this.link.id });
  }
}

/** Every block carries the token, and there is one push to a peer at a time. */
const uploadTokenBytes = 3;

/** Links whose messages arrive in the order they were sent, or not at all. */
const ordered: ReadonlySet<LinkKind> = new Set(['serial', 'tcp', 'coap+tcp']);

/** application/octet-stream (RFC 7252 §12.3). */
const octetStream = 42;

const requestCodes: ReadonlySet<string> = new Set(Object.values(methodCodes));
