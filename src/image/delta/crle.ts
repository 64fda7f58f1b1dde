import { ByteWriter } from './byte-writer';

/** Shorter runs stay among the bytes around them, as detools has it. */
const shortestRun = 6;

const scattered = 0;
const repeated = 1;

/**
 * Conditional run-length encoding (detools' `crle.py`): segments of a kind, a length (unsigned LEB128), and the bytes, or
 * the one that repeats.
 */
export function crleEncode(input: Uint8Array): Uint8Array {
  const writer = new ByteWriter(input.length + 16);
  let from = 0;
  for (let at = 0; at < input.length;) {
    let end = at + 1;
    while (end < input.length && input[end] === input[at]) end++;
    if (end - at >= shortestRun) {
      if (at > from) writeScattered(writer, input.subarray(from, at));
      writer.byte(repeated);
      writeLength(writer, end - at);
      writer.byte(input[at]!);
      from = end;
    }
    at = end;
  }
  if (from < input.length || input.length === 0) writeScattered(writer, input.subarray(from));
  return writer.result();
}

function writeScattered(writer: ByteWriter, bytes: Uint8Array): void {
  writer.byte(scattered);
  writeLength(writer, bytes.length);
  writer.append(bytes);
}

function writeLength(writer: ByteWriter, length: number): void {
  let rest = length;
  while (rest >= 0x80) {
    writer.byte((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  writer.byte(rest);
}

/** Decodes as it comes, byte by byte, without a buffer. */
export class CrleDecoder {
  private state: 'kind' | 'length' | 'bytes' = 'kind';
  private kind = scattered;
  private left = 0;
  private sizeBytes = 0;

  /** Takes one more byte; calls `emit` with each byte that it completes. Throws RangeError on what CRLE can't be. */
  push(byte: number, emit: (byte: number) => void): void {
    switch (this.state) {
      case 'kind':
        if (byte !== scattered && byte !== repeated) {
          throw new RangeError(`a segment of the unknown kind ${byte}`);
        }
        this.kind = byte;
        this.left = this.sizeBytes = 0;
        this.state = 'length';
        return;
      case 'length':
        this.left += (byte & 0x7f) * 2 ** (7 * this.sizeBytes++);
        if (this.sizeBytes > 4) throw new RangeError('a segment beyond 28 bits of length');
        if ((byte & 0x80) === 0) this.state = this.left === 0 && this.kind === scattered ? 'kind' : 'bytes';
        return;
      case 'bytes':
        if (this.kind === scattered) {
          emit(byte);
          if (--this.left === 0) this.state = 'kind';
        } else {
          this.state = 'kind';
          for (let count = 0; count < this.left; count++) emit(byte);
        }
    }
  }

  /** Whether the input may end here. */
  get atEnd(): boolean {
    return this.state === 'kind';
  }
}
