import { type Match, MatchFinder } from './match-finder';
import {
  alignAt,
  firstStateAfterMatch,
  isMatchAt,
  isRep0LongAt,
  isRepAt,
  isRepG0At,
  isRepG1At,
  isRepG2At,
  lengthHigh,
  lengthLow,
  lengthMid,
  lengthToPosState,
  literalProbsAt,
  type LzmaProperties,
  matchLengthAt,
  matchMaxLength,
  matchMinLength,
  newProbs,
  posSlotAt,
  posSpecialAt,
  posStatesMax,
  repLengthAt,
  stateAfterLiteral,
  stateAfterMatch,
  stateAfterRep,
  stateAfterShortRep,
} from './model';
import { RangeEncoder } from './range-encoder';

/** What stands at a position: one literal, or bytes from before, by one of the last four distances or a new one. */
interface Packet {
  readonly length: number;
  readonly rep?: number;
  readonly distance?: number;
}

const literal: Packet = { length: 1 };

/**
 * Codes data as LZMA in pieces, as LZMA2 wants it. It takes the longest match unless a near one or the next byte’s is
 * better (what xz does in its fast mode), with long chains: some percent larger than an optimal parser’s, in a tenth of
 * its code.
 */
export class LzmaEncoder {
  private readonly finder: MatchFinder;
  private probs: Uint16Array;
  private state = 0;
  private reps = [1, 1, 1, 1];
  private found: { readonly position: number; readonly matches: readonly Match[] } | undefined;
  position = 0;

  constructor(
    private readonly data: Uint8Array,
    private readonly properties: LzmaProperties,
    dictionarySize: number,
  ) {
    this.finder = new MatchFinder(data, dictionarySize);
    this.probs = newProbs(properties);
  }

  /** Forgets what was learned, but not the data before. */
  reset(): void {
    this.probs = newProbs(this.properties);
    this.state = 0;
    this.reps = [1, 1, 1, 1];
  }

  /** Codes from `position` on until there are nearly `packedLimit` bytes, `plainLimit` are coded, or none is left. */
  encode(packedLimit: number, plainLimit: number): Uint8Array {
    const coder = new RangeEncoder(this.probs);
    const end = Math.min(this.data.length, this.position + plainLimit);
    // No packet takes more bytes than this.
    const margin = 32;
    while (this.position < end && coder.size + margin < packedLimit) {
      this.write(coder, this.choose(end - this.position));
    }
    return coder.finish();
  }

  private choose(available: number): Packet {
    const limit = Math.min(available, matchMaxLength);
    if (limit < matchMinLength) return this.single();
    const rep = this.bestRep(this.position, limit);
    const main = longest(this.matchesAt(this.position), limit);
    if (rep.length >= matchMinLength && isRepBetter(rep.length, main)) return rep;
    if (!main || limit <= matchMinLength) return this.single();
    return this.isNextBetter(main, limit) ? this.single() : main;
  }

  /** One byte: as a literal, or as the byte at the last distance if that is the same and costs less after a match. */
  private single(): Packet {
    const before = this.position - this.reps[0]!;
    const isSame = before >= 0 && this.data[before] === this.data[this.position];
    return isSame && this.state >= firstStateAfterMatch ? { length: 1, rep: 0 } : literal;
  }

  private bestRep(position: number, limit: number): Packet {
    let best = 0;
    let length = 0;
    for (const [rep, distance] of this.reps.entries()) {
      const earlier = position - distance;
      const same = earlier < 0 ? 0 : this.finder.matchLength(earlier, position, limit);
      if (same > length) [best, length] = [rep, same];
    }
    return { length, rep: best };
  }

  private isNextBetter(main: Required<Omit<Packet, 'rep'>>, limit: number): boolean {
    const { length, distance } = main;
    const next = longest(this.matchesAt(this.position + 1), limit - 1);
    if (next) {
      if (next.length > length + 1) return true;
      if (next.length >= length && next.distance < distance) return true;
      if (next.length === length + 1 && !isMuchFarther(distance, next.distance)) return true;
      if (next.length + 1 >= length && length >= 3 && isMuchFarther(next.distance, distance)) return true;
    }
    return this.bestRep(this.position + 1, limit - 1).length >= Math.max(2, length - 1);
  }

  private matchesAt(position: number): readonly Match[] {
    if (this.found?.position !== position) this.found = { position, matches: this.finder.find(position) };
    return this.found.matches;
  }

