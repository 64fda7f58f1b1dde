import type { TcpMessage } from './frame';

/** Types of messages in datagrams (RFC 7252 §3). */
const confirmable = 0;
const nonConfirmable = 1;
const acknowledgement = 2;
const reset = 3;

const version = 1;
const emptyCode = 0;
/** Classes 2 to 5 are responses (RFC 7252 §3). */
const firstResponse = 0x40;

/** What is to be done with a datagram of ours on a stream. */
export interface Outgoing {
  /** Goes to the peer. */
  readonly message?: TcpMessage;
  /** A CoAP ping with that message id: the answer to it is `resetOf`. */
  readonly ping?: number;
  /** Comes back at once: a stream needs no acknowledgement of the peer. */
  readonly acknowledgement?: Uint8Array;
}

/**
 * Stands in for the message layer of RFC 7252 §4, which a stream does without (RFC 8323 §3.1): turns datagrams into
 * messages of a stream and back, and acknowledges in the place of the peer what is on its way by TCP.
 */
export class MessageLayer {
  private lastMessageId = 0;

  outgoing(datagram: Uint8Array): Outgoing {
    const [head = 0, code = 0] = datagram;
    const type = (head >> 4) & 3;
    const messageId = datagram[2]! * 256 + datagram[3]!;
    // A stream has no acknowledgement, and no reset of a notification.
    if (code === emptyCode) return type === confirmable ? { ping: messageId } : {};
    const bodyAt = 4 + (head & 0x0f);
    return {
      message: { code, token: datagram.subarray(4, bodyAt), body: datagram.subarray(bodyAt) },
      ...(type === confirmable && { acknowledgement: empty(acknowledgement, messageId) }),
    };
  }

  /** A request comes as a confirmable one, a response by itself and in need of no acknowledgement. */
  incoming({ code, token, body }: TcpMessage): Uint8Array {
    this.lastMessageId = (this.lastMessageId + 1) & 0xffff;
    const type = code < firstResponse ? confirmable : nonConfirmable;
    return Buffer.concat([header(type, code, this.lastMessageId, token.length), token, body]);
  }

  /** The answer to a ping in a datagram (RFC 7252 §4.3). */
  resetOf(messageId: number): Uint8Array {
    return empty(reset, messageId);
  }
}

function empty(type: number, messageId: number): Uint8Array {
  return header(type, emptyCode, messageId, 0);
}

function header(type: number, code: number, messageId: number, tokenLength: number): Buffer {
  return Buffer.of((version << 6) | (type << 4) | tokenLength, code, messageId >> 8, messageId & 0xff);
}
