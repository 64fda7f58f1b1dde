import { FCS16_GOOD, fcs16, fcs16Raw } from './fcs16';

/**
 * Slipmux (draft-bormann-t2trg-slipmux-04): CoAP messages, diagnostic text and IP packets on one serial line.
 *
 * A frame is `C0 type … C0`. Boards also print text outside of frames (boot loaders, panics), and some leave out
 * the C0 in front of a frame. Where one ends and the other begins is decided by the byte after a C0, not by
 * counting C0s, so that a lost or stray C0 costs one frame at most:
 * - A9 begins a CoAP frame, after a C0 and in the midst of text; no ASCII text has it. In text it must not
 *   continue a UTF-8 character, and what follows must be the first byte of a CoAP message.
 * - 0A begins a diagnostic frame after a C0 that opens one. After a C0 that closes a frame it is a line feed:
 *   text that lost its frame is shown either way.
 * - 45–4F and 60–6F begin an IP packet, unless its length field says that it is too long to be one: then it is
 *   text after a stray C0. MAX_FRAME_BYTES is such that no printable text passes for a length.
 * - Any other byte that can begin text is text after a stray C0; all others begin an unknown frame, which is
 *   ignored.
 * No frame is longer than MAX_FRAME_BYTES; what goes on beyond is text again. `flush` ends a frame on a line that
 * has fallen silent.
 */

const END = 0xc0;
const ESC = 0xdb;
const ESC_END = 0xdc;
const ESC_ESC = 0xdd;

const TYPE_DIAGNOSTIC = 0x0a;
const TYPE_COAP = 0xa9;

const FCS_BYTES = 2;
/** A CoAP message has at least its four bytes of header (RFC 7252 §3). */
const MIN_COAP_FRAME_BYTES = 1 + 4 + FCS_BYTES;

/**
 * Longest frame taken, unescaped, type and FCS included. Not over 0x8FF: the high byte of an IP packet's length
 * is then below 9, which no text contains.
 */
export const MAX_FRAME_BYTES = 0x8ff;

export interface SlipmuxFrame {
  /**
   * - `coap`: a message, FCS checked and taken off
   * - `diagnostic`: text of a diagnostic frame
   * - `text`: bytes outside of frames; how they are cut depends on how they arrived
   * - `ip`: an IPv4 or IPv6 packet
   * - `invalid`: a frame with a bad FCS or escape, or too long or short; `data` has it unescaped, with its type
   */
  readonly kind: 'coap' | 'diagnostic' | 'text' | 'ip' | 'invalid';
  readonly data: Uint8Array;
}

/** A frame that carries one CoAP message. */
export function encodeCoapFrame(message: Uint8Array): Uint8Array {
  const content = new Uint8Array(1 + message.length + FCS_BYTES);
  content[0] = TYPE_COAP;
  content.set(message, 1);
  const fcs = fcs16(content.subarray(0, 1 + message.length));
  content[1 + message.length] = fcs & 0xff;
  content[2 + message.length] = fcs >> 8;
  return encodeFrame(content);
}

/** A frame that carries diagnostic text: console output of a board, or input to it. */
export function encodeDiagnosticFrame(text: Uint8Array): Uint8Array {
  return encodeFrame(Uint8Array.of(TYPE_DIAGNOSTIC, ...text));
}

/** A frame that carries an IPv4 or IPv6 packet, as plain SLIP (RFC 1055) has it too. */
export function encodeIpFrame(packet: Uint8Array): Uint8Array {
  return encodeFrame(packet);
}

function encodeFrame(content: Uint8Array): Uint8Array {
  const frame = [END];
  for (const byte of content) {
    if (byte === END) frame.push(ESC, ESC_END);
    else if (byte === ESC) frame.push(ESC, ESC_ESC);
    else frame.push(byte);
  }
  frame.push(END);
  return Uint8Array.from(frame);
}

/**
 * - `text`: outside of frames
 * - `opened`: a C0 came after text; a frame may follow
 * - `maybe`: an A9 came in text; `content` holds it
 * - `frame`: inside; `content` holds what came, its type first
 */
type DecoderState = 'text' | 'opened' | 'maybe' | 'frame';

/** Takes a stream in chunks of any size and gives its frames. Holds at most one frame of MAX_FRAME_BYTES. */
export class SlipmuxDecoder {
  private state: DecoderState = 'text';
  private readonly content = new Uint8Array(MAX_FRAME_BYTES);
  private length = 0;
  private escaped = false;
  private badEscape = false;
  /** Whether the last byte of text was part of a character of several bytes. */
  private inCharacter = false;
  private text: number[] = [];
  private frames: SlipmuxFrame[] = [];

  /** Whether a frame has begun and not ended. */
  get midFrame(): boolean {
    return this.state === 'frame' || this.state === 'maybe';
  }

  /** The frames that `chunk` completes, and the text in it. */
  push(chunk: Uint8Array): SlipmuxFrame[] {
    for (const byte of chunk) this.take(byte);
    return this.collect();
  }

  /** Gives up a frame that has not ended: for a line that has fallen silent, or was opened anew. */
  flush(): SlipmuxFrame[] {
    if (this.state === 'maybe') this.backToText();
    else if (this.state === 'frame') this.endFrame(false);
    this.enter('text');
    return this.collect();
  }