  private write(coder: RangeEncoder, packet: Packet): void {
    const posState = this.position & ((1 << this.properties.pb) - 1);
    const isMatch = isMatchAt + this.state * posStatesMax + posState;
    if (packet.distance !== undefined) {
      coder.bit(isMatch, 1);
      coder.bit(isRepAt + this.state, 0);
      this.writeLength(coder, matchLengthAt, packet.length, posState);
      writeDistance(coder, packet.distance - 1, packet.length);
      this.reps = [packet.distance, this.reps[0]!, this.reps[1]!, this.reps[2]!];
      this.state = stateAfterMatch(this.state);
    } else if (packet.rep !== undefined) {
      coder.bit(isMatch, 1);
      coder.bit(isRepAt + this.state, 1);
      this.writeRep(coder, packet.rep, packet.length, posState);
    } else {
      coder.bit(isMatch, 0);
      this.writeLiteral(coder);
      this.state = stateAfterLiteral(this.state);
    }
    this.position += packet.length;
  }

  private writeRep(coder: RangeEncoder, rep: number, length: number, posState: number): void {
    const { state } = this;
    coder.bit(isRepG0At + state, rep === 0 ? 0 : 1);
    if (rep === 0) coder.bit(isRep0LongAt + state * posStatesMax + posState, length === 1 ? 0 : 1);
    else {
      coder.bit(isRepG1At + state, rep === 1 ? 0 : 1);
      if (rep > 1) coder.bit(isRepG2At + state, rep === 2 ? 0 : 1);
    }
    if (length === 1) {
      this.state = stateAfterShortRep(state);
      return;
    }
    this.writeLength(coder, repLengthAt, length, posState);
    const [distance] = this.reps.splice(rep, 1);
    this.reps.unshift(distance!);
    this.state = stateAfterRep(state);
  }

  private writeLiteral(coder: RangeEncoder): void {
    const { data, position, state } = this;
    const before = position > 0 ? data[position - 1]! : 0;
    const base = literalProbsAt(this.properties, position, before);
    const byte = data[position]!;
    if (state < firstStateAfterMatch) {
      coder.tree(base, byte, 8);
      return;
    }
    // After a match the byte that would have gone on with it tells something, until the first bit that differs.
    let matched = data[position - this.reps[0]!]!;
    let offset = 0x100;
    let symbol = byte | 0x100;
    do {
      matched <<= 1;
      const matchedBit = matched & offset;
      coder.bit(base + offset + matchedBit + (symbol >> 8), (symbol >> 7) & 1);
      symbol <<= 1;
      offset &= ~(matched ^ symbol);
    } while (symbol < 0x1_0000);
  }

  private writeLength(coder: RangeEncoder, base: number, length: number, posState: number): void {
    const value = length - matchMinLength;
    coder.bit(base, value < 8 ? 0 : 1);
    if (value < 8) {
      coder.tree(base + lengthLow + posState * 8, value, 3);
      return;
    }
    coder.bit(base + 1, value < 16 ? 0 : 1);
    if (value < 16) coder.tree(base + lengthMid + posState * 8, value - 8, 3);
    else coder.tree(base + lengthHigh, value - 16, 8);
  }
}

/** A distance, less one: its slot (two highest bits and how many there are), then the bits below. */
function writeDistance(coder: RangeEncoder, distance: number, length: number): void {
  const highest = 31 - Math.clz32(distance);
  const slot = distance < 4 ? distance : highest * 2 + ((distance >>> (highest - 1)) & 1);
  coder.tree(posSlotAt + lengthToPosState(length) * 64, slot, 6);
  if (slot < 4) return;
  const footerBits = (slot >> 1) - 1;
  const base = (2 | (slot & 1)) << footerBits;
  const rest = distance - base;
  if (slot < 14) coder.reverseTree(posSpecialAt + base - slot, rest, footerBits);
  else {
    coder.direct(rest >>> 4, footerBits - 4);
    coder.reverseTree(alignAt, rest & 15, 4);
  }
}

/** The longest match, or one that is one byte shorter and very much nearer; two bytes from afar are none. */
function longest(matches: readonly Match[], limit: number): Match | undefined {
  let at = matches.length - 1;
  while (at > 0) {
    const [far, near] = [matches[at]!, matches[at - 1]!];
    if (far.length !== near.length + 1 || !isMuchFarther(near.distance, far.distance)) break;
    at--;
  }
  const match = matches[at];
  if (!match) return undefined;
  return match.length <= limit ? match : { length: limit, distance: match.distance };
}

function isMuchFarther(near: number, far: number): boolean {
  return near < far >> 7;
}

function isRepBetter(rep: number, main: Match | undefined): boolean {
  if (!main || rep + 1 >= main.length) return true;
  if (rep + 2 >= main.length && main.distance > 1 << 9) return true;
  return rep + 3 >= main.length && main.distance > 1 << 15;
}
