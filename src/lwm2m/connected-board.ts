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
import type { Board, BoardChange, Registration } from './board';
import type { ObservedBoard } from './board-observation';
import { BoardObservations } from './board-observations';
import { BoardOperations } from './board-operations';
import { BoardSession } from './board-session';
import { decodeContent } from './content-format';
import { sameValue } from './formats/scalar';
import { FormatPreference } from './format-preference';
import { resourceDefinition } from './objects/objects';
import { isWithin, parsePath } from './path';
import { QueueMode, type SleepState } from './queue-mode';
import type { ResourceValue, ResourceValues } from './values';

/** How a board is connected: a registration, and where it came from. */
export interface Connection {
  readonly registration: Registration;
  readonly link: Link;
  readonly endpoint: CoapEndpoint;
}

/** The Board that a server keeps: one session per registration, values and observations across them. */
export class ConnectedBoard extends BoardOperations implements Board, Disposable {
  private readonly changed = new Emitter<BoardChange>();
  private readonly known = new Map<string, ResourceValue>();
  private readonly observations: BoardObservations;
  private readonly disposal = new AbortController();
  /** Aborts when the board goes, but not when it registers anew: what waits for it to wake goes on then. */
  private present = new AbortController();
  private latest: Registration;
  private latestLink: Link;
  private current: BoardSession | undefined;
  protected formats: FormatPreference;
  private readonly queue: QueueMode;

  readonly onDidChange = this.changed.event;

  /** A board that is registered; `connect` tells of it. */
  constructor(
    connection: Connection,
    private readonly profiles: TransferProfiles,
    clock: Clock,
    log: Log,
    awakeMs?: () => number,
  ) {
    super();
    this.queue = new QueueMode(clock, awakeMs);
    this.queue.onDidChange(() => this.changed.fire({ kind: 'sleep' }));
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

  get sleep(): SleepState | undefined {
    return this.online && this.latest.queueMode ? this.queue.state : undefined;
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
    this.begin(link, endpoint);
    this.changed.fire({ kind: 'registered' });
    if (this.current) void this.observations.resume(this.current);
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
      this.begin(link, endpoint);
    } else {
      current.registration = registration;
      this.queue.heard(registration.queueMode);
    }
    this.changed.fire({ kind: 'updated' });
    if (moved && this.current) void this.observations.resume(this.current);
  }

  disconnect(reason: 'deregistered' | 'expired' | 'link-closed'): void {
    if (!this.current) return;
    this.leave(new SlipwayError('lwm2m.offline', { board: this.endpoint }));
    this.changed.fire({ kind: 'offline', reason });
  }

  async observe(path: string, options?: RequestOptions): Promise<Disposable> {
    parsePath(path);
    return this.observations.observe({ paths: [path], composite: false }, options);
  }

  async observeComposite(paths: readonly string[], options?: RequestOptions): Promise<Disposable> {
    return this.observations.observe({ paths, composite: true }, options);
  }

  /** Takes what the board sends by itself (Send, LwM2M Core §6.4.6). Throws `lwm2m.malformed`. */
  receive(values: ResourceValues): void {
    this.queue.heard(this.latest.queueMode);
    this.merge(values, []);
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
    const gone = new SlipwayError('lwm2m.no-such-board', { board: this.endpoint });
    this.leave(gone);
    this.observations.dispose();
    this.queue.dispose();
    this.disposal.abort(gone);
    this.changed.dispose();
  }

  private observed(): ObservedBoard {
    return {
      name: this.endpoint,
      session: () => this.session(),
      read: ({ paths, composite }) => (composite ? this.readComposite(paths) : this.read(paths[0] ?? '/')),
      formats: ({ paths, composite }) =>
        composite ? this.formats.forComposite() : this.formats.forRead(paths[0] ?? '/'),
      worked: ({ paths, composite }, format) => {
        if (!composite) this.formats.readWorked(paths[0] ?? '/', format);
        else if (format !== undefined) this.formats.compositeWorked(format);
      },
      take: (session, paths, response) => this.remember(session, paths, response),
    };
  }

  async whenAwake(signal?: AbortSignal): Promise<void> {
    await this.ready(signal ? { signal } : {});
  }

  protected async ready({ signal }: { readonly signal?: AbortSignal } = {}): Promise<BoardSession> {
    this.session();
    const over = this.present.signal;
    if (this.queue.state.asleep) await this.queue.whenAwake(signal ? AbortSignal.any([signal, over]) : over);
    return this.session();
  }

  private session(): BoardSession {
    if (!this.current) throw new SlipwayError('lwm2m.offline', { board: this.endpoint });
    return this.current;
  }

  private begin(link: Link, endpoint: CoapEndpoint): void {
    this.current = new BoardSession(link, endpoint, this.latest, this.queue);
    this.queue.heard(this.latest.queueMode);
  }

  private leave(reason: SlipwayError): void {
    this.endSession();
    this.present.abort(reason);
    this.present = new AbortController();
  }

  private endSession(): void {
    const ended = this.current;
    this.current = undefined;
    ended?.end();
    this.queue.stop();
    this.observations.drop();
  }

  /** In the way that earlier uploads to this board have proven. */
  protected upload(
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

  protected forgetValues(session: BoardSession, path: string): void {
    if (session === this.current) this.merge(new Map(), [path]);
  }

  /** Keeps what an answer tells of `paths`; what is no longer in it is gone from the board. */
  protected remember(
    session: BoardSession,
    paths: readonly string[],
    response: CoapResponse,
  ): ResourceValues {
    const [path = '/', ...others] = paths;
    const parent = others.length === 0 ? path : '/';
    const values = decodeContent(response.contentFormat, parent, response.payload, resourceDefinition);
    if (session === this.current) this.merge(values, paths);
    return values;
  }

  /** Takes values over, and forgets those within `whole` that are not among them. */
  private merge(values: ResourceValues, whole: readonly string[]): void {
    const paths: string[] = [];
    for (const known of this.known.keys()) {
      if (!values.has(known) && whole.some((path) => isWithin(known, path))) paths.push(known);
    }
    for (const gone of paths) this.known.delete(gone);
    for (const [valuePath, value] of values) {
      if (sameValue(this.known.get(valuePath), value)) continue;
      this.known.set(valuePath, value);
      paths.push(valuePath);
    }
    if (paths.length > 0) this.changed.fire({ kind: 'values', paths });
  }
}
