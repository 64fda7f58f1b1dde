import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore, toDisposable } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { Emitter } from '../base/event';
import type { Log } from '../base/log';
import type { CoapEndpoint, CoapReply, IncomingRequest } from '../coap/endpoint';
import { type TransferProfiles, transientProfiles } from '../coap/transfer-profile';
import { type Link, peerName, samePeer } from '../link/link';
import type { Board, BoardChange } from './board';
import type { BootstrapServer } from './bootstrap-server';
import { ConnectedBoard, type Connection } from './connected-board';
import { ContentFormat, decodeContent } from './content-format';
import { resourceDefinition } from './objects/objects';
import { type Refusal, isRefusal, refuse } from './registration-query';
import { Registrations } from './registrations';

export interface Lwm2mServerOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Makes the one endpoint of a link; the server disposes it, never the link. */
  readonly createEndpoint: (link: Link) => CoapEndpoint;
  /** What is known of how boards take transfers; forgotten with the server by default. */
  readonly profiles?: TransferProfiles;
  /** Serves boards that have no server account; without it they are answered 4.04. */
  readonly bootstrap?: Pick<BootstrapServer, 'handle'>;
  /** How long a board in queue mode listens after a message, ms; 93 s by default. */
  readonly awakeMs?: () => number;
  /** Answers requests for what boards fetch beside the LwM2M interfaces; undefined for those it does not know. */
  readonly resources?: (request: IncomingRequest) => CoapReply | undefined;
}

/** Formats of Send (LwM2M Core §6.4.6). */
const sendFormats: ReadonlySet<number> = new Set([
  ContentFormat.senmlJson,
  ContentFormat.senmlCbor,
  ContentFormat.lwm2mCbor,
]);

export interface BoardChanged {
  readonly board: Board;
  readonly change: BoardChange;
}

/** The LwM2M server: takes registrations on every link attached to it and keeps a handle per board. */
export class Lwm2mServer implements Disposable {
  private readonly registrations: Registrations;
  private readonly profiles: TransferProfiles;
  private readonly known = new Map<string, ConnectedBoard>();
  private readonly attachments = new Map<Link, DisposableStore>();
  private readonly added = new Emitter<Board>();
  private readonly removed = new Emitter<Board>();
  private readonly changed = new Emitter<BoardChanged>();

  /** A board that registered for the first time. Its first `registered` change follows. */
  readonly onDidAddBoard = this.added.event;
  /** A board that was forgotten. */
  readonly onDidRemoveBoard = this.removed.event;
  /** Every change of every board. */
  readonly onDidChangeBoard = this.changed.event;

  constructor(private readonly options: Lwm2mServerOptions) {
    this.registrations = new Registrations(options.clock);
    this.profiles = options.profiles ?? transientProfiles();
    this.registrations.onDidExpire(({ endpoint }) => {
      options.log.info(`${endpoint}: lifetime expired`);
      this.known.get(endpoint)?.disconnect('expired');
    });
  }

  /** By endpoint name; boards stay after they went offline, until they are forgotten. */
  get boards(): ReadonlyMap<string, Board> {
    return this.known;
  }

  /** The board of that endpoint name. Throws `lwm2m.no-such-board`. */
  board(endpoint: string): Board {
    const board = this.known.get(endpoint);
    if (!board) throw new SlipwayError('lwm2m.no-such-board', { board: endpoint });
    return board;
  }

  /** Serves a link until the result is disposed or the link closes; its boards go offline then. */
  attach(link: Link): Disposable {
    const attached = this.attachments.get(link);
    if (attached) return attached;
    const attachment = new DisposableStore();
    this.attachments.set(link, attachment);
    attachment.add(toDisposable(() => this.detached(link)));
    const endpoint = attachment.add(this.options.createEndpoint(link));
    attachment.add(endpoint.serve({ handle: (request) => this.handle(link, endpoint, request) }));
    attachment.add(
      link.onDidChangeState((state) => {
        if (state === 'closed') attachment.dispose();
      }),
    );
    return attachment;
  }

  /** Forgets a board and ends its registration. Throws `lwm2m.no-such-board`. */
  forget(endpoint: string): void {
    const board = this.known.get(endpoint);
    if (!board) throw new SlipwayError('lwm2m.no-such-board', { board: endpoint });
    this.registrations.remove(board.registration.id);
    this.known.delete(endpoint);
    board.dispose();
    this.removed.fire(board);
  }

