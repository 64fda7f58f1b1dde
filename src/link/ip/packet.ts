import { isIPv4 } from 'node:net';
import { addressBytes, addressText } from './address';
import { internetChecksum } from './checksum';

/** Protocol numbers (IANA): IPv4's Protocol, IPv6's Next Header. */
export const protocols = { icmp: 1, udp: 17, icmpV6: 58 } as const;

/** Where a fragment belongs in its packet's payload. */
export interface Fragment {
  readonly id: number;
  /** Bytes. */
  readonly offset: number;
  readonly more: boolean;
}

/** An IPv4 or IPv6 packet; options and extension headers are passed over. */
export interface IpPacket {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly hopLimit: number;
  readonly payload: Uint8Array;
  readonly fragment?: Fragment;
}

const ipv4HeaderBytes = 20;
const ipv6HeaderBytes = 40;
/** Don't Fragment: a packet that is never fragmented needs no Identification (RFC 6864 §4.1). */
const dontFragment = 0x40;

/** Extension headers of one shape: next header, length in 8 bytes beyond the first 8 (RFC 8200 §4). */
const hopByHop = 0;
const routing = 43;
const destinationOptions = 60;
const fragmentHeader = 44;
const fragmentHeaderBytes = 8;

/** Reads one packet that is as long as `bytes`; undefined when it is malformed. */
export function decodeIpPacket(bytes: Uint8Array): IpPacket | undefined {
  const version = (bytes[0] ?? 0) >> 4;
  if (version === 4) return decodeV4(bytes);
  return version === 6 ? decodeV6(bytes) : undefined;
}

/** Writes a whole packet; both addresses are of one version. */
export function encodeIpPacket(packet: Omit<IpPacket, 'fragment'>): Uint8Array {
  const { payload, protocol, hopLimit } = packet;
  const source = addressBytes(packet.source);
  const destination = addressBytes(packet.destination);
  if (!isIPv4(packet.source)) {
    const header = Buffer.alloc(ipv6HeaderBytes);
    header[0] = 0x60;
    header.writeUInt16BE(payload.length, 4);
    header.set([protocol, hopLimit, ...source, ...destination], 6);
    return Buffer.concat([header, payload]);
  }
  const header = Buffer.alloc(ipv4HeaderBytes);
  header[0] = 0x45;
  header.writeUInt16BE(ipv4HeaderBytes + payload.length, 2);
  header.set([dontFragment], 6);
  header.set([hopLimit, protocol], 8);
  header.set([...source, ...destination], 12);
  header.writeUInt16BE(internetChecksum(header), 10);
  return Buffer.concat([header, payload]);
}

/** RFC 791 §3.1 */
function decodeV4(bytes: Uint8Array): IpPacket | undefined {
  if (bytes.length < ipv4HeaderBytes) return undefined;
  const headerBytes = (bytes[0]! & 0x0f) * 4;
  if (headerBytes < ipv4HeaderBytes || headerBytes > bytes.length) return undefined;
  if (uint16(bytes, 2) !== bytes.length) return undefined;
  if (internetChecksum(bytes.subarray(0, headerBytes)) !== 0) return undefined;
  const flags = uint16(bytes, 6);
  const more = (flags & 0x2000) !== 0;
  const offset = (flags & 0x1fff) * 8;
  return {
    source: addressText(bytes.subarray(12, 16)),
    destination: addressText(bytes.subarray(16, 20)),
    protocol: bytes[9]!,
    hopLimit: bytes[8]!,
    payload: bytes.subarray(headerBytes),
    ...((more || offset > 0) && { fragment: { id: uint16(bytes, 4), offset, more } }),
  };
}

/** RFC 8200 §3 and §4 */
function decodeV6(bytes: Uint8Array): IpPacket | undefined {
  if (bytes.length < ipv6HeaderBytes || ipv6HeaderBytes + uint16(bytes, 4) !== bytes.length) return undefined;
  let protocol = bytes[6]!;
  let at = ipv6HeaderBytes;
  let fragment: Fragment | undefined;
  while ([hopByHop, routing, destinationOptions, fragmentHeader].includes(protocol)) {
    if (at + 8 > bytes.length) return undefined;
    const next = bytes[at]!;
    if (protocol === fragmentHeader) {
      const word = uint16(bytes, at + 2);
      const id = uint16(bytes, at + 4) * 0x1_0000 + uint16(bytes, at + 6);
      fragment = { id, offset: word & 0xfff8, more: (word & 1) !== 0 };
      at += fragmentHeaderBytes;
    } else {
      at += 8 + bytes[at + 1]! * 8;
    }
    protocol = next;
    if (at > bytes.length) return undefined;
    // What follows in a later fragment is payload, whatever it looks like.
    if (fragment && fragment.offset > 0) break;
  }
  const isWhole = fragment?.offset === 0 && !fragment.more;
  return {
    source: addressText(bytes.subarray(8, 24)),
    destination: addressText(bytes.subarray(24, 40)),
    protocol,
    hopLimit: bytes[7]!,
    payload: bytes.subarray(at),
    ...(fragment && !isWhole && { fragment }),
  };
}

function uint16(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 256 + bytes[at + 1]!;
}
