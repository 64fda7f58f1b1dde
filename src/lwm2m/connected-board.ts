import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { SlipwayError, cancelled } from '../base/errors';
import { Emitter } from '../base/event';
import type { Log } from '../base/log';
import type {
  BlockUpload,
  BlockUploadOptions,
  BlockUploadResult,
  CoapEndpoint,
  CoapResponse,
  RequestOptions,
} from '../coap/endpoint';
import type { TransferProfiles } from '../coap/transfer-profile';
import type { Link } from '../link/link';
import type { Board, BoardChange, DiscoveredLink, Registration } from './board';
import type { ObservedBoard } from './board-observation';
import { BoardObservations } from './board-observations';
import { BoardSession } from './board-session';
import { ContentFormat, decodeContent, encodeContent } from './content-format';
import { decodeLinkFormat } from './formats/link-format';
import { sameValue } from './formats/scalar';
import { FormatPreference, isReadRefusal, isWriteRefusal, negotiate } from './format-preference';
import { withoutRoot } from './object-links';
import { resourceDefinition } from './objects/objects';
import { isWithin, parsePath } from './path';
import type { ResourceValue, ResourceValues } from './values';

/** Largest payload for one datagram; more goes by Block1 (RFC 7252 §4.6). */
const MAX_DATAGRAM_PAYLOAD = 1024;

/** How a board is connected: a registration, and where it came from. */
export interface Connection {
  readonly registration: Registration;
  readonly link: Link;
  readonly endpoint: CoapEndpoint;
}

/** The Board that a server keeps: one session per registration, values and observations across them. */
export class ConnectedBoard implements Board, Disposable {
  private readonly changed = new Emitter<BoardChange>();
  private readonly known = new Map<string, ResourceValue>();
  private readonly observations: BoardObservations;
  private readonly disposal = new AbortController();
  private latest: Registration;
  private latestLink: Link;
  private current: BoardSession | undefined;
  private formats: FormatPreference;

  readonly onDidChange = this.changed.event;

  /** A board that is registered; `connect` tells of it. */
  constructor(
    connection: Connection,
    private readonly profiles: TransferProfiles,
    clock: Clock,
    log: Log,
  ) {
    this.latest = connection.registration;
    this.latestLink = connection.link;
    this.formats = new FormatPreference(connection.registration);
    this.observations = new BoardObservations(this.observed(), clock, log);
  }

  get endpoint(): string {
    return this.latest.endpoint;
  }

  get link(): Link {
    return this.latestLink;
  }

  get registration(): Registration {
    return this.latest;
  }

  get online(): boolean {
    return this.current !== undefined;
  }

  get values(): ResourceValues {
    return this.known;
  }

  instancesOf(objectId: number): readonly number[] {
    return this.latest.objects.find((object) => object.objectId === objectId)?.instances ?? [];
  }

  hasObject(objectId: number): boolean {
    return this.latest.objects.some((object) => object.objectId === objectId);
  }

  /** A new registration: what was known of the board before is forgotten, observations are made again. */
  connect({ registration, link, endpoint }: Connection): void {
    this.endSession();
    this.latest = registration;
    this.latestLink = link;
    if (!this.formats.suits(registration)) this.formats = new FormatPreference(registration);
    this.known.clear();
    this.current = new BoardSession(link, endpoint, registration);
    this.changed.fire({ kind: 'registered' });
    void this.observations.resume(this.current);
  }

  /** An update of the registration; the board may have moved to another address, or even link. */
  update({ registration, link, endpoint }: Connection): void {
    const { current } = this;
    const moved =
      current?.endpoint !== endpoint ||
      registration.peer.address !== this.latest.peer.address ||
      registration.peer.port !== this.latest.peer.port;
    this.latest = registration;
    this.latestLink = link;
    if (moved) {
      this.endSession();
      this.current = new BoardSession(link, endpoint, registration);
    } else {
      current.registration = registration;
    }
    this.changed.fire({ kind: 'updated' });
    if (moved && this.current) void this.observations.resume(this.current);
  }

  disconnect(reason: 'deregistered' | 'expired' | 'link-closed'): void {
    if (!this.current) return;
    this.endSession();
    this.changed.fire({ kind: 'offline', reason });
  }

  async read(path: string, options?: RequestOptions): Promise<ResourceValues> {
    parsePath(path);
    const session = this.session();
    const response = await negotiate(
      this.formats.forRead(path),
      (accept) => session.request({ method: 'GET', path, ...(accept !== undefined && { accept }) }, options),
      (error) => hasCode(error, isReadRefusal),
      (accept) => this.formats.readWorked(path, accept),
    );
    return this.remember(session, path, response);
  }

  async readResource(path: string, options?: RequestOptions): Promise<ResourceValue | undefined> {
    try {
      return (await this.read(path, options)).get(path);
    } catch (error) {
      if (hasCode(error, (code) => code === '4.04' || code === '4.05')) return undefined;
      throw error;
    }
  }

  async write(path: string, value: ResourceValue, options?: RequestOptions): Promise<void> {
    parsePath(path);
    const session = this.session();
    await negotiate(
      this.formats.forWrite(value),
      (format) => this.put(session, path, format, value, options),
      (error) => hasCode(error, isWriteRefusal),
      (format) => this.formats.writeWorked(value, format),
    );
  }

