import { SlipwayError } from '../../base/errors';

/** Codes of signalling messages, 7.01 to 7.05 (RFC 8323 §5.2). */
export const signals = { csm: 0xe1, ping: 0xe2, pong: 0xe3, release: 0xe4, abort: 0xe5 } as const;

/** Option numbers, which mean something else in each signalling message (RFC 8323 §11.2). */
const csmOptions = { maxMessageSize: 2, blockWiseTransfer: 4 } as const;
const badCsmOption = 2;

/** What one side tells of itself in its CSM (RFC 8323 §5.3). */
export interface Capabilities {
  /** Longest message it takes, bytes. */
  readonly maxMessageBytes: number;
  /** Whether it knows block-wise transfer, and with long messages BERT (RFC 8323 §6). */
  readonly blockWise: boolean;
}

/** Before a CSM says otherwise (RFC 8323 §5.3.1). */
export const baseCapabilities: Capabilities = { maxMessageBytes: 1152, blockWise: false };

interface RawOption {
  readonly number: number;
  readonly value: Uint8Array;
}

/** Body of our CSM. */
export function encodeCapabilities({ maxMessageBytes, blockWise }: Capabilities): Uint8Array {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(maxMessageBytes);
  return encodeOptions([
    { number: csmOptions.maxMessageSize, value: size },
    ...(blockWise ? [{ number: csmOptions.blockWiseTransfer, value: new Uint8Array(0) }] : []),
  ]);
}

/**
 * What the peer says in a CSM with that body, on top of what it said before. Throws `coap.malformed`, and
 * `BadCsmOption` for a critical option that is not known.
 */
export function decodeCapabilities(body: Uint8Array, before: Capabilities): Capabilities {
  let { maxMessageBytes, blockWise } = before;
  for (const { number, value } of decodeOptions(body)) {
    if (number === csmOptions.maxMessageSize && value.length <= 4) {
      maxMessageBytes = value.reduce((sum, byte) => sum * 256 + byte, 0);
    } else if (number === csmOptions.blockWiseTransfer) {
      blockWise = true;
    } else if (number % 2 === 1) {
      throw new BadCsmOption(number);
    }
  }
  return { maxMessageBytes, blockWise };
}

/** A critical option of a CSM that is not understood: the connection ends with an Abort that names it (§5.3). */
export class BadCsmOption extends Error {
  constructor(readonly number: number) {
    super(`critical CSM option ${number}`);
  }
}

/** Body of an Abort (RFC 8323 §5.6): the CSM option at fault if it was one, and words for a log. */
export function encodeAbort(words: string, option?: number): Uint8Array {
  const options = option === undefined ? [] : [{ number: badCsmOption, value: Uint8Array.of(option) }];
  return Buffer.concat([encodeOptions(options), Buffer.of(0xff), Buffer.from(words)]);
}

/** Options in the form of RFC 7252 §3.1; all numbers and lengths here are below 13. */
function encodeOptions(options: readonly RawOption[]): Uint8Array {
  let last = 0;
  return Buffer.concat(
    options.map(({ number, value }) => {
      const head = ((number - last) << 4) | value.length;
      last = number;
      return Buffer.concat([Buffer.of(head), value]);
    }),
  );
}

function decodeOptions(body: Uint8Array): RawOption[] {
  const options: RawOption[] = [];
  let at = 0;
  let number = 0;
  /** Delta or length: the nibble, or what is in the bytes that it announces. */
  const field = (nibble: number): number => {
    if (nibble < 13) return nibble;
    const first = body[at++];
    if (nibble === 13 && first !== undefined) return first + 13;
    const second = body[at++];
    if (nibble === 14 && first !== undefined && second !== undefined) return first * 256 + second + 269;
    throw new SlipwayError('coap.malformed', { reason: 'an option of a signalling message is cut off' });
  };
  while (at < body.length && body[at] !== 0xff) {
    const head = body[at++]!;
    number += field(head >> 4);
    const length = field(head & 0x0f);
    if (at + length > body.length) {
      throw new SlipwayError('coap.malformed', { reason: 'an option of a signalling message is cut off' });
    }
    options.push({ number, value: body.subarray(at, at + length) });
    at += length;
  }
  return options;
}
