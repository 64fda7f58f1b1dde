import { malformed } from './malformed';

/** Deeper nesting than any LwM2M payload has; keeps a decoder's recursion short. */
const MAX_DEPTH = 8;

/** Tag of epoch-based date and time (RFC 8949 §3.4.2); no other has a place in LwM2M (Core, appendix C). */
const EPOCH_TIME_TAG = 1;

const BREAK = 0xff;

/**
 * Checks that `payload` is exactly one well-formed CBOR item (RFC 8949 §5.3.1) whose lengths it can hold, before a
 * library allocates by them. Strings of indefinite length, which the library does not read but boards send where
 * they stream a value, become definite ones. Returns the bytes to decode; throws `lwm2m.malformed`.
 */
export function wellFormedCbor(format: string, payload: Uint8Array): Uint8Array {
  const scan = new Scan(format, payload);
  scan.item(0);
  if (scan.position !== payload.length) throw malformed(format, `bytes after the end at ${scan.position}`);
  return scan.output();
}

class Scan {
  position = 0;
  /** What is already in `parts`; the bytes from here on are taken over as they are. */
  private copied = 0;
  private readonly parts: Uint8Array[] = [];

  constructor(
    private readonly format: string,
    private readonly data: Uint8Array,
  ) {}

  output(): Uint8Array {
    if (this.parts.length === 0) return this.data;
    return Buffer.concat([...this.parts, this.data.subarray(this.copied)]);
  }

  item(depth: number): void {
    if (depth > MAX_DEPTH) throw malformed(this.format, 'nested too deeply');
    const start = this.position;
    const { major, info, argument } = this.head();
    switch (major) {
      case 0:
      case 1:
        return;
      case 2:
      case 3:
        if (argument === undefined) this.chunks(start, major);
        else this.skip(argument);
        return;
      case 4:
        return this.items(argument, 1, depth);
      case 5:
        return this.items(argument, 2, depth);
      case 6:
        if (argument !== EPOCH_TIME_TAG) throw malformed(this.format, 'unknown tag');
        return this.item(depth + 1);
      default:
        // false, true, null, undefined, and the floats; other simple values mean nothing here.
        if (info < 20 || info === 24 || info > 27) throw malformed(this.format, 'unknown simple value');
    }
  }

  /** Initial byte and argument; no argument for an indefinite length or a break. */
  private head(): { major: number; info: number; argument: number | undefined } {
    const initial = this.byte();
    const major = initial >> 5;
    const info = initial & 0x1f;
    if (info < 24) return { major, info, argument: info };
    if (info === 31) {
      if (major < 2 || major > 5) throw malformed(this.format, 'break or indefinite length out of place');
      return { major, info, argument: undefined };
    }
    if (info > 27) throw malformed(this.format, 'reserved length');
    let argument = 0;
    for (let count = 1 << (info - 24); count > 0; count--) argument = argument * 256 + this.byte();
    return { major, info, argument };
  }

  private byte(): number {
    const byte = this.data[this.position++];
    if (byte === undefined) throw malformed(this.format, 'cut short');
    return byte;
  }

  private skip(length: number): void {
    if (length > this.data.length - this.position) {
      throw malformed(this.format, `length ${length} is beyond the end`);
    }
    this.position += length;
  }

  private items(count: number | undefined, perEntry: number, depth: number): void {
    if (count === undefined) {
      while (this.data[this.position] !== BREAK) {
        for (let part = 0; part < perEntry; part++) this.item(depth + 1);
      }
      this.position++;
      return;
    }
    // Each item takes a byte at least, so the length is bounded by what is there.
    if (count * perEntry > this.data.length - this.position) {
      throw malformed(this.format, `${count} entries are beyond the end`);
    }
    for (let left = count * perEntry; left > 0; left--) this.item(depth + 1);
  }

  /** A string in chunks (RFC 8949 §3.2.3), put together under one definite length. */
  private chunks(start: number, major: number): void {
    const chunks: Uint8Array[] = [];
    let length = 0;
    while (this.data[this.position] !== BREAK) {
      const chunk = this.head();
      if (chunk.major !== major || chunk.argument === undefined) {
        throw malformed(this.format, 'chunk of another type');
      }
      this.skip(chunk.argument);
      chunks.push(this.data.subarray(this.position - chunk.argument, this.position));
      length += chunk.argument;
    }
    this.position++;
    const head = Buffer.alloc(5);
    head.writeUInt8((major << 5) | 26, 0);
    head.writeUInt32BE(length, 1);
    this.parts.push(this.data.subarray(this.copied, start), head, ...chunks);
    this.copied = this.position;
  }
}
