import { isIP } from 'node:net';
import type { TracedMessage } from '../../coap/trace-exchanges';
import type { TraceEntry } from '../../coap/trace-recorder';
import { coapPort } from '../../link/ip/ip-host';
import { encodeUdp } from '../../link/ip/udp';
import type { Peer } from '../../link/link';
import { enhancedPacket, interfaceDescription, sectionHeader } from '../../link/pcapng';
import { holdsSecret, maskedData } from './secrets';

/** Addresses for documentation (RFC 5737 §3, RFC 3849): our end, where it has none or its own is not known. */
const ownAddress = { 4: '192.0.2.1', 6: '2001:db8::1' } as const;
/** Port of what is no CoAP, so that no reader takes it for some: discard (RFC 863). */
const discardPort = 9;
/** What fits into a UDP datagram over IPv4. A message over TCP could be longer. */
const mostData = 65_507;
/** Boards at the other ends of lines: 192.0.2.2 to 192.0.2.254, by the number of the interface. */
const lineEnds = 253;

/**
 * A trace as pcapng, each message in a UDP datagram as the endpoint saw it, an interface for each link. What has no
 * addresses gets some for documentation; payloads with secrets are zeros.
 */
export function captureFile(messages: readonly TracedMessage[], application: string): Uint8Array {
  const links = [...new Set(messages.map(({ entry }) => entry.link))];
  return Buffer.concat([
    sectionHeader(application),
    ...links.map((link) => interfaceDescription(link)),
    ...messages.map((traced) => packetOf(traced, links.indexOf(traced.entry.link))),
  ]);
}

function packetOf(traced: TracedMessage, interfaceId: number): Uint8Array {
  const { entry } = traced;
  const isDamaged = entry.damage !== undefined;
  const isOutbound = entry.direction === 'sent';
  const board = boardEnd(entry, interfaceId);
  const own = ownEnd(entry, board);
  const [source, destination] = isOutbound ? [own, board] : [board, own];
  const port = (peer: Peer): Peer => (isDamaged ? { ...peer, port: discardPort } : peer);
  const data = maskedData(traced).subarray(0, mostData);
  const comment = commentOf(traced);
  return enhancedPacket({
    interfaceId,
    time: entry.time,
    outbound: isOutbound,
    data: encodeUdp({ source: port(source), destination: port(destination), data }),
    damaged: isDamaged,
    ...(comment !== undefined && { comment }),
  });
}

function commentOf(traced: TracedMessage): string | undefined {
  const { entry, repeats } = traced;
  if (entry.damage !== undefined) return entry.damage;
  if (holdsSecret(traced)) return 'the payload holds a secret: left out';
  if (entry.data.length > mostData) return `cut from ${entry.data.length} bytes`;
  return repeats === undefined ? undefined : 'retransmission';
}

function boardEnd({ peer }: TraceEntry, interfaceId: number): Peer {
  if (isIP(peer.address.split('%')[0]!) !== 0) return peer;
  return { address: `192.0.2.${2 + (interfaceId % lineEnds)}`, port: coapPort };
}

/** Our end: the address a link is bound to, where that says which one it is. */
function ownEnd({ link }: TraceEntry, board: Peer): Peer {
  const family = board.address.includes(':') ? 6 : 4;
  const bound = /^(?:udp|coap\+tcp):\/\/(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(link);
  const host = bound?.[1] ?? bound?.[2] ?? '';
  const port = Number(bound?.[3] ?? 0) || coapPort;
  const isAny = host === '0.0.0.0' || host === '::';
  return { address: isIP(host) === family && !isAny ? host : ownAddress[family], port };
}
