import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock';
import type { Peer } from '../link/link';
import type { CoapReply, IncomingRequest } from './endpoint';
import { ExpiringMap } from '../base/expiring-map';
import { representationKey } from './incoming';
import type { CoapOption } from './message';
import { BERT_SZX, type BlockOption, blockSize, encodeBlock, encodeUint } from './options';

/** Blocks that a peer gets which asked for no size: one message then fits what any stack takes. */
const defaultSzx = 5;
/** How long a representation is kept for the blocks still to be asked for, ms. */
const lifetimeMs = 60_000;
const maxRepresentations = 64;

interface Representation {
  readonly reply: CoapReply;
  readonly payload: Uint8Array;
  readonly etag: Uint8Array;
}

/** One block of a reply, or the whole of it: the options to add and the payload to send. */
export interface Slice {
  readonly reply: CoapReply;
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
}

/**
 * Cuts replies by Block2 (RFC 7959 §2.4). The blocks of one transfer come from one representation, found again by
 * peer and resource.
 */
export class ResponseSlicer {
  private readonly representations: ExpiringMap<Representation>;

  /** `bertBytes`: how long a BERT block may be to a peer; undefined where it takes none. */
  constructor(
    clock: Clock,
    private readonly bertBytes: (peer: Peer) => number | undefined = () => undefined,
  ) {
    this.representations = new ExpiringMap(clock, lifetimeMs, maxRepresentations);
  }

  /** The later block that a request asks for, of what was sent to it before; undefined where that is forgotten. */
  later(request: IncomingRequest, block: BlockOption): Slice | undefined {
    const representation = this.representations.get(representationKey(request));
    return representation && this.cut(representation, request, block);
  }

  /** The first block of a reply, or all of it where it fits one; `wanted` is the request's Block2. */
  first(request: IncomingRequest, reply: CoapReply, wanted: BlockOption | undefined): Slice {
    const { payload = new Uint8Array(0) } = reply;
    const block = wanted ?? { num: 0, more: false, szx: defaultSzx };
    const fits = payload.length <= (wanted ? blockSize(block.szx) : blockSize(defaultSzx));
    if (fits && block.num === 0) {
      return { reply, options: reply.etag ? [{ name: 'ETag', value: reply.etag }] : [], payload };
    }
    const etag = reply.etag ?? createHash('sha256').update(payload).digest().subarray(0, 8);
    const representation = { reply, payload, etag };
    if (!reply.etag) this.representations.set(representationKey(request), representation);
    return this.cut(representation, request, block);
  }

  private cut(representation: Representation, { peer }: IncomingRequest, block: BlockOption): Slice {
    const long = block.szx === BERT_SZX ? this.bertBytes(peer) : undefined;
    return cut(representation, block, long ?? blockSize(block.szx));
  }
}

/** A block of `size` bytes. */
function cut({ reply, payload, etag }: Representation, { num, szx }: BlockOption, size: number): Slice {
  const start = num * blockSize(szx);
  // A block that lies behind the end (RFC 7959 §2.4).
  if (start >= payload.length) return { reply: { code: '4.02' }, options: [], payload: new Uint8Array(0) };
  const more = start + size < payload.length;
  return {
    reply,
    options: [
      { name: 'ETag', value: etag },
      { name: 'Block2', value: encodeBlock({ num, more, szx }) },
      ...(num === 0 ? [{ name: 'Size2', value: encodeUint(payload.length) }] : []),
    ],
    payload: payload.subarray(start, start + size),
  };
}
