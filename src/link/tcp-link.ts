import { type Socket, connect, createServer } from 'node:net';
import { SlipwayError } from '../base/errors';
import type { LinkDeps } from './link-lifecycle';
import { type SocketAddress, hostPort, socketError } from './socket';
import {
  type ByteStream,
  type ByteStreamEvents,
  type StreamDevice,
  StreamLink,
  type StreamLinkDeps,
} from './stream-link';

/** A link to a serial line that a program (QEMU, ser2net) serves over TCP; begins to connect at once. */
export function createTcpLink(address: SocketAddress, deps: StreamLinkDeps): StreamLink {
  return new StreamLink(new TcpDevice(address, deps), deps);
}

/** The serving side of such a line, for one connection at a time; begins to listen at once. */
export function createTcpListenLink(address: SocketAddress, deps: StreamLinkDeps): StreamLink {
  return new StreamLink(new TcpListenDevice(address), deps);
}

const CONNECT_TIMEOUT_MS = 10_000;
/** A peer that vanished without a word shows within minutes, not hours. */
const KEEP_ALIVE_MS = 10_000;

class TcpDevice implements StreamDevice {
  readonly id: string;
  readonly kind = 'tcp';
  readonly lineRate = undefined;

  constructor(
    private readonly address: SocketAddress,
    private readonly deps: LinkDeps,
  ) {
    this.id = `tcp://${hostPort(address)}`;
  }

  open(events: ByteStreamEvents, signal: AbortSignal): Promise<ByteStream> {
    return new Promise((resolve, reject) => {
      const socket = connect({
        host: this.address.host,
        port: this.address.port,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE_MS,
      });
      const fail = (error: SlipwayError): void => {
        settle();
        socket.on('error', () => undefined);
        socket.destroy();
        reject(error);
      };
      const onError = (cause: Error): void => fail(socketError(this.id, cause));
      const onAbort = (): void => fail(new SlipwayError('link.closed', { link: this.id }));
      const timer = this.deps.clock.schedule(CONNECT_TIMEOUT_MS, () =>
        fail(new SlipwayError('link.not-found', { link: this.id })),
      );
      const settle = (): void => {
        timer.dispose();
        signal.removeEventListener('abort', onAbort);
        socket.off('error', onError);
      };
      socket.on('error', onError);
      socket.once('connect', () => {
        settle();
        resolve(new TcpStream(this.id, socket, events));
      });
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
    });
  }
}

class TcpListenDevice implements StreamDevice {
  readonly id: string;
  readonly kind = 'tcp';
  readonly lineRate = undefined;

  constructor(private readonly address: SocketAddress) {
    this.id = `tcp-listen://${hostPort(address)}`;
  }

  open(events: ByteStreamEvents, signal: AbortSignal): Promise<ByteStream> {
    return new Promise((resolve, reject) => {
      const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
      const fail = (error: SlipwayError): void => {
        signal.removeEventListener('abort', onAbort);
        server.close(() => reject(error));
      };
      const onAbort = (): void => fail(new SlipwayError('link.closed', { link: this.id }));
      server.on('error', (cause) => fail(socketError(this.id, cause)));
      server.once('connection', (socket) => {
        signal.removeEventListener('abort', onAbort);
        // One line has one end: no further connections while this one lasts.
        server.close();
        server.on('connection', (other: Socket) => other.destroy());
        resolve(new TcpStream(this.id, socket, events));
      });
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      else server.listen(this.address.port, this.address.host);
    });
  }
}

class TcpStream implements ByteStream {
  private isClosed = false;

  constructor(
    private readonly id: string,
    private readonly socket: Socket,
    events: ByteStreamEvents,
  ) {
    let cause: Error | undefined;
    socket.on('data', (bytes) => events.onData(bytes));
    socket.on('error', (error) => (cause = error));
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      if (this.isClosed) return;
      this.isClosed = true;
      events.onLost(cause ? socketError(id, cause) : new SlipwayError('link.closed', { link: id }));
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.write(bytes, (cause) => {
        if (cause) reject(new SlipwayError('link.closed', { link: this.id }, { cause }));
        else resolve();
      });
    });
  }

  close(): Promise<void> {
    this.isClosed = true;
    if (this.socket.closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.socket.once('close', () => resolve());
      this.socket.destroy();
    });
  }
}
