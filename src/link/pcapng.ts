/**
 * The pcapng file format (draft-ietf-opsawg-pcapng): a section header, a description of each interface, packets.
 * Numbers are little endian; blocks and options are padded to 4 bytes.
 */

/** Raw IP: packets begin with an IPv4 or IPv6 header (tcpdump.org/linktypes). */
const linkTypeRaw = 101;

const blockTypes = { section: 0x0a0d0d0a, interface: 1, enhancedPacket: 6 } as const;
const byteOrderMagic = 0x1a2b3c4d;
/** Length of a section that is not known beforehand (§4.1). */
const unknownLength = 0xffff_ffff_ffff_ffffn;

/** §3.5, §4.1, §4.2, §4.3. */
const options = {
  end: 0,
  comment: 1,
  sectionApplication: 4,
  interfaceName: 2,
  interfaceResolution: 9,
  packetFlags: 2,
} as const;

/** 10^-6 s (§4.2, if_tsresol). */
const microseconds = 6;
/** epb_flags, bits 0–1 and 24 (§4.3.1). */
const inbound = 1;
const outbound = 2;
const crcError = 1 << 24;

export interface CapturedPacket {
  /** Number of the interface: its place among those described. */
  readonly interfaceId: number;
  /** ms since the Unix epoch, with fractions. */
  readonly time: number;
  readonly outbound: boolean;
  /** An IPv4 or IPv6 packet. */
  readonly data: Uint8Array;
  readonly comment?: string;
  /** It was damaged on its way. */
  readonly damaged?: boolean;
}

/** The Section Header Block that a file begins with (§4.1). */
export function sectionHeader(application: string): Uint8Array {
  const body = Buffer.alloc(16);
  body.writeUInt32LE(byteOrderMagic, 0);
  body.writeUInt16LE(1, 4);
  body.writeUInt16LE(0, 6);
  body.writeBigUInt64LE(unknownLength, 8);
  return block(blockTypes.section, body, [option(options.sectionApplication, Buffer.from(application))]);
}

/** An Interface Description Block (§4.2). Interfaces are numbered from 0 in the order of theirs. */
export function interfaceDescription(name: string): Uint8Array {
  const body = Buffer.alloc(8);
  // No limit to the length of packets: the last four bytes stay 0.
  body.writeUInt16LE(linkTypeRaw, 0);
  return block(blockTypes.interface, body, [
    option(options.interfaceName, Buffer.from(name)),
    option(options.interfaceResolution, Uint8Array.of(microseconds)),
  ]);
}

/** An Enhanced Packet Block (§4.3). */
export function enhancedPacket(packet: CapturedPacket): Uint8Array {
  const { data, comment } = packet;
  const head = Buffer.alloc(20);
  const time = BigInt(Math.round(packet.time * 1000));
  head.writeUInt32LE(packet.interfaceId, 0);
  head.writeUInt32LE(Number(time >> 32n), 4);
  head.writeUInt32LE(Number(time & 0xffff_ffffn), 8);
  head.writeUInt32LE(data.length, 12);
  head.writeUInt32LE(data.length, 16);
  const flags = Buffer.alloc(4);
  flags.writeUInt32LE((packet.outbound ? outbound : inbound) + (packet.damaged ? crcError : 0));
  return block(blockTypes.enhancedPacket, Buffer.concat([head, padded(data)]), [
    ...(comment === undefined ? [] : [option(options.comment, Buffer.from(comment))]),
    option(options.packetFlags, flags),
  ]);
}

function block(type: number, body: Uint8Array, given: readonly Uint8Array[]): Uint8Array {
  const content = [body, ...given, option(options.end, new Uint8Array(0))];
  const length = 12 + content.reduce((sum, part) => sum + part.length, 0);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(type, 0);
  head.writeUInt32LE(length, 4);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(length, 0);
  return Buffer.concat([head, ...content, tail]);
}

/** §3.5 */
function option(code: number, value: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, padded(value)]);
}

function padded(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
