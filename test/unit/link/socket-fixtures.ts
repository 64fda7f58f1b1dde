import { type Server, type Socket, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { type Log, nullLog } from '../../../src/base/log';
import type { Link } from '../../../src/link/link';
import { until } from '../support/until';

/** A server on loopback that keeps its sockets and what came over them. */
export class TestServer {
  readonly sockets: Socket[] = [];
  received = Buffer.alloc(0);
  private server: Server | undefined;
  port = 0;

  async listen(): Promise<void> {
    const server = createServer((socket) => {
      this.sockets.push(socket);
      socket.on('error', () => undefined);
      socket.on('data', (data) => (this.received = Buffer.concat([this.received, data])));
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
  }

  /** Drops all connections and takes no more. */
  async close(): Promise<void> {
    for (const socket of this.sockets.splice(0)) socket.destroy();
    const { server } = this;
    this.server = undefined;
    if (server) await new Promise((resolve) => server.close(resolve));
  }
}

export function stateOf(link: Link, state: Link['state']): Promise<unknown> {
  return until(
    () => link.state === state,
    `${link.id} ${state} (is ${link.state} ${link.error?.message ?? ''})`,
  );
}

/** Keeps the lines of level trace. */
export function tracingLog(lines: string[]): Log {
  return { ...nullLog, logLevel: 1, trace: (line) => lines.push(line) };
}
