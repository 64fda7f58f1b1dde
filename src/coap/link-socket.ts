import { Socket } from 'node:dgram';
import { EventEmitter } from 'node:events';
import { type Peer, samePeer } from '../link/link';

/** Where node-coap is told that a line's other end lives; it insists on an address and a port. */
const pointToPoint = { address: '127.0.0.1', port: 5683 } as const;

/**
 * A link as node-coap sees it: something of dgram.Socket's shape, which server and agent share so that requests
 * leave from the port the board registered to. It has dgram.Socket's prototype, because node-coap deduplicates only
 * on an `instanceof` of that; none of a real socket's code runs.
 */
export class LinkSocket extends EventEmitter {
  readonly type = 'udp4';

  constructor(
    private readonly transmit: (data: Uint8Array, peer: Peer) => void,
    private readonly otherEnd: Peer | undefined,
  ) {
    super();
    // Server and agent listen side by side for 'message' and 'error'.
    this.setMaxListeners(4);
  }

  /** Hands a datagram to node-coap. */
  receive(data: Uint8Array, peer: Peer): void {
    const { address, port } = this.addressOf(peer);
    this.emit('message', Buffer.from(data), { address, port, family: 'IPv4', size: data.length });
  }

  /** Address and port that stand for `peer` towards node-coap. */
  addressOf(peer: Peer): Peer {
    return this.otherEnd && samePeer(peer, this.otherEnd) ? pointToPoint : peer;
  }

  /** The peer that node-coap means. */
  peerAt(address: string, port: number): Peer {
    const peer = { address, port };
    return this.otherEnd && samePeer(peer, pointToPoint) ? this.otherEnd : peer;
  }

  // dgram.Socket's methods that node-coap calls.

  send(
    data: Uint8Array,
    _offset: number,
    _length: number,
    port: number,
    address: string,
    callback?: (error: Error | null, bytes: number) => void,
  ): void {
    this.transmit(Uint8Array.from(data), this.peerAt(address, port));
    // A datagram that a closed link drops is a lost one: node-coap sends it again.
    callback?.(null, data.length);
  }

  address(): Peer & { readonly family: string } {
    return { ...pointToPoint, family: 'IPv4' };
  }

  close(): void {
    this.removeAllListeners();
  }
}

Object.setPrototypeOf(LinkSocket.prototype, Socket.prototype);
