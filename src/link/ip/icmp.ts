import { isIPv4 } from 'node:net';
import { addressBytes, addressText, isForMany, unspecifiedV6 } from './address';
import { internetChecksum } from './checksum';
import { type IpPacket, encodeIpPacket, protocols } from './packet';
import { pseudoHeader } from './udp';

/** ICMPv4 (RFC 792) and ICMPv6 (RFC 4443, RFC 4861): types, and the code of a port that nobody listens on. */
const v4 = { echoReply: 0, unreachable: 3, echoRequest: 8, portUnreachable: 3 } as const;
const v6 = {
  unreachable: 1,
  echoRequest: 128,
  echoReply: 129,
  routerSolicitation: 133,
  routerAdvertisement: 134,
  neighborSolicitation: 135,
  neighborAdvertisement: 136,
  portUnreachable: 4,
} as const;

/** Neighbor Discovery is valid only with this hop limit: from this link, then (RFC 4861 §7.1). */
const onLinkHops = 255;
const usualHops = 64;

/** Boards that make their own addresses make them from this prefix: a unique local one (RFC 4193). */
const prefix = 'fd53:6c69:7077::';
const routerAddress = 'fe80::1';
const routerLifetimeSeconds = 1800;
const foreverSeconds = 0xffff_ffff;

/** An error message quotes at most this much, so that no packet is longer than every IPv6 host takes (RFC 4443 §2.4). */
const maxQuotedBytes = 1280 - 48;

/**
 * The answer to an ICMP message, if it gets one: pings; and of IPv6, whether we are there (we are, whatever address
 * the board has for its server) and who is the router (we are).
 */
export function answerIcmp(packet: IpPacket): Uint8Array | undefined {
  const { source, destination, payload, protocol } = packet;
  if (payload.length < 8 || isForMany(source)) return undefined;
  const isV4 = isIPv4(source);
  if (protocol !== (isV4 ? protocols.icmp : protocols.icmpV6)) return undefined;
  if (messageChecksum(source, destination, payload) !== 0) return undefined;
  if (isV4) {
    if (payload[0] !== v4.echoRequest || isForMany(destination)) return undefined;
    return message(destination, source, [v4.echoReply, 0], payload.subarray(4));
  }
  switch (payload[0]) {
    case v6.echoRequest:
      if (isForMany(destination)) return undefined;
      return message(destination, source, [v6.echoReply, 0], payload.subarray(4));
    case v6.neighborSolicitation:
      return isFromLink(packet) ? advertiseNeighbor(source, payload) : undefined;
    case v6.routerSolicitation:
      return isFromLink(packet) ? advertiseRouter(source) : undefined;
    default:
      return undefined;
  }
}

/** Tells that nobody listens on the port that a datagram went to. `bytes` is its packet. */
export function portUnreachable({ source, destination }: IpPacket, bytes: Uint8Array): Uint8Array {
  const type = isIPv4(source) ? [v4.unreachable, v4.portUnreachable] : [v6.unreachable, v6.portUnreachable];
  const quoted = Buffer.concat([Buffer.alloc(4), bytes.subarray(0, maxQuotedBytes)]);
  return message(destination, source, type, quoted);
}

function isFromLink({ hopLimit, payload }: IpPacket): boolean {
  return hopLimit === onLinkHops && payload[1] === 0;
}

/** RFC 4861 §4.4. Never to `::`: that board asks whether an address is free for itself (RFC 4862 §5.4). */
function advertiseNeighbor(source: string, solicitation: Uint8Array): Uint8Array | undefined {
  if (solicitation.length < 24 || source === unspecifiedV6) return undefined;
  const target = solicitation.subarray(8, 24);
  const solicitedOverride = 0x60;
  return message(
    addressText(target),
    source,
    [v6.neighborAdvertisement, 0],
    Buffer.concat([Buffer.of(solicitedOverride, 0, 0, 0), target]),
    onLinkHops,
  );
}

/** RFC 4861 §4.2, with one Prefix Information option (§4.6.2): on link, and for the board's own addresses. */
function advertiseRouter(source: string): Uint8Array {
  const allNodes = 'ff02::1';
  const body = Buffer.alloc(12 + 32);
  body[0] = usualHops;
  body.writeUInt16BE(routerLifetimeSeconds, 2);
  body.set([3, 4, 64, 0xc0], 12);
  body.writeUInt32BE(foreverSeconds, 16);
  body.writeUInt32BE(foreverSeconds, 20);
  body.set(addressBytes(prefix), 28);
  const to = source === unspecifiedV6 ? allNodes : source;
  return message(routerAddress, to, [v6.routerAdvertisement, 0], body, onLinkHops);
}

function message(
  source: string,
  destination: string,
  type: readonly number[],
  body: Uint8Array,
  hopLimit = usualHops,
): Uint8Array {
  const payload = Buffer.concat([Buffer.of(...type, 0, 0), body]);
  payload.writeUInt16BE(messageChecksum(source, destination, payload), 2);
  const protocol = isIPv4(source) ? protocols.icmp : protocols.icmpV6;
  return encodeIpPacket({ source, destination, protocol, hopLimit, payload });
}

/** ICMPv6's covers a pseudo header too (RFC 4443 §2.3). */
function messageChecksum(source: string, destination: string, payload: Uint8Array): number {
  if (isIPv4(source)) return internetChecksum(payload);
  return internetChecksum(pseudoHeader(source, destination, protocols.icmpV6, payload.length), payload);
}
