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
    await this.ready();
    const full = this.withRoot(request);
    const response = await this.endpoint.request(this.registration.peer, full, this.until(options));
    if (!response.code.startsWith('2.')) throw responseError(full, response);
    return response;
  }

  async observe(
    request: CoapRequest,
    onNotification: (response: CoapResponse) => void,
    options: RequestOptions = {},
  ): Promise<Observation> {
    await this.ready();
    const { peer } = this.registration;
    return this.endpoint.observe(peer, this.withRoot(request), onNotification, this.until(options));
  }

  async upload(upload: BlockUpload, options: BlockUploadOptions = {}): Promise<BlockUploadResult> {
    await this.ready();
    return this.endpoint.upload(this.registration.peer, this.withRoot(upload), this.until(options));
  }

  private async ready(): Promise<void> {
    await this.answered;
    this.over.signal.throwIfAborted();
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
