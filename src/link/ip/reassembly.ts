import type { Clock } from '../../base/clock';
import { ExpiringMap } from '../../base/expiring-map';
import type { IpPacket } from './packet';

/** How long parts are kept for the others, ms (RFC 1122 §3.3.2 allows 60 to 120 s, RFC 8200 §4.5 says 60). */
const lifetimeMs = 60_000;
/** Packets in parts at one time, and bytes of one: a board has few, and small ones. */
const maxPackets = 16;
const maxBytes = 16_384;

interface Parts {
  readonly first: Pick<IpPacket, 'protocol'> | undefined;
  readonly pieces: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
  /** Known once the last part is there. */
  readonly length: number | undefined;
}

/** Puts packets together that a board sent in fragments (RFC 815; RFC 8200 §4.5). Parts that overlap void their packet. */
export class Reassembly {
  private readonly waiting: ExpiringMap<Parts>;

  constructor(clock: Clock) {
    this.waiting = new ExpiringMap(clock, lifetimeMs, maxPackets);
  }

  /** The packet, once it is whole. */
  take(packet: IpPacket): IpPacket | undefined {
    const { fragment, payload } = packet;
    if (!fragment) return packet;
    const key = [packet.source, packet.destination, fragment.id].join(' ');
    const { offset, more } = fragment;
    const end = offset + payload.length;
    // All but the last are multiples of eight bytes; RFC 5722 and RFC 1858: drop what overlaps.
    const isOdd = more && payload.length % 8 !== 0;
    const known = this.waiting.get(key) ?? { first: undefined, pieces: [], length: undefined };
    const repeats = known.pieces.find((piece) => piece.offset === offset);
    if (repeats?.bytes.length === payload.length) return undefined;
    const overlaps = known.pieces.some(
      (piece) => offset < piece.offset + piece.bytes.length && piece.offset < end,
    );
    if (isOdd || overlaps || payload.length === 0 || end > maxBytes || (known.length ?? end) < end) {
      this.waiting.delete(key);
      return undefined;
    }
    const parts: Parts = {
      first: offset === 0 ? packet : known.first,
      pieces: [...known.pieces, { offset, bytes: Uint8Array.from(payload) }],
      length: more ? known.length : end,
    };
    this.waiting.set(key, parts);
    const have = parts.pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
    if (!parts.first || have !== parts.length) return undefined;
    this.waiting.delete(key);
    const whole = Buffer.alloc(have);
    for (const piece of parts.pieces) whole.set(piece.bytes, piece.offset);
    const { source, destination, hopLimit } = packet;
    // A later fragment does not know what is in the packet (RFC 8200 §4.5).
    return { source, destination, hopLimit, protocol: parts.first.protocol, payload: whole };
  }
}
