import { type NamedOption, type OptionName, generate, parse } from 'coap-packet';
import { SlipwayError } from '../base/errors';
import { malformation } from './well-formed';

export type MessageType = 'CON' | 'NON' | 'ACK' | 'RST';

/** An option by coap-packet's name (`Uri-Path`, `Block1`, …), or its number in decimal where it has no name. */
export interface CoapOption {
  readonly name: OptionName | (string & {});
  readonly value: Uint8Array;
}

/** One CoAP message (RFC 7252 §3). `code` is in dotted form: `0.03`, `2.31`; `0.00` is Empty. */
export interface CoapMessage {
  readonly type: MessageType;
  readonly code: string;
  readonly messageId: number;
  readonly token: Uint8Array;
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
}

/** Largest message this product sends, in a long block over a reliable transport; others are far below. */
const MAX_MESSAGE_BYTES = 65_536;

/** Between options and payload (RFC 7252 §3). */
const PAYLOAD_MARKER = Uint8Array.of(0xff);

const NO_BYTES = new Uint8Array(0);

/** Serializes a message. Throws `coap.malformed` when it can't be: token too long, too large, Empty with a payload. */
export function encodeMessage(message: CoapMessage): Uint8Array {
  const { payload } = message;
  try {
    if (message.code === '0.00' && payload.length > 0) throw new RangeError('Empty with a payload');
    // Without the payload, of which coap-packet makes a string, twice, to see whether there is one.
    const head = generate(
      {
        code: message.code,
        confirmable: message.type === 'CON',
        ack: message.type === 'ACK',
        reset: message.type === 'RST',
        messageId: message.messageId,
        token: Buffer.from(message.token),
        options: message.options.map(
          ({ name, value }) => ({ name, value: Buffer.from(value) }) as NamedOption,
        ),
      },
      MAX_MESSAGE_BYTES,
    );
    const bytes = payload.length === 0 ? head : Buffer.concat([head, PAYLOAD_MARKER, payload]);
    if (bytes.length > MAX_MESSAGE_BYTES) throw new RangeError(`${bytes.length} bytes`);
    return bytes;
  } catch (cause) {
    throw new SlipwayError('coap.malformed', { reason: String(cause) }, { cause });
  }
}

/** Parses a datagram; the result shares no memory with it. Throws `coap.malformed`. */
export function decodeMessage(data: Uint8Array): CoapMessage {
  const reason = malformation(data);
  if (reason !== undefined) throw new SlipwayError('coap.malformed', { reason });
  try {
    const packet = parse(Buffer.from(data));
    return {
      type: packet.reset ? 'RST' : packet.ack ? 'ACK' : packet.confirmable ? 'CON' : 'NON',
      code: packet.code,
      messageId: packet.messageId,
      token: packet.token,
      options: packet.options.map(({ name, value }) => ({ name: String(name), value })),
      payload: packet.payload,
    };
  } catch (cause) {
    throw new SlipwayError(
      'coap.malformed',
      { reason: cause instanceof Error ? cause.message : String(cause) },
      { cause },
    );
  }
}

/** First value of the named option. */
export function optionOf(message: CoapMessage, name: OptionName): Uint8Array | undefined {
  return message.options.find((option) => option.name === name)?.value;
}

/** An Empty message (RFC 7252 §4.1): ACK or RST to `messageId`, or a CON ping. */
export function emptyMessage(type: 'CON' | 'ACK' | 'RST', messageId: number): CoapMessage {
  return { type, code: '0.00', messageId, token: NO_BYTES, options: [], payload: NO_BYTES };
}
