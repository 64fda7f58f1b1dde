import { SlipwayError } from '../base/errors';
import type { CoapRequest, CoapResponse, RequestOptions } from './endpoint';
import { type CoapMessage, type CoapOption, optionOf } from './message';
import { BERT_SZX, blockSize, decodeBlock, encodeBlock, isFullBlock } from './options';
import { toResponse } from './responses';

/** Sends a request under a token of its own and resolves with its first response message. */
export type SendRequest = (
  request: CoapRequest,
  extraOptions: readonly CoapOption[],
  options: RequestOptions,
) => Promise<CoapMessage>;

/** Largest representation that is put together, bytes: a board's whole object tree is far below. */
const maxBytes = 1024 * 1024;
/** How often a representation may change while it is fetched. */
const maxRestarts = 3;

/**
 * Completes a response whose first block is `first` (RFC 7959 §2.4): fetches the others, in order and of one
 * representation by their ETag, and begins anew when it changed. Returns `first` as it is when it is whole.
 *
 * Rejects as `send`; `coap.malformed` for blocks that do not fit together.
 */
export async function completeBlocks(
  send: SendRequest,
  request: CoapRequest,
  first: CoapMessage,
  options: RequestOptions = {},
): Promise<CoapResponse> {
  let head = first;
  for (let restarts = 0; restarts <= maxRestarts; restarts++) {
    const payload = await collect(send, request, head, options);
    if (payload) return toResponse(head, payload);
    head = await send(request, [], options);
  }
  throw malformed(request.path, 'the representation keeps changing');
}

/** Whether a response is all there is, not the first of several blocks. */
export function isWhole(message: CoapMessage): boolean {
  const value = optionOf(message, 'Block2');
  return !value || decodeBlock(value, BERT_SZX)?.more === false;
}

/** Undefined when the representation changed on the way. */
async function collect(
  send: SendRequest,
  request: CoapRequest,
  head: CoapMessage,
  options: RequestOptions,
): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  const etag = optionOf(head, 'ETag');
  let length = 0;
  let message = head;
  for (;;) {
    const value = optionOf(message, 'Block2');
    if (!value && message === head) return head.payload;
    const block = value && decodeBlock(value, BERT_SZX);
    if (!block || block.num * blockSize(block.szx) !== length) {
      throw malformed(request.path, 'a block is out of place');
    }
    if (block.more && !isFullBlock(block.szx, message.payload.length)) {
      throw malformed(request.path, 'a block has not the size it says');
    }
    parts.push(message.payload);
    length += message.payload.length;
    if (!block.more) return Buffer.concat(parts);
    if (length > maxBytes) throw malformed(request.path, `more than ${maxBytes} bytes`);
    const next = encodeBlock({ num: length / blockSize(block.szx), more: false, szx: block.szx });
    message = await send(request, [{ name: 'Block2', value: next }], options);
    if (message.code !== head.code) {
      throw malformed(request.path, `${message.code} in the middle of ${head.code}`);
    }
    if (!sameTag(etag, optionOf(message, 'ETag'))) return undefined;
  }
}

function sameTag(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0;
}

function malformed(path: string, reason: string): SlipwayError {
  return new SlipwayError('coap.malformed', { reason: `${path}: ${reason}` });
}
