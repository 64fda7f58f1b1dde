import { isIPv4 } from 'node:net';
import type { Clock } from '../../base/clock';
import { ExpiringMap } from '../../base/expiring-map';
import { type Datagram, type Peer, samePeer } from '../link';
import { isForMany } from './address';
import { answerIcmp, portUnreachable } from './icmp';
import { decodeIpPacket, protocols } from './packet';
import { Reassembly } from './reassembly';
import { decodeUdp, encodeUdp } from './udp';

/** CoAP's port (RFC 7252 §6.1): what boards on an IP line know their server by. */
export const coapPort = 5683;

/** Boards behind one line whose server address is remembered, and for how long, ms. */
const maxPeers = 1024;
const rememberedMs = 48 * 3_600_000;

export interface IpHostOptions {
  readonly clock: Clock;
  /** Our address, where we have one of our own; else every address that a board sends to is ours. */
  readonly own?: Peer;
}

/** What comes of a packet: a datagram for us, an answer to be sent, or nothing. */
export interface Received {
  readonly datagram?: Datagram;
  readonly answer?: Uint8Array;
  /** Why nothing came of it. */
  readonly dropped?: string;
}

/**
 * One end of an IP line (RFC 1055): UDP over IPv4 and IPv6 in the extension itself, so that the computer needs no
 * network interface for it, and no rights to make one. On the desk's side it answers under whatever address the
 * board's firmware has for its server.
 */
export class IpHost {
  private readonly reassembly: Reassembly;
  /** Address that each board sends to, by the board's. */
  private readonly known: ExpiringMap<string>;

  constructor(private readonly options: IpHostOptions) {
    this.reassembly = new Reassembly(options.clock);
    this.known = new ExpiringMap(options.clock, rememberedMs, maxPeers);
  }

  /** Takes a packet as it came from the line. */
  receive(bytes: Uint8Array): Received {
    const part = decodeIpPacket(bytes);
    if (!part) return { dropped: 'malformed' };
    const packet = this.reassembly.take(part);
    if (!packet) return { dropped: 'a part of more' };
    const { own } = this.options;
    if (own && packet.destination !== own.address) return { dropped: 'for another host' };
    if (packet.protocol !== protocols.udp) {
      const answer = answerIcmp(packet);
      return answer ? { answer } : { dropped: `protocol ${packet.protocol}` };
    }
    const datagram = decodeUdp(packet);
    if (!datagram) return { dropped: 'malformed UDP' };
    const { source, destination, data } = datagram;
    if (isForMany(destination.address)) return { dropped: `to ${destination.address}` };
    if (own ? !samePeer(destination, own) : destination.port !== coapPort) {
      return { answer: portUnreachable(packet, bytes), dropped: `to port ${destination.port}` };
    }
    this.known.set(source.address, destination.address);
    return { datagram: { data, peer: source } };
  }

  /** The address that a board has for us; undefined before it sent anything. */
  addressFor(peer: Peer): string | undefined {
    return this.options.own?.address ?? this.known.get(peer.address);
  }

  /** The packet for `peer`; undefined when its version of IP is not ours, or nothing came from it yet. */
  packetTo(peer: Peer, data: Uint8Array): Uint8Array | undefined {
    const address = this.addressFor(peer);
    if (address === undefined || isIPv4(address) !== isIPv4(peer.address)) return undefined;
    const port = this.options.own?.port ?? coapPort;
    return encodeUdp({ source: { address, port }, destination: peer, data });
  }
}