  private take(byte: number): void {
    switch (this.state) {
      case 'text':
        return this.takeText(byte);
      case 'opened':
        return this.takeType(byte);
      case 'maybe':
        if (isCoapFirstByte(byte)) {
          this.state = 'frame';
          return this.takeContent(byte);
        }
        this.backToText();
        return this.takeText(byte);
      case 'frame':
        return this.takeContent(byte);
    }
  }

  private takeText(byte: number): void {
    if (byte === END) return this.enter('opened');
    if (byte === TYPE_COAP && !this.inCharacter) {
      this.enter('maybe');
      this.append(byte);
      return;
    }
    this.inCharacter = byte >= 0x80;
    this.text.push(byte);
  }

  private takeType(byte: number): void {
    if (byte === END) return; // empty frame
    if (isFrameType(byte) || byte === ESC || !canBeginText(byte)) {
      this.enter('frame');
      return this.takeContent(byte);
    }
    this.enter('text');
    this.takeText(byte);
  }

  private takeContent(byte: number): void {
    if (byte === END) {
      // DB C0 aborts: the sender wants the frame forgotten.
      if (!this.escaped) this.endFrame(true);
      return this.enter('text');
    }
    if (this.escaped) {
      this.escaped = false;
      if (byte === ESC_END) return this.append(END);
      if (byte === ESC_ESC) return this.append(ESC);
      this.badEscape = true;
      return this.append(byte);
    }
    if (byte === ESC) {
      this.escaped = true;
      return;
    }
    this.append(byte);
  }

  private append(byte: number): void {
    this.content[this.length++] = byte;
    if (isTooLongForIp(this.content, this.length)) {
      this.backToText();
    } else if (this.length === MAX_FRAME_BYTES) {
      this.endFrame(false);
      this.enter('text');
    }
  }

  /** What was taken for a frame is text after all. */
  private backToText(): void {
    this.text.push(...this.content.subarray(0, this.length));
    const last = this.content[this.length - 1]!;
    this.enter('text');
    this.inCharacter = last >= 0x80;
  }

  private enter(state: DecoderState): void {
    this.state = state;
    this.length = 0;
    this.escaped = false;
    this.badEscape = false;
    this.inCharacter = false;
  }

  /** Classifies the frame in `content`; `complete` when its C0 came. */
  private endFrame(complete: boolean): void {
    const content = this.content.slice(0, this.length);
    const type = content[0]!;
    const good = complete && !this.badEscape;
    if (type === TYPE_COAP) {
      const isValid = good && content.length >= MIN_COAP_FRAME_BYTES && fcs16Raw(content) === FCS16_GOOD;
      if (isValid) this.emit('coap', content.subarray(1, -FCS_BYTES));
      else this.emit('invalid', content);
    } else if (type === TYPE_DIAGNOSTIC) {
      // Text is shown whatever became of its frame.
      if (content.length > 1) this.emit('diagnostic', content.subarray(1));
    } else if (isIpType(type)) {
      if (good && ipLength(content) === content.length) this.emit('ip', content);
      else if (content.every(isTextByte)) this.text.push(...content);
      else this.emit('invalid', content);
    }
  }

  private emit(kind: SlipmuxFrame['kind'], data: Uint8Array): void {
    this.emitText();
    this.frames.push({ kind, data });
  }

  private emitText(): void {
    if (this.text.length === 0) return;
    this.frames.push({ kind: 'text', data: Uint8Array.from(this.text) });
    this.text = [];
  }

  private collect(): SlipmuxFrame[] {
    this.emitText();
    const frames = this.frames;
    this.frames = [];
    return frames;
  }
}

function isFrameType(byte: number): boolean {
  return byte === TYPE_COAP || byte === TYPE_DIAGNOSTIC || isIpType(byte);
}

function isIpType(byte: number): boolean {
  return (byte >= 0x45 && byte <= 0x4f) || (byte >= 0x60 && byte <= 0x6f);
}

/** Version 1 and a token of at most 8 bytes (RFC 7252 §3). */
function isCoapFirstByte(byte: number): boolean {
  return byte >> 6 === 1 && (byte & 0x0f) <= 8;
}

/** Printable ASCII, white space, bell, backspace and escape, and anything that UTF-8 is made of. */
function isTextByte(byte: number): boolean {
  return byte >= 0x20
    ? byte !== 0x7f && byte !== 0xc1 && byte < 0xf5
    : byte === 0x1b || (byte >= 7 && byte <= 13);
}

/** As `isTextByte`, but not a byte that only continues a character. */
function canBeginText(byte: number): boolean {
  return isTextByte(byte) && (byte < 0x80 || byte >= 0xc2);
}

/** Whether the high byte of an IP packet's length has just come and rules a packet out. */
function isTooLongForIp(content: Uint8Array, length: number): boolean {
  const type = content[0]!;
  if (!isIpType(type)) return false;
  const at = type >> 4 === 4 ? 2 : 4;
  return length === at + 1 && content[at]! > MAX_FRAME_BYTES >> 8;
}

/** Total length by the packet's header (RFC 791 §3.1, RFC 8200 §3); undefined when cut off before it says. */
function ipLength(packet: Uint8Array): number | undefined {
  const uint16 = (at: number): number => packet[at]! * 256 + packet[at + 1]!;
  if (packet[0]! >> 4 === 4) return packet.length >= 20 ? uint16(2) : undefined;
  return packet.length >= 40 ? 40 + uint16(4) : undefined;
}