  dispose(): void {
    for (const attachment of [...this.attachments.values()]) attachment.dispose();
    this.registrations.dispose();
    for (const board of this.known.values()) board.dispose();
    this.known.clear();
    this.added.dispose();
    this.removed.dispose();
    this.changed.dispose();
  }

  private detached(link: Link): void {
    this.attachments.delete(link);
    for (const board of this.known.values()) {
      if (board.link !== link) continue;
      this.registrations.remove(board.registration.id);
      board.disconnect('link-closed');
    }
  }

  /** The registration interface: POST /rd, POST and DELETE /rd/{id} (LwM2M Core §6.2). */
  private handle(
    link: Link,
    endpoint: CoapEndpoint,
    request: IncomingRequest,
  ): Promise<CoapReply> | CoapReply {
    const bootstrapped = this.options.bootstrap?.handle(endpoint, request);
    if (bootstrapped) return bootstrapped;
    const [root, id, ...rest] = request.path.split('/').filter((segment) => segment !== '');
    if (root === 'dp' && id === undefined) return this.receive(link, request);
    if (root !== 'rd' || rest.length > 0) return this.options.resources?.(request) ?? { code: '4.04' };
    if (id === undefined) {
      return request.method === 'POST' ? this.register(link, endpoint, request) : { code: '4.05' };
    }
    if (request.method === 'POST') return this.update(id, link, endpoint, request);
    if (request.method === 'DELETE') return this.deregister(id);
    return { code: this.registrations.get(id) ? '4.05' : '4.04' };
  }

  private register(link: Link, endpoint: CoapEndpoint, request: IncomingRequest): CoapReply {
    const registration = this.registrations.register(request);
    if (isRefusal(registration)) return this.refuse(request, registration);
    const { clock, log } = this.options;
    log.info(`${registration.endpoint}: registered from ${peerName(request.peer)} on ${link.id}`);
    const connection = { registration, link, endpoint };
    const known = this.known.get(registration.endpoint);
    if (known) known.connect(connection);
    else {
      this.add(new ConnectedBoard(connection, this.profiles, clock, log, this.options.awakeMs), connection);
    }
    return { code: '2.01', locationPath: `/rd/${registration.id}` };
  }

  /** Whoever hears of a new board can use it at once. */
  private add(board: ConnectedBoard, connection: Connection): void {
    this.known.set(board.endpoint, board);
    board.connect(connection);
    board.onDidChange((change) => this.changed.fire({ board, change }));
    this.added.fire(board);
    this.changed.fire({ board, change: { kind: 'registered' } });
  }

  private update(id: string, link: Link, endpoint: CoapEndpoint, request: IncomingRequest): CoapReply {
    const registration = this.registrations.update(id, request);
    if (isRefusal(registration)) return this.refuse(request, registration);
    this.options.log.debug(`${registration.endpoint}: registration updated`);
    this.known.get(registration.endpoint)?.update({ registration, link, endpoint });
    return { code: '2.04' };
  }

  private deregister(id: string): CoapReply {
    const registration = this.registrations.remove(id);
    if (!registration) return { code: '4.04' };
    this.options.log.info(`${registration.endpoint}: de-registered`);
    this.known.get(registration.endpoint)?.disconnect('deregistered');
    return { code: '2.02' };
  }

  /** Send (LwM2M Core §6.4.6): only what a registered board sends, whose address says which it is. */
  private receive(link: Link, request: IncomingRequest): CoapReply {
    if (request.method !== 'POST') return { code: '4.05' };
    const board = [...this.known.values()].find(
      ({ online, link: its, registration }) =>
        online && its === link && samePeer(registration.peer, request.peer),
    );
    if (!board) return this.refuse(request, refuse('4.04', 'not registered'));
    const { contentFormat = -1, payload } = request;
    if (!sendFormats.has(contentFormat)) {
      return this.refuse(request, refuse('4.15', 'values in another format'));
    }
    try {
      board.receive(decodeContent(contentFormat, '/', payload, resourceDefinition));
    } catch (error) {
      if (!SlipwayError.is(error, 'lwm2m.malformed')) throw error;
      return this.refuse(request, refuse('4.00', error.details.reason));
    }
    return { code: '2.04' };
  }

  private refuse({ method, path, peer }: IncomingRequest, { refused, reason }: Refusal): CoapReply {
    this.options.log.warn(`${method} ${path} from ${peerName(peer)} refused with ${refused}: ${reason}`);
    return { code: refused, payload: Buffer.from(reason, 'utf8') };
  }
}