  async execute(path: string, args?: string, options?: RequestOptions): Promise<void> {
    parsePath(path);
    await this.session().request(
      {
        method: 'POST',
        path,
        ...(args !== undefined && { contentFormat: ContentFormat.text, payload: Buffer.from(args, 'utf8') }),
      },
      options,
    );
  }

  async discover(path: string, options?: RequestOptions): Promise<readonly DiscoveredLink[]> {
    parsePath(path);
    const session = this.session();
    const response = await session.request(
      { method: 'GET', path, accept: ContentFormat.linkFormat },
      options,
    );
    return decodeLinkFormat(response.payload).map(({ target, attributes }) => ({
      path: withoutRoot(target, session.registration.rootPath),
      attributes,
    }));
  }

  async observe(path: string, options?: RequestOptions): Promise<Disposable> {
    parsePath(path);
    return this.observations.observe(path, options);
  }

  async push(
    path: string,
    payload: Uint8Array,
    options: BlockUploadOptions & { readonly szx?: number } = {},
  ): Promise<BlockUploadResult> {
    parsePath(path);
    const { szx, ...rest } = options;
    return this.upload(
      this.session(),
      {
        method: 'PUT',
        path,
        contentFormat: ContentFormat.opaque,
        payload,
        ...(szx !== undefined && { szx }),
      },
      rest,
    );
  }

  whenRegistered(since: string, signal?: AbortSignal): Promise<Registration> {
    if (this.online && this.latest.id !== since) return Promise.resolve(this.latest);
    const stop = signal ? AbortSignal.any([signal, this.disposal.signal]) : this.disposal.signal;
    return new Promise((resolve, reject) => {
      if (stop.aborted) return reject(cancelled(stop));
      const finish = (settle: () => void): void => {
        subscription.dispose();
        stop.removeEventListener('abort', onAbort);
        settle();
      };
      const onAbort = (): void => finish(() => reject(cancelled(stop)));
      const subscription = this.onDidChange((change) => {
        if (change.kind === 'registered' && this.latest.id !== since) finish(() => resolve(this.latest));
      });
      stop.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Forgets the board: whatever waits for it rejects. */
  dispose(): void {
    this.endSession();
    this.observations.dispose();
    this.disposal.abort(new SlipwayError('lwm2m.no-such-board', { board: this.endpoint }));
    this.changed.dispose();
  }

  private observed(): ObservedBoard {
    return {
      name: this.endpoint,
      session: () => this.session(),
      read: (path) => this.read(path),
      readFormats: (path) => this.formats.forRead(path),
      readWorked: (path, format) => this.formats.readWorked(path, format),
      take: (session, path, response) => this.remember(session, path, response),
    };
  }

  private session(): BoardSession {
    if (!this.current) throw new SlipwayError('lwm2m.offline', { board: this.endpoint });
    return this.current;
  }

  private endSession(): void {
    const ended = this.current;
    this.current = undefined;
    ended?.end();
    this.observations.drop();
  }

  private async put(
    session: BoardSession,
    path: string,
    contentFormat: number,
    value: ResourceValue,
    options: RequestOptions | undefined,
  ): Promise<void> {
    const payload = encodeContent(contentFormat, path, new Map([[path, value]]), resourceDefinition);
    const request = { method: 'PUT', path, contentFormat, payload } as const;
    if (payload.length <= MAX_DATAGRAM_PAYLOAD) {
      await session.request(request, options);
    } else {
      await this.upload(session, request, options?.signal ? { signal: options.signal } : {});
    }
  }

  /** In the way that earlier uploads to this board have proven. */
  private upload(
    session: BoardSession,
    upload: BlockUpload,
    options: BlockUploadOptions,
  ): Promise<BlockUploadResult> {
    const profile = this.profiles.get(this.endpoint);
    return session.upload(upload, {
      ...options,
      ...(profile && { profile }),
      onLearned: (learned) => this.profiles.set(this.endpoint, learned),
    });
  }

  /** Keeps what an answer tells of `path`; what is no longer in it is gone from the board. */
  private remember(session: BoardSession, path: string, response: CoapResponse): ResourceValues {
    const values = decodeContent(response.contentFormat, path, response.payload, resourceDefinition);
    if (session !== this.current) return values;
    const paths: string[] = [];
    for (const known of this.known.keys()) {
      if (isWithin(known, path) && !values.has(known)) paths.push(known);
    }
    for (const gone of paths) this.known.delete(gone);
    for (const [valuePath, value] of values) {
      if (sameValue(this.known.get(valuePath), value)) continue;
      this.known.set(valuePath, value);
      paths.push(valuePath);
    }
    if (paths.length > 0) this.changed.fire({ kind: 'values', paths });
    return values;
  }
}

function hasCode(error: unknown, test: (code: string) => boolean): boolean {
  if (SlipwayError.is(error, 'coap.response')) return test(error.details.code);
  return SlipwayError.is(error, 'block.refused') && test(error.details.code);
}
