import { type Server, type Socket, connect, createServer } from 'node:net';
import { DisposableStore } from '../../base/disposable';
import { SlipwayError } from '../../base/errors';
import { Emitter, type Event } from '../../base/event';
import { toHex } from '../../base/hex';
import { type Log, scopedLog } from '../../base/log';
import { type Datagram, type Link, type LinkState, type Peer, peerName } from '../link';
import { type Connection, type LinkDeps, LinkLifecycle } from '../link-lifecycle';
import { type SocketAddress, hostPort, socketError } from '../socket';
import { CoapTcpConnection } from './connection';
import type { Capabilities } from './signals';

/** A peer that vanished without a word shows within minutes, not hours. */
const keepAliveMs = 10_000;
const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs } as const;

/** CoAP over TCP (RFC 8323): a server for any number of boards, or a board's connection to its server. */
export class CoapTcpLink implements Link {
  readonly id: string;
  readonly kind = 'coap+tcp';
  readonly lineRate = undefined;
  readonly peer: Peer | undefined;
  /** Never fires: text has no place in CoAP. */
  readonly onConsole: Event<Uint8Array>;
  readonly onDatagram: Event<Datagram>;
  private readonly log: Log;
  private readonly datagramEmitter = new Emitter<Datagram>();
  private readonly lifecycle: LinkLifecycle<Connection>;
  private readonly owned = new DisposableStore();
  private readonly connections = new Map<string, CoapTcpConnection>();
  private port: number | undefined;

  private constructor(
    private readonly address: SocketAddress,
    role: 'listen' | 'connect',
    deps: LinkDeps,
  ) {
    this.id = `coap+tcp://${hostPort(address)}`;
    this.peer = role === 'connect' ? { address: address.host, port: address.port } : undefined;
    this.log = scopedLog(deps.log, this.id);
    this.onDatagram = this.owned.add(this.datagramEmitter).event;
    this.onConsole = this.owned.add(new Emitter<Uint8Array>()).event;
    this.lifecycle = this.owned.add(
      new LinkLifecycle(
        this.id,
        (lost, signal) => (role === 'listen' ? this.listen(lost, signal) : this.connect(lost, signal)),
        deps,
      ),
    );
  }

  /** Takes connections at that address; begins at once. Port 0 takes any free one, see `boundPort`. */
  static listen(address: SocketAddress, deps: LinkDeps): CoapTcpLink {
    return new CoapTcpLink(address, 'listen', deps);
  }

  /** Connects to a server there; begins at once. */
  static connect(address: SocketAddress, deps: LinkDeps): CoapTcpLink {
    return new CoapTcpLink(address, 'connect', deps);
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

  /** The port it listens on, also where 0 was asked for; undefined unless open. */
  get boundPort(): number | undefined {
    return this.port;
  }

  /** What `peer` takes in one message; undefined when it is not connected. */
  capabilitiesOf(peer: Peer): Capabilities | undefined {
    return this.connections.get(peerName(peer))?.capabilities;
  }

  /** Where its connection came in. */
  authorityFor(peer: Peer): Promise<string | undefined> {
    return Promise.resolve(this.connections.get(peerName(peer))?.ownAuthority);
  }

  /** Rejects `link.closed` also when that peer has no connection. */
  async send(data: Uint8Array, peer: Peer): Promise<void> {
    const connection = this.connections.get(peerName(peer));
    if (this.state !== 'open' || !connection) throw new SlipwayError('link.closed', { link: this.id });
    this.log.trace(`→ ${peerName(peer)} ${toHex(data)}`);
    await connection.send(data).catch((cause: unknown) => {
      throw new SlipwayError('link.closed', { link: this.id }, { cause });
    });
  }

  /** CoAP over TCP carries no console: rejects `link.failed`. */
  writeConsole(): Promise<void> {
    return Promise.reject(
      new SlipwayError('link.failed', { link: this.id, reason: 'a CoAP over TCP link has no console' }),
    );
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

  private listen(lost: (error: SlipwayError) => void, signal: AbortSignal): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const server = createServer(socketOptions, (socket) => this.adopt(socket));
      server.once('error', (cause) => reject(socketError(this.id, cause)));
      server.listen(this.address.port, this.address.host, () => {
        server.on('error', (cause) => lost(socketError(this.id, cause)));
        const address = server.address();
        this.port = typeof address === 'object' ? address?.port : undefined;
        const listening: Connection = { close: () => this.closeAll(server) };
        if (signal.aborted) {
          void listening.close();
          reject(new SlipwayError('link.closed', { link: this.id }));
        } else {
          resolve(listening);
        }
      });
    });
  }

  private connect(lost: (error: SlipwayError) => void, signal: AbortSignal): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const { host, port } = this.address;
      const socket = connect({ host, port, ...socketOptions });
      const onAbort = (): void => {
        socket.destroy();
        reject(new SlipwayError('link.closed', { link: this.id }));
      };
      const onError = (cause: Error): void => {
        signal.removeEventListener('abort', onAbort);
        reject(socketError(this.id, cause));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      socket.once('error', onError);
      socket.once('connect', () => {
        signal.removeEventListener('abort', onAbort);
        socket.off('error', onError);
        const connection = this.adopt(socket, this.peer);
        connection.onDidClose((cause) =>
          lost(cause ? socketError(this.id, cause) : new SlipwayError('link.closed', { link: this.id })),
        );
        resolve({ close: () => this.closeAll() });
      });
      if (signal.aborted) onAbort();
    });
  }

  /** Takes a connected socket; `known` is what its far end is called, if not by its own address. */
  private adopt(socket: Socket, known?: Peer): CoapTcpConnection {
    const connection = new CoapTcpConnection(socket, this.log);
    const peer = known ?? connection.peer;
    const name = peerName(peer);
    this.connections.set(name, connection);
    connection.onDatagram((data) => {
      this.log.trace(`← ${name} ${toHex(data)}`);
      this.datagramEmitter.fire({ data, peer });
    });
    connection.onDidClose((cause) => {
      this.log.debug(`${name} disconnected${cause ? `: ${cause.message}` : ''}`);
      if (this.connections.get(name) === connection) this.connections.delete(name);
    });
    return connection;
  }

  /** A peer that takes nothing any more is not waited for: the address is free at once. */
  private closeAll(server?: Server): Promise<void> {
    this.port = undefined;
    server?.close();
    for (const connection of this.connections.values()) connection.close();
    this.connections.clear();
    return Promise.resolve();
  }
}
