/**
 * Heatshrink, the LZSS of small boards: a bit 1 and a byte, or a bit 0, a distance less one (`windowBits`), and a length
 * less one (`lookaheadBits`), the most significant bit first. The window starts out as zeros; the last byte is filled
 * up with zero bits, too few for a token.
 */
export interface HeatshrinkSettings {
  readonly windowBits: number;
  readonly lookaheadBits: number;
}

/** What boards are usually built with: 256 bytes of window. */
export const heatshrinkDefaults: HeatshrinkSettings = { windowBits: 8, lookaheadBits: 7 };

/** The byte by which detools tells a board the settings: four bits of each, less what is the least. */
export function heatshrinkHeader({ windowBits, lookaheadBits }: HeatshrinkSettings): Uint8Array {
  return Uint8Array.of(((windowBits - 4) << 4) | (lookaheadBits - 3));
}

/** Reads that byte; undefined where heatshrink has no such settings (window 4–15 bits, lookahead 3 to one less). */
export function readHeatshrinkHeader(byte: number): HeatshrinkSettings | undefined {
  const settings = { windowBits: (byte >> 4) + 4, lookaheadBits: (byte & 0xf) + 3 };
  return settings.windowBits <= 15 && settings.lookaheadBits < settings.windowBits ? settings : undefined;
}

/** Encodes all of `input`; its matches are the longest at each place, the nearest first. */
export function heatshrinkEncode(
  input: Uint8Array,
  { windowBits, lookaheadBits }: HeatshrinkSettings = heatshrinkDefaults,
): Uint8Array {
  const bits = new BitWriter(input.length);
  const window = 1 << windowBits;
  const windowed = new Uint8Array(window + input.length);
  windowed.set(input, window);
  const matches = new Matches(windowed, window, 1 << lookaheadBits);
  // A shorter match takes more bits than its bytes do.
  const shortest = Math.floor((1 + windowBits + lookaheadBits) / 8) + 1;
  for (let at = window; at < windowed.length;) {
    const { length, distance } = matches.longestAt(at);
    if (length < shortest) {
      bits.write(0x100 | windowed[at]!, 9);
      at++;
    } else {
      bits.write(((distance - 1) << lookaheadBits) | (length - 1), 1 + windowBits + lookaheadBits);
      at += length;
    }
  }
  return bits.end();
}

/** Finds repetitions within the window, by chains of the places where two bytes stand beside each other. */
class Matches {
  private readonly last = new Int32Array(0x10000).fill(-1);
  private readonly previous: Int32Array;
  private chained = 0;

  constructor(
    private readonly input: Uint8Array,
    private readonly window: number,
    private readonly lookahead: number,
  ) {
    this.previous = new Int32Array(input.length);
  }

  /** The longest match of what begins at `at` (ascending from call to call); the nearest of equally long ones. */
  longestAt(at: number): { readonly length: number; readonly distance: number } {
    const { input, previous } = this;
    while (this.chained < at) this.chain(this.chained++);
    const limit = Math.min(this.lookahead, input.length - at);
    let length = 0;
    let distance = 0;
    if (limit < 2) return { length, distance };
    for (
      let from = this.last[this.pairAt(at)]!;
      from >= 0 && at - from <= this.window;
      from = previous[from]!
    ) {
      if (input[from + length] !== input[at + length]) continue;
      let same = 2;
      while (same < limit && input[from + same] === input[at + same]) same++;
      if (same <= length) continue;
      length = same;
      distance = at - from;
      if (length === limit) break;
    }
    return { length, distance };
  }

  private chain(at: number): void {
    const pair = this.pairAt(at);
    this.previous[at] = this.last[pair]!;
    this.last[pair] = at;
  }

  private pairAt(at: number): number {
    return (this.input[at]! << 8) | (this.input[at + 1] ?? 0);
  }
}

class BitWriter {
  private bytes: Uint8Array;
  private size = 0;
  private pending = 0;
  private pendingBits = 0;

  constructor(expectedBytes: number) {
    // A literal takes nine bits.
    this.bytes = new Uint8Array(Math.ceil((expectedBytes * 9) / 8) + 1);
  }

  /** Appends the lower `count` bits (at most 24) of `value`. */
  write(value: number, count: number): void {
    this.pending = (this.pending << count) | value;
    this.pendingBits += count;
    while (this.pendingBits >= 8) {
      this.pendingBits -= 8;
      this.bytes[this.size++] = this.pending >>> this.pendingBits;
    }
    this.pending &= (1 << this.pendingBits) - 1;
  }

  end(): Uint8Array {
    if (this.pendingBits > 0) this.bytes[this.size++] = this.pending << (8 - this.pendingBits);
    return this.bytes.subarray(0, this.size);
  }
}

/** Decodes as it comes, byte by byte, with no more memory than the window, as a board does. */
export class HeatshrinkDecoder {
  private readonly window: Uint8Array;
  private at = 0;
  private bits = 0;
  private bitCount = 0;

  constructor(private readonly settings: HeatshrinkSettings) {
    this.window = new Uint8Array(1 << settings.windowBits);
  }

  /** Takes one more byte; calls `emit` with each byte that it completes. */
  push(byte: number, emit: (byte: number) => void): void {
    this.bits = (this.bits << 8) | byte;
    this.bitCount += 8;
    while (this.bitCount > 0) {
      const literal = ((this.bits >>> (this.bitCount - 1)) & 1) === 1;
      const { windowBits, lookaheadBits } = this.settings;
      const size = literal ? 9 : 1 + windowBits + lookaheadBits;
      if (this.bitCount < size) return;
      this.bitCount -= size;
      const token = this.bits >>> this.bitCount;
      this.bits &= (1 << this.bitCount) - 1;
      if (literal) this.put(token & 0xff, emit);
      else {
        this.repeat(
          ((token >>> lookaheadBits) & ((1 << windowBits) - 1)) + 1,
          (token & ((1 << lookaheadBits) - 1)) + 1,
          emit,
        );
      }
    }
  }

  /** Whether what is left can be the filling of the last byte. */
  get atEnd(): boolean {
    return this.bitCount < 8 && this.bits === 0;
  }

  private repeat(distance: number, length: number, emit: (byte: number) => void): void {
    const mask = this.window.length - 1;
    for (let count = 0; count < length; count++) this.put(this.window[(this.at - distance) & mask]!, emit);
  }

  private put(byte: number, emit: (byte: number) => void): void {
    this.window[this.at & (this.window.length - 1)] = byte;
    this.at++;
    emit(byte);
  }
}
