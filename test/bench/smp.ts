import { createHash } from 'node:crypto';
import { decode, encode } from 'cbor-x';
import { type Clock, sleep } from '../../src/base/clock';
import type { UartEnd } from './uart';

/**
 * SMP image upload over a serial console, as mcumgr does it: one request in flight, in lines of base64. From Zephyr's
 * "SMP transport" and "SMP group 1 (image management)" specifications.
 */

/** Longest line, markers and line end included (MCUMGR_SERIAL_MAX_FRAME). */
const lineBytes = 127;
const firstMarker = Buffer.of(0x06, 0x09);
const nextMarker = Buffer.of(0x04, 0x14);
const headerBytes = 8;
/** Length in front of a packet, CRC behind it. */
const frameBytes = 4;

const imageGroup = 1;
const uploadCommand = 1;
const [writeRequest, writeResponse] = [2, 3];

interface UploadRequest {
  readonly off: number;
  readonly data: Uint8Array;
  readonly len?: number;
  readonly sha?: Uint8Array;
}

/** Uploads to a board whose SMP buffer takes packets of `bufferBytes`. Rejects on an answer that is no success. */
export async function pushBySmp(end: UartEnd, payload: Uint8Array, bufferBytes: number): Promise<void> {
  const answers = new SmpReader();
  end.onData = (bytes) => answers.push(bytes);
  const sha = createHash('sha256').update(payload).digest();
  let sequence = 0;
  for (let off = 0; off < payload.length;) {
    const about = off === 0 ? { len: payload.length, sha } : {};
    const around = encode({ ...about, off, data: Buffer.alloc(0) }).length;
    // A byte string's length takes up to two bytes more than that of an empty one.
    const room = bufferBytes - headerBytes - frameBytes - around - 2;
    const data = Buffer.from(payload.subarray(off, off + room));
    const answered = answers.next();
    await end.write(toLines(packet(writeRequest, sequence, encode({ ...about, off, data }))));
    const { rc, off: next } = decode((await answered).subarray(headerBytes)) as { rc: number; off: number };
    if (rc !== 0 || next !== off + data.length) throw new Error(`SMP: rc ${rc}, off ${next}`);
    off = next;
    sequence = (sequence + 1) & 0xff;
  }
}

/** A board with an SMP server; it writes each packet to flash before it answers. */
export class SmpBoard {
  private readonly hash = createHash('sha256');
  private bytes = 0;

  constructor(
    private readonly end: UartEnd,
    private readonly clock: Clock,
    private readonly writeMsPerKib: number,
  ) {
    const reader = new SmpReader();
    reader.onPacket = (received) => void this.take(received);
    end.onData = (bytes) => reader.push(bytes);
  }

  /** SHA-256 of what it holds, in hex. */
  get digest(): string {
    return this.hash.copy().digest('hex');
  }

  private async take(received: Buffer): Promise<void> {
    const { off, data } = decode(received.subarray(headerBytes)) as UploadRequest;
    if (off === this.bytes) {
      if (this.writeMsPerKib > 0) await sleep(this.clock, (data.length / 1024) * this.writeMsPerKib);
      this.hash.update(data);
      this.bytes += data.length;
    }
    await this.end.write(
      toLines(packet(writeResponse, received[6] ?? 0, encode({ rc: 0, off: this.bytes }))),
    );
  }
}

/** Op, flags, length, group, sequence number, command; the body is CBOR. */
function packet(op: number, sequence: number, body: Buffer): Buffer {
  const header = Buffer.alloc(headerBytes);
  header[0] = op;
  header.writeUInt16BE(body.length, 2);
  header.writeUInt16BE(imageGroup, 4);
  header[6] = sequence;
  header[7] = uploadCommand;
  return Buffer.concat([header, body]);
}

/** Length, packet and CRC as base64, cut into lines. */
function toLines(content: Buffer): Buffer {
  const frame = Buffer.alloc(content.length + frameBytes);
  frame.writeUInt16BE(content.length + 2, 0);
  content.copy(frame, 2);
  frame.writeUInt16BE(crc16(content), content.length + 2);
  const text = frame.toString('base64');
  const lines: Buffer[] = [];
  const room = lineBytes - firstMarker.length - 1;
  for (let at = 0; at < text.length; at += room) {
    lines.push(at === 0 ? firstMarker : nextMarker, Buffer.from(`${text.slice(at, at + room)}\n`));
  }
  return Buffer.concat(lines);
}

/** Puts lines together to packets. Throws on a wrong CRC: the line of the bench has no noise for SMP. */
class SmpReader {
  onPacket: (packet: Buffer) => void = (received) => this.waiting?.(received);
  private waiting: ((packet: Buffer) => void) | undefined;
  private line = Buffer.alloc(0);
  private text = '';

  next(): Promise<Buffer> {
    return new Promise((resolve) => (this.waiting = resolve));
  }

  push(bytes: Uint8Array): void {
    this.line = Buffer.concat([this.line, bytes]);
    for (let end = this.line.indexOf(0x0a); end >= 0; end = this.line.indexOf(0x0a)) {
      this.take(this.line.subarray(0, end));
      this.line = this.line.subarray(end + 1);
    }
  }

  private take(line: Buffer): void {
    const isFirst = line.subarray(0, 2).equals(firstMarker);
    this.text = (isFirst ? '' : this.text) + line.subarray(2).toString('latin1');
    const frame = Buffer.from(this.text, 'base64');
    const length = frame.length >= 2 ? frame.readUInt16BE(0) : Infinity;
    if (frame.length < length + 2) return;
    const content = frame.subarray(2, length);
    if (crc16(content) !== frame.readUInt16BE(length)) throw new Error('SMP: wrong CRC');
    this.onPacket(content);
  }
}

/** CRC-16/XMODEM. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}
