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
import { RangeDecoder } from './range-decoder';

/** Decodes LZMA in pieces, as LZMA2 has them. Throws RangeError for whatever can’t be. */
export class LzmaDecoder {
  private out = new Uint8Array(1 << 16);
  private size = 0;
  /** Where the dictionary begins in `out`. */
  private start = 0;
  private properties: LzmaProperties = { lc: 0, lp: 0, pb: 0 };
  private probs: Uint16Array = new Uint16Array();
  private state = 0;
  private reps = [1, 1, 1, 1];

  constructor(private readonly limit: number) {}

  output(): Uint8Array {
    return this.out.slice(0, this.size);
  }

  resetDictionary(): void {
    this.start = this.size;
  }

  setProperties(properties: LzmaProperties): void {
    this.properties = properties;
    this.resetState();
  }

  resetState(): void {
    this.probs = newProbs(this.properties);
    this.state = 0;
    this.reps = [1, 1, 1, 1];
  }

  /** Bytes that are not compressed. */
  copy(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.out.set(bytes, this.size);
    this.size += bytes.length;
  }

  /** Decodes exactly `size` bytes out of all of `packed`. */
  decode(packed: Uint8Array, size: number): void {
    this.reserve(size);
    const coder = new RangeDecoder(this.probs, packed);
    const end = this.size + size;
    while (this.size < end) this.packet(coder, end);
    coder.finish();
  }

  private packet(coder: RangeDecoder, end: number): void {
    const { state } = this;
    const posState = (this.size - this.start) & ((1 << this.properties.pb) - 1);
    if (coder.bit(isMatchAt + state * posStatesMax + posState) === 0) {
      this.out[this.size] = this.literal(coder);
      this.size++;
      this.state = stateAfterLiteral(state);
      return;
    }
    let length: number;
    if (coder.bit(isRepAt + state) === 0) {
      length = readLength(coder, matchLengthAt, posState);
      this.reps = [readDistance(coder, length) + 1, this.reps[0]!, this.reps[1]!, this.reps[2]!];
      this.state = stateAfterMatch(state);
    } else {
      const rep = this.readRep(coder, posState);
      if (rep < 0) {
        length = 1;
        this.state = stateAfterShortRep(state);
      } else {
        const [distance] = this.reps.splice(rep, 1);
        this.reps.unshift(distance!);
        length = readLength(coder, repLengthAt, posState);
        this.state = stateAfterRep(state);
      }
    }
    this.repeat(length, end);
  }

  /** Which of the last distances; -1 for a single byte at the last one. */
  private readRep(coder: RangeDecoder, posState: number): number {
    const { state } = this;
    if (coder.bit(isRepG0At + state) === 0) {
      return coder.bit(isRep0LongAt + state * posStatesMax + posState) === 0 ? -1 : 0;
    }
    if (coder.bit(isRepG1At + state) === 0) return 1;
    return coder.bit(isRepG2At + state) === 0 ? 2 : 3;
  }

  private repeat(length: number, end: number): void {
    const distance = this.reps[0]!;
    if (distance > this.size - this.start) throw new RangeError('a match begins before the data');
    if (this.size + length > end) throw new RangeError('a match goes past the end of its chunk');
    for (let count = 0; count < length; count++, this.size++) {
      this.out[this.size] = this.out[this.size - distance]!;
    }
  }

  private literal(coder: RangeDecoder): number {
    const position = this.size - this.start;
    const before = position > 0 ? this.out[this.size - 1]! : 0;
    const base = literalProbsAt(this.properties, position, before);
    let symbol = 1;
    if (this.state >= firstStateAfterMatch) {
      const distance = this.reps[0]!;
      if (distance > position) throw new RangeError('a match begins before the data');
      let matched = this.out[this.size - distance]!;
      let offset = 0x100;
      while (symbol < 0x100) {
        matched <<= 1;
        const matchedBit = matched & offset;
        const bit = coder.bit(base + offset + matchedBit + symbol);
        symbol = symbol * 2 + bit;
        offset &= bit === 0 ? ~matched : matched;
      }
      return symbol & 0xff;
    }
    while (symbol < 0x100) symbol = symbol * 2 + coder.bit(base + symbol);
    return symbol & 0xff;
  }

  private reserve(more: number): void {
    const needed = this.size + more;
    if (needed > this.limit) throw new RangeError(`more than ${this.limit} bytes come out`);
    if (needed <= this.out.length) return;
    const larger = new Uint8Array(Math.max(needed, this.out.length * 2));
    larger.set(this.out.subarray(0, this.size));
    this.out = larger;
  }
}

function readLength(coder: RangeDecoder, base: number, posState: number): number {
  if (coder.bit(base) === 0) return matchMinLength + coder.tree(base + lengthLow + posState * 8, 3);
  if (coder.bit(base + 1) === 0) return matchMinLength + 8 + coder.tree(base + lengthMid + posState * 8, 3);
  return matchMinLength + 16 + coder.tree(base + lengthHigh, 8);
}

/** A distance, less one. */
function readDistance(coder: RangeDecoder, length: number): number {
  const slot = coder.tree(posSlotAt + lengthToPosState(length) * 64, 6);
  if (slot < 4) return slot;
  const footerBits = (slot >> 1) - 1;
  const base = (2 + (slot & 1)) * 2 ** footerBits;
  if (slot < 14) return base + coder.reverseTree(posSpecialAt + base - slot, footerBits);
  return base + coder.direct(footerBits - 4) * 16 + coder.reverseTree(alignAt, 4);
}
