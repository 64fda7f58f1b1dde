import type { Disposable } from '../base/disposable';
import type { Event } from '../base/event';
import type { Link, Peer } from '../link/link';
import type { TransferProfile } from './transfer-profile';
import type { BlockOption } from './options';

export type CoapMethod = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'FETCH' | 'PATCH' | 'iPATCH';

/** `path` is absolute with single slashes (`/5/0/3`), segments not percent-encoded. */
export interface CoapRequest {
  readonly method: CoapMethod;
  readonly path: string;
  readonly query?: readonly string[];
  readonly contentFormat?: number;
  readonly accept?: number;
  readonly payload?: Uint8Array;
}

/** `code` is in dotted form: `2.05`. `payload` is whole, also where it came in Block2 parts. */
export interface CoapResponse {
  readonly code: string;
  readonly contentFormat?: number;
  readonly locationPath?: string;
  readonly etag?: Uint8Array;
  readonly maxAge?: number;
  readonly payload: Uint8Array;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** How long to wait for the answer once the message layer has it acknowledged, ms. Default 30 s. */
  readonly responseTimeoutMs?: number;
}

/** A request that came from a peer; `payload` is whole, also where it came in Block1 parts. */
export interface IncomingRequest {
  readonly peer: Peer;
  readonly method: CoapMethod;
  readonly path: string;
  readonly query: readonly string[];
  readonly contentFormat?: number;
  readonly accept?: number;
  readonly payload: Uint8Array;
  /** There when the request registers an observation (Observe 0); answer with a 2.05 to accept it. */
  readonly observer?: Observer;
  /** The block that a request for a part of a representation asks for (RFC 7959 §2.2). */
  readonly block2?: BlockOption;
  /** True for Observe 1: the peer cancels its observation; its `observer.onDidEnd` fires too. */
  readonly cancelsObservation?: boolean;
}

/** One Block1 part of a request, before it is put together (RFC 7959 §2). */
export interface IncomingBlock extends Omit<IncomingRequest, 'observer' | 'cancelsObservation' | 'block2'> {
  readonly num: number;
  readonly more: boolean;
  /** Block size exponent 0…6: 2^(szx + 4) bytes; 7 for a BERT block of any number of 1024 bytes (RFC 8323 §6). */
  readonly szx: number;
  /** Byte offset of the part: num · 2^(szx + 4), or num · 1024 of a BERT block. */
  readonly offset: number;
  /** Size1 if the peer told it. */
  readonly size1?: number;
}

/** The server's side of an observation (RFC 7641). */
export interface Observer {
  /** Sends a notification; large ones are cut by Block2. Ignored once ended. */
  notify(reply: CoapReply): void;
  /** The peer cancelled, answered with Reset, or did not acknowledge. */
  readonly onDidEnd: Event<void>;
}

export interface CoapReply {
  readonly code: string;
  readonly contentFormat?: number;
  readonly locationPath?: string;
  readonly maxAge?: number;
  /**
   * Names this representation for good: its blocks are cut from what the handler gives for each of them, and nothing
   * is kept from one to the next. Without it blocks come from the representation that the first one came from.
   */
  readonly etag?: Uint8Array;
  readonly payload?: Uint8Array;
}

/** An answer to one block; `szx` asks the peer for smaller blocks (late negotiation, or the hint of a 4.13). */
export interface BlockReply extends CoapReply {
  readonly szx?: number;
}

export interface CoapHandler {
  /** Answers a whole request. A throw becomes 5.00 and is logged. */
  handle(request: IncomingRequest): Promise<CoapReply> | CoapReply;
  /**
   * Takes Block1 parts itself. Asked for every part; `undefined` leaves the part to the endpoint, which puts
   * the request together and calls `handle`.
   */
  handleBlock?(block: IncomingBlock): Promise<BlockReply | undefined> | BlockReply | undefined;
}

