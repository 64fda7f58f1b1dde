import { type Socket, createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { DisposableStore } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { Emitter, type Event } from '../base/event';
import { toHex } from '../base/hex';
import { type Log, isTracing, scopedLog } from '../base/log';
import { type Datagram, type Link, type LinkState, type Peer, peerName } from './link';
import { type Connection, type LinkDeps, LinkLifecycle } from './link-lifecycle';
import { type SocketAddress, hostPort, socketError } from './socket';

/** Only this computer, unless the user says otherwise. */
export const DEFAULT_UDP_HOST = '127.0.0.1';

/** A UDP socket bound to one address, for any number of peers. `link.busy` when the port is taken. */
export class UdpLink implements Link {
  readonly id: string;
  readonly kind = 'udp';
  readonly peer = undefined;
  readonly lineRate = undefined;
  /** Never fires: text has no place in UDP. */
  readonly onConsole: Event<Uint8Array>;
  readonly onDatagram: Event<Datagram>;
  private readonly log: Log;
  private readonly datagramEmitter = new Emitter<Datagram>();
  private readonly lifecycle: LinkLifecycle<UdpConnection>;
  private readonly owned = new DisposableStore();

  /** Begins to bind at once. Port 0 takes any free one, see `boundPort`. */
  constructor(
    private readonly address: SocketAddress,
    deps: LinkDeps,
  ) {
    this.id = `udp://${hostPort(address)}`;
    this.log = scopedLog(deps.log, this.id);
    this.onDatagram = this.owned.add(this.datagramEmitter).event;
    this.onConsole = this.owned.add(new Emitter<Uint8Array>()).event;
    this.lifecycle = this.owned.add(
      new LinkLifecycle(this.id, (lost, signal) => this.open(lost, signal), deps),
    );
  }

  get state(): LinkState {
    return this.lifecycle.state;
  }

  get error(): SlipwayError | undefined {
    return this.lifecycle.error;
  }

  get onDidChangeState(): Link['onDidChangeState'] {
    return this.lifecycle.onDidChangeState;
  }

  /** The port it is bound to, also where 0 was asked for; undefined unless open. */
  get boundPort(): number | undefined {
    return this.lifecycle.connection?.port;
  }

  async send(data: Uint8Array, peer: Peer): Promise<void> {
    const connection = this.connection();
    if (isTracing(this.log)) this.log.trace(`→ ${peerName(peer)} ${toHex(data)}`);
    await connection.send(data, peer);
  }

  /** UDP carries no console: rejects `link.failed`. */
  writeConsole(): Promise<void> {
    return Promise.reject(
      new SlipwayError('link.failed', { link: this.id, reason: 'a UDP link has no console' }),
    );
  }

  async authorityFor(peer: Peer): Promise<string | undefined> {
    const port = this.boundPort;
    if (port === undefined) return undefined;
    return hostPort({ host: this.lifecycle.connection?.ownAddress ?? (await addressTowards(peer)), port });
  }

  release(): Promise<void> {
    return this.lifecycle.release();
  }

  retake(): void {
    this.lifecycle.retake();
  }

  dispose(): void {
    this.owned.dispose();
  }

  private connection(): UdpConnection {
    const { connection } = this.lifecycle;
    if (!connection) throw new SlipwayError('link.closed', { link: this.id });
    return connection;
  }

  private async open(lost: (error: SlipwayError) => void, signal: AbortSignal): Promise<UdpConnection> {
    let socket: Socket | undefined;
    try {
      const { address, family } = await lookup(this.address.host);
      if (signal.aborted) throw new SlipwayError('link.closed', { link: this.id });
      socket = createSocket(family === 6 ? 'udp6' : 'udp4');
      await bind(socket, this.address.port, address);
    } catch (cause) {
      socket?.close();
      throw SlipwayError.is(cause) ? cause : socketError(this.id, cause);
    }
    socket.on('message', (data, { address, port }) => {
      const peer = { address, port };
      if (isTracing(this.log)) this.log.trace(`← ${peerName(peer)} ${toHex(data)}`);
      this.datagramEmitter.fire({ data, peer });
    });
    socket.on('error', (cause) => lost(socketError(this.id, cause)));
    return new UdpConnection(this.id, socket);
  }
}

function bind(socket: Socket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, address, () => {
      socket.off('error', reject);
      resolve();
    });
  });
}

/** This computer's address on the way to `peer`. Nothing is sent: to connect a UDP socket only asks the routes. */
async function addressTowards({ address, port }: Peer): Promise<string> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.connect(port, address, resolve);
    });
    return socket.address().address;
  } finally {
    socket.close();
  }
}

const anyAddress: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

class UdpConnection implements Connection {
  readonly port: number;
  /** The one address it is bound to; undefined when it is bound to all. */
  readonly ownAddress: string | undefined;
  private isClosed = false;

  constructor(
    private readonly id: string,
    private readonly socket: Socket,
  ) {
    const { address, port } = socket.address();
    this.port = port;
    this.ownAddress = anyAddress.has(address) ? undefined : address;
  }

  send(data: Uint8Array, peer: Peer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.send(data, peer.port, peer.address, (cause) => {
        if (!cause) resolve();
        else if (this.isClosed) reject(new SlipwayError('link.closed', { link: this.id }, { cause }));
        else reject(socketError(this.id, cause));
      });
    });
  }

  close(): Promise<void> {
    this.isClosed = true;
    return new Promise((resolve) => {
      this.socket.close(() => resolve());
    });
  }
}
