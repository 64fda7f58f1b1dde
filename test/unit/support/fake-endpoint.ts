import assert from 'node:assert/strict';
import { SlipwayError, cancelled } from '../../../src/base/errors';
import { Emitter } from '../../../src/base/event';
import type {
  BlockReply,
  BlockUpload,
  BlockUploadOptions,
  BlockUploadResult,
  CoapEndpoint,
  CoapHandler,
  CoapReply,
  CoapRequest,
  CoapResponse,
  IncomingBlock,
  IncomingRequest,
  Observation,
  RequestOptions,
} from '../../../src/coap/endpoint';
import type { Link, Peer } from '../../../src/link/link';

/** What a test answers a request with; only the code must be there. */
export type FakeAnswer = Partial<CoapResponse> & { readonly code: string };

/** One observation that the code under test made. */
export interface FakeObservation {
  readonly peer: Peer;
  readonly request: CoapRequest;
  /** Ended by the code under test: told the peer, or without a word. */
  ended: 'cancelled' | 'disposed' | undefined;
  notify(answer: FakeAnswer): void;
  /** As when the peer ends it. */
  end(): void;
}

export const defaultPeer: Peer = { address: '192.0.2.1', port: 5683 };

function responseOf(answer: FakeAnswer): CoapResponse {
  return { payload: new Uint8Array(0), ...answer };
}

/** A CoapEndpoint without a wire: tests play the peer. */
export class FakeEndpoint implements CoapEndpoint {
  /** Requests, observations and uploads in the order in which they were made: `GET /3/0`, `OBSERVE /5/0/3`, … */
  readonly traffic: string[] = [];
  readonly requests: CoapRequest[] = [];
  readonly peers: Peer[] = [];
  readonly observations: FakeObservation[] = [];
  readonly uploads: BlockUpload[] = [];
  readonly uploadOptions: (BlockUploadOptions | undefined)[] = [];
  disposed = false;
  /** Answers requests and observations; a promise that never settles is a peer that is gone. */
  answer: (request: CoapRequest, peer: Peer) => FakeAnswer | Promise<FakeAnswer> = () => ({ code: '4.04' });
  onUpload: (upload: BlockUpload) => Promise<void> = () => Promise.resolve();
  private handler: CoapHandler | undefined;

  constructor(readonly link: Link) {}

  async request(peer: Peer, request: CoapRequest, options: RequestOptions = {}): Promise<CoapResponse> {
    this.traffic.push(`${request.method} ${request.path}`);
    this.requests.push(request);
    this.peers.push(peer);
    return responseOf(await abortable(this.answer(request, peer), options.signal));
  }

  async observe(
    peer: Peer,
    request: CoapRequest,
    onNotification: (response: CoapResponse) => void,
    options: RequestOptions = {},
  ): Promise<Observation> {
    this.traffic.push(`OBSERVE ${request.path}`);
    this.requests.push(request);
    const first = responseOf(await abortable(this.answer(request, peer), options.signal));
    if (!first.code.startsWith('2.')) {
      const { method, path } = request;
      throw new SlipwayError('coap.response', { method, path, code: first.code });
    }
    const ended = new Emitter<void>();
    const observation: FakeObservation = {
      peer,
      request,
      ended: undefined,
      notify: (answer) => {
        if (observation.ended === undefined) onNotification(responseOf(answer));
      },
      end: () => ended.fire(),
    };
    this.observations.push(observation);
    return {
      first,
      onDidEnd: ended.event,
      cancel: async () => {
        observation.ended ??= 'cancelled';
      },
      dispose: () => {
        observation.ended ??= 'disposed';
      },
    };
  }

  async upload(peer: Peer, upload: BlockUpload, options?: BlockUploadOptions): Promise<BlockUploadResult> {
    this.traffic.push(`${upload.method} ${upload.path} (${upload.payload.length} bytes)`);
    this.peers.push(peer);
    this.uploads.push(upload);
    this.uploadOptions.push(options);
    await abortable(this.onUpload(upload), options?.signal);
    const bytes = upload.payload.length;
    return { code: '2.04', bytes, durationMs: 0, retransmissions: 0, restarts: 0, szx: upload.szx ?? 6 };
  }

  async ping(): Promise<void> {
    this.traffic.push('PING');
  }

  serve(handler: CoapHandler): { dispose(): void } {
    this.handler = handler;
    return { dispose: () => (this.handler = undefined) };
  }

  dispose(): void {
    this.disposed = true;
    for (const observation of this.observations) observation.end();
  }

  /** Plays a request of the peer to the served handler. */
  async receive(
    request: Partial<IncomingRequest> & Pick<IncomingRequest, 'method' | 'path'>,
  ): Promise<CoapReply> {
    assert.ok(this.handler, 'nothing is served');
    return this.handler.handle({ peer: defaultPeer, query: [], payload: new Uint8Array(0), ...request });
  }

  /** Plays one Block1 part to the served handler; undefined when the handler leaves it to the endpoint. */
  async receiveBlock(part: IncomingBlock): Promise<BlockReply | undefined> {
    assert.ok(this.handler, 'nothing is served');
    return this.handler.handleBlock?.(part);
  }
}

/** `work`, unless `signal` aborts first. */
function abortable<T>(work: T | Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal?.aborted) return reject(cancelled(signal));
    signal?.addEventListener('abort', () => reject(cancelled(signal)), { once: true });
    Promise.resolve(work).then(resolve, reject);
  });
}
