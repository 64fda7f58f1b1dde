import { isIPv4 } from 'node:net';
import type { Peer } from '../link';
import { addressBytes } from './address';
import { internetChecksum } from './checksum';
import { type IpPacket, encodeIpPacket, protocols } from './packet';

export interface UdpDatagram {
  readonly source: Peer;
  readonly destination: Peer;
  readonly data: Uint8Array;
}

const headerBytes = 8;
/** As Linux and most stacks begin; no router stands between two ends of a serial line. */
const hopLimit = 64;

/** Reads the datagram (RFC 768) of a whole packet; undefined when it is malformed or its checksum is wrong. */
export function decodeUdp({ source, destination, payload }: IpPacket): UdpDatagram | undefined {
  if (payload.length < headerBytes) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const length = view.getUint16(4);
  if (length < headerBytes || length > payload.length) return undefined;
  const datagram = payload.subarray(0, length);
  // Without a checksum: allowed in IPv4 (RFC 768), not in IPv6 (RFC 8200 §8.1).
  const isChecked = view.getUint16(6) !== 0 || !isIPv4(source);
  if (isChecked && checksum(source, destination, datagram) !== 0) return undefined;
  return {
    source: { address: source, port: view.getUint16(0) },
    destination: { address: destination, port: view.getUint16(2) },
    data: datagram.subarray(headerBytes),
  };
}

/** The packet that carries a datagram. */
export function encodeUdp({ source, destination, data }: UdpDatagram): Uint8Array {
  const payload = Buffer.alloc(headerBytes + data.length);
  payload.writeUInt16BE(source.port, 0);
  payload.writeUInt16BE(destination.port, 2);
  payload.writeUInt16BE(payload.length, 4);
  payload.set(data, headerBytes);
  // A checksum of 0 would say that there is none (RFC 768).
  payload.writeUInt16BE(checksum(source.address, destination.address, payload) || 0xffff, 6);
  return encodeIpPacket({
    source: source.address,
    destination: destination.address,
    protocol: protocols.udp,
    hopLimit,
    payload,
  });
}

function checksum(source: string, destination: string, datagram: Uint8Array): number {
  return internetChecksum(pseudoHeader(source, destination, protocols.udp, datagram.length), datagram);
}

/** What a checksum covers beside the payload (RFC 768; RFC 8200 §8.1). */
export function pseudoHeader(
  source: string,
  destination: string,
  protocol: number,
  length: number,
): Uint8Array {
  const bytes = Buffer.alloc(isIPv4(source) ? 4 : 8);
  bytes.writeUInt16BE(length, bytes.length - (isIPv4(source) ? 2 : 6));
  bytes[isIPv4(source) ? 1 : 7] = protocol;
  return Buffer.concat([addressBytes(source), addressBytes(destination), bytes]);
}
