import { SlipwayError } from '../../base/errors';

/** A CoAP message on a stream (RFC 8323 §3.2): without type and message id, which a reliable transport makes superfluous. */
export interface TcpMessage {
  /** Class in the upper three bits, detail in the lower five: 0x45 is 2.05. */
  readonly code: number;
  readonly token: Uint8Array;
  /** Options, and the payload behind its marker: in the same form as in a datagram (RFC 7252 §3.1). */
  readonly body: Uint8Array;
}

/** The length nibble that announces a longer field, the field's bytes, and what its value is counted from. */
const extended = [
  { nibble: 13, bytes: 1, from: 13 },
  { nibble: 14, bytes: 2, from: 269 },
  { nibble: 15, bytes: 4, from: 65_805 },
] as const;

const maxTokenBytes = 8;

/** Bytes of a message with a body of that length: what Max-Message-Size counts (RFC 8323 §5.3.1). */
export function messageBytes(bodyLength: number, tokenLength: number): number {
  return 2 + (fieldFor(bodyLength)?.bytes ?? 0) + tokenLength + bodyLength;
}

export function encodeTcpMessage({ code, token, body }: TcpMessage): Uint8Array {
  const field = fieldFor(body.length);
  const head = Buffer.alloc(1 + (field?.bytes ?? 0));
  head[0] = ((field?.nibble ?? body.length) << 4) | token.length;
  if (field) head.writeUIntBE(body.length - field.from, 1, field.bytes);
  return Buffer.concat([head, Buffer.of(code), token, body]);
}

/** Takes a stream in chunks of any size and gives its messages. Holds at most one message of `maxBytes`. */
export class TcpMessageDecoder {
  private pending = Buffer.alloc(0);

  constructor(private readonly maxBytes: number) {}

  /** The messages that `chunk` completes. Throws `coap.malformed`: what follows in the stream can't be told apart. */
  push(chunk: Uint8Array): TcpMessage[] {
    this.pending = Buffer.concat([this.pending, chunk]);
    const messages: TcpMessage[] = [];
    for (let next = this.next(); next; next = this.next()) messages.push(next);
    return messages;
  }

  private next(): TcpMessage | undefined {
    const { pending } = this;
    const first = pending[0];
    if (first === undefined) return undefined;
    const tokenLength = first & 0x0f;
    if (tokenLength > maxTokenBytes) throw malformed(`token length ${tokenLength}`);
    const field = extended.find(({ nibble }) => nibble === first >> 4);
    const codeAt = 1 + (field?.bytes ?? 0);
    if (pending.length < codeAt) return undefined;
    const length = field ? field.from + pending.readUIntBE(1, field.bytes) : first >> 4;
    const end = codeAt + 1 + tokenLength + length;
    if (end > this.maxBytes) throw malformed(`a message of ${end} bytes`);
    if (pending.length < end) return undefined;
    const bodyAt = codeAt + 1 + tokenLength;
    this.pending = pending.subarray(end);
    return {
      code: pending[codeAt]!,
      token: Uint8Array.from(pending.subarray(codeAt + 1, bodyAt)),
      body: Uint8Array.from(pending.subarray(bodyAt, end)),
    };
  }
}

function fieldFor(length: number): (typeof extended)[number] | undefined {
  return extended.findLast(({ from }) => length >= from);
}

function malformed(reason: string): SlipwayError {
  return new SlipwayError('coap.malformed', { reason });
}
