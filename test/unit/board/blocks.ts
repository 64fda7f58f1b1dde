import type { BlockReply, IncomingBlock } from '../../../src/coap/endpoint';
import { defaultPeer } from '../support/fake-endpoint';

/** One Block1 part; `offset` follows from `num` and `szx`. */
export function block(
  part: Partial<IncomingBlock> & Pick<IncomingBlock, 'num' | 'payload' | 'more'>,
): IncomingBlock {
  const szx = part.szx ?? 0;
  return {
    peer: defaultPeer,
    method: 'PUT',
    path: '/5/0/0',
    query: [],
    offset: part.num * 2 ** (szx + 4),
    ...part,
    szx,
  };
}

/** All parts of `content`, of 2^(szx + 4) bytes each. */
export function blocksOf(content: Uint8Array, szx = 0): readonly IncomingBlock[] {
  const size = 2 ** (szx + 4);
  return Array.from({ length: Math.max(1, Math.ceil(content.length / size)) }, (_, num) => {
    const end = (num + 1) * size;
    return block({ num, szx, payload: content.subarray(num * size, end), more: end < content.length });
  });
}

/** Hands over all of `content`; the codes of the answers, `undefined` for none. */
export function push(
  receive: (part: IncomingBlock) => BlockReply | undefined,
  content: Uint8Array,
  szx = 0,
): readonly (string | undefined)[] {
  return blocksOf(content, szx).map((part) => receive(part)?.code);
}

/** `length` bytes that differ from their neighbours. */
export function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
}
