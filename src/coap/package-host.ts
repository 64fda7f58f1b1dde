import { createHash, randomBytes } from 'node:crypto';
import { Emitter, type Event } from '../base/event';
import type { CoapReply, IncomingRequest } from './endpoint';
import { blockSize } from './options';

/** First segment of the paths that packages are offered under. */
const root = 'p';
/** A package under its path never changes: caches may keep it for long, s. */
const maxAgeSeconds = 86_400;
/** application/octet-stream (RFC 7252 §12.3). */
const octetStream = 42;
const etagBytes = 8;

/** A package that one board may fetch. */
export interface PackageOffer {
  /** Absolute path, e.g. `/p/5f0c…/firmware.suit`. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** First bytes of the package's SHA-256. */
  readonly etag: Uint8Array;
  /** How far into the package the board has come, bytes: the end of what it was given last. */
  readonly onDidServe: Event<number>;
  /** Takes it back: what asks for it later gets 4.04. */
  dispose(): void;
}

interface Entry extends PackageOffer {
  readonly served: Emitter<number>;
}

/**
 * Offers packages to boards that pull them. Any number of boards at once share one buffer: each block is cut from it
 * when it is asked for, of any size and in any order, and nothing is kept for a board.
 */
export class PackageHost {
  private readonly offers = new Map<string, Entry>();

  /** Offers `bytes` under a path that nobody can guess. `name` is the end of it. */
  offer(name: string, bytes: Uint8Array): PackageOffer {
    const path = `/${root}/${randomBytes(8).toString('hex')}/${name.replace(/[^\w.-]/g, '_')}`;
    const served = new Emitter<number>();
    const offer: Entry = {
      path,
      bytes,
      etag: createHash('sha256').update(bytes).digest().subarray(0, etagBytes),
      served,
      onDidServe: served.event,
      dispose: () => {
        this.offers.delete(path);
        served.dispose();
      },
    };
    this.offers.set(path, offer);
    return offer;
  }

  /** The offer under that path. */
  find(path: string): PackageOffer | undefined {
    return this.offers.get(path);
  }

  /** Counts bytes up to `end` of an offer as given to its board, also where another protocol gave them. */
  served(path: string, end: number): void {
    this.offers.get(path)?.served.fire(end);
  }

  /** Answers a request; undefined for one that is none for a package. */
  handle({ method, path, block2 }: IncomingRequest): CoapReply | undefined {
    if (path.split('/')[1] !== root) return undefined;
    const offer = this.offers.get(path);
    if (!offer) return { code: '4.04' };
    if (method !== 'GET') return { code: '4.05' };
    const { bytes, etag } = offer;
    const size = block2 ? blockSize(block2.szx) : 0;
    this.served(path, Math.min(block2 ? (block2.num + 1) * size : 0, bytes.length));
    return { code: '2.05', contentFormat: octetStream, maxAge: maxAgeSeconds, etag, payload: bytes };
  }
}