export interface Observation extends Disposable {
  readonly first: CoapResponse;
  /** Fires once when the observation ended other than by `cancel`/`dispose` (error answer, endpoint gone). */
  readonly onDidEnd: Event<void>;
  /** Tells the peer (GET with Observe 1) and ends; `dispose` ends it without a word (a Reset answers the next). */
  cancel(): Promise<void>;
}

/** A payload to push by Block1, strictly in order. */
export interface BlockUpload {
  readonly method: 'PUT' | 'POST' | 'iPATCH';
  readonly path: string;
  readonly query?: readonly string[];
  readonly contentFormat: number;
  readonly payload: Uint8Array;
  /**
   * Block size to begin with, exponent 0…6: that of the profile by default, else 1024 (6). Negotiation only makes it
   * smaller.
   */
  readonly szx?: number;
}

export interface BlockUploadProgress {
  /** Bytes the board has acknowledged; goes back to 0 when the board asks to start over. */
  readonly bytesAcknowledged: number;
  readonly bytesTotal: number;
  readonly retransmissions: number;
  readonly szx: number;
  /** Blocks that may be in flight. */
  readonly window: number;
}

/** Where an upload broke off: enough for another one to go on from there, as far as the peer still has its part. */
export interface ResumePoint {
  readonly token: Uint8Array;
  readonly szx: number;
  /** Bytes that the peer acknowledged. */
  readonly offset: number;
  /** Bytes that were sent: those behind `offset` may be there, or not. */
  readonly sentUpTo: number;
  /** Message ids of the blocks without an answer, by their offset. */
  readonly messageIds: ReadonlyMap<number, number>;
  /** ms, by the monotonic clock. */
  readonly at: number;
}

export interface BlockUploadOptions {
  readonly signal?: AbortSignal;
  /** What earlier pushes to the same board have shown. */
  readonly profile?: TransferProfile;
  /** Told what this push showed where it differs, as soon as it is known; also when the push fails then. */
  readonly onLearned?: (profile: TransferProfile) => void;
  readonly onProgress?: (progress: BlockUploadProgress) => void;
  /** Goes on from where an upload of the same payload broke off; starts over where the peer does not follow. */
  readonly resume?: ResumePoint;
  /** Told where this upload stood, before it rejects. */
  readonly onBrokeOff?: (point: ResumePoint) => void;
}

export interface BlockUploadResult {
  /** Final success code, `2.04` or `2.01`. Not yet success of a firmware download: see State. */
  readonly code: string;
  readonly bytes: number;
  readonly durationMs: number;
  readonly retransmissions: number;
  readonly restarts: number;
  readonly szx: number;
}

/** Client and server on one link, one source port. */
export interface CoapEndpoint extends Disposable {
  readonly link: Link;
  /**
   * Resolves with any answer, whatever its code.
   * Rejects `coap.timeout`, `coap.reset`, `link.closed`, `cancelled`.
   */
  request(peer: Peer, request: CoapRequest, options?: RequestOptions): Promise<CoapResponse>;
  /**
   * Observes (RFC 7641). Resolves on the first answer if it is a success with an Observe option;
   * `onNotification` gets every later one, in order, stale ones dropped.
   * Rejects as `request`, and `coap.response` for an error answer or an answer without Observe.
   */
  observe(
    peer: Peer,
    request: CoapRequest,
    onNotification: (response: CoapResponse) => void,
    options?: RequestOptions,
  ): Promise<Observation>;
  /**
   * Pushes a payload by Block1. Requests to that peer made meanwhile wait until it is done.
   * Rejects `block.refused`, `block.timeout`, `coap.reset`, `link.closed`, `cancelled`.
   */
  upload(peer: Peer, upload: BlockUpload, options?: BlockUploadOptions): Promise<BlockUploadResult>;
  /** CoAP ping (RFC 7252 §4.3). Resolves when the peer answers with Reset; rejects `coap.timeout`. */
  ping(peer: Peer, options?: RequestOptions): Promise<void>;
  /** Serves incoming requests; one handler at a time. Without one every request gets 4.04. */
  serve(handler: CoapHandler): Disposable;
}
