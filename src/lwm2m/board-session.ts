import { SlipwayError } from '../base/errors';
import type {
  BlockUpload,
  BlockUploadOptions,
  BlockUploadResult,
  CoapEndpoint,
  CoapRequest,
  CoapResponse,
  Observation,
  RequestOptions,
} from '../coap/endpoint';
import type { Link } from '../link/link';
import type { Registration } from './board';
import type { QueueMode } from './queue-mode';

/** Methods that do no more the second time (RFC 7252 §5.1, RFC 8132 §3). */
const repeatable: ReadonlySet<string> = new Set(['GET', 'FETCH', 'PUT', 'DELETE', 'iPATCH']);

interface SignalHolder {
  readonly signal?: AbortSignal;
}

/**
 * What a board can be reached by while one registration lasts. When it ends, requests under way reject
 * `lwm2m.offline` at once: a board that rebooted will not answer them.
 */
export class BoardSession {
  private readonly over = new AbortController();
  /**
   * The answer to the registration goes out before the first request to the board: a client that has no 2.01 yet
   * takes any request for a stray. Answers are handed to the link within the turn in which they are made.
   */
  private readonly answered = new Promise<void>((resolve) => setImmediate(resolve));

  constructor(
    readonly link: Link,
    readonly endpoint: CoapEndpoint,
    /** Follows updates: the board's address may change meanwhile. */
    public registration: Registration,
    private readonly queue: QueueMode,
  ) {}

  get ended(): boolean {
    return this.over.signal.aborted;
  }

  /** Aborts when the session ends. */
  get signal(): AbortSignal {
    return this.over.signal;
  }

  end(): void {
    this.over.abort(new SlipwayError('lwm2m.offline', { board: this.registration.endpoint }));
  }

  /** A request by a path of the data model. Rejects `coap.response` on an error answer. */
  async request(request: CoapRequest, options: RequestOptions = {}): Promise<CoapResponse> {
    await this.answered;
    const full = this.withRoot(request);
    const response = await this.whileAwake(request.method, options, (until) =>
      this.endpoint.request(this.registration.peer, full, until),
    );
    if (!response.code.startsWith('2.')) throw responseError(full, response);
    return response;
  }

  async observe(
    request: CoapRequest,
    onNotification: (response: CoapResponse) => void,
    options: RequestOptions = {},
  ): Promise<Observation> {
    await this.answered;
    const heard = (response: CoapResponse): void => {
      this.heard();
      onNotification(response);
    };
    return this.whileAwake(request.method, options, (until) =>
      this.endpoint.observe(this.registration.peer, this.withRoot(request), heard, until),
    );
  }

  async upload(upload: BlockUpload, options: BlockUploadOptions = {}): Promise<BlockUploadResult> {
    await this.answered;
    return this.whileAwake('upload', options, (until) =>
      this.endpoint.upload(this.registration.peer, this.withRoot(upload), {
        ...until,
        onProgress: (progress) => {
          if (progress.bytesAcknowledged > 0) this.heard();
          options.onProgress?.(progress);
        },
      }),
    );
  }

  /** Throws `lwm2m.needs-version` where the board speaks an older version than an operation asks for. */
  needs(needed: string, operation: string): void {
    const { endpoint: board, lwm2mVersion: version } = this.registration;
    if (Number(version) >= Number(needed)) return;
    throw new SlipwayError('lwm2m.needs-version', { board, operation, version, needed });
  }

  /**
   * Sends once the board is awake. What it does not hear because it fell asleep waits for it again, unless it may have
   * been done already.
   */
  private async whileAwake<T, O extends SignalHolder>(
    method: string,
    options: O,
    send: (options: O & { readonly signal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const until = this.until(options);
    for (;;) {
      this.over.signal.throwIfAborted();
      if (this.registration.queueMode) await this.queue.whenAwake(until.signal);
      try {
        const result = await send(until);
        this.heard();
        return result;
      } catch (error) {
        if (!SlipwayError.is(error, 'coap.timeout') || !this.registration.queueMode) throw error;
        this.queue.asleep();
        if (!repeatable.has(method)) throw error;
      }
    }
  }

  private heard(): void {
    if (!this.ended) this.queue.heard(this.registration.queueMode);
  }

  private until<T extends SignalHolder>(options: T): T & { readonly signal: AbortSignal } {
    const signals = options.signal ? [options.signal, this.over.signal] : [this.over.signal];
    return { ...options, signal: AbortSignal.any(signals) };
  }

  private withRoot<T extends { readonly path: string }>(request: T): T {
    const { rootPath } = this.registration;
    if (rootPath === '/') return request;
    return { ...request, path: request.path === '/' ? rootPath : rootPath + request.path };
  }
}

/** Longest diagnostic payload (RFC 7252 §5.5.2) that is kept. */
const MAX_DIAGNOSTIC_BYTES = 200;

function responseError(request: CoapRequest, response: CoapResponse): SlipwayError<'coap.response'> {
  const { method, path } = request;
  const diagnostic =
    response.contentFormat === undefined
      ? Buffer.from(response.payload.subarray(0, MAX_DIAGNOSTIC_BYTES)).toString('utf8')
      : '';
  return new SlipwayError('coap.response', {
    method,
    path,
    code: response.code,
    ...(diagnostic !== '' && { diagnostic }),
  });
}
