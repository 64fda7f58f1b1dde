import { createHash } from 'node:crypto';
import { type Clock, sleep } from '../../src/base/clock';
import { nullLog } from '../../src/base/log';
import type { CoapEndpoint } from '../../src/coap/endpoint';
import { createCoapEndpoint } from '../../src/coap/node-coap-endpoint';
import type { Link } from '../../src/link/link';

/** What a board of the bench is like. */
export interface BoardOptions {
  readonly clock: Clock;
  /** Time it takes to write a KiB to flash, ms. */
  readonly writeMsPerKib?: number;
}

/**
 * A board that takes a push strictly in order on the product's own endpoint: it writes one block after the other,
 * answers 4.08 to a gap, and hashes what it has.
 */
export class BenchBoard {
  readonly endpoint: CoapEndpoint;
  private hash = createHash('sha256');
  private bytes = 0;
  private work: Promise<unknown> = Promise.resolve();

  constructor(
    link: Link,
    private readonly options: BoardOptions,
  ) {
    this.endpoint = createCoapEndpoint(link, { clock: options.clock, log: nullLog });
    this.endpoint.serve({
      handle: () => ({ code: '4.04' }),
      handleBlock: (block) => {
        const taken = this.work.then(() => this.take(block.offset, block.payload, block.more));
        this.work = taken;
        return taken;
      },
    });
  }

  /** SHA-256 of what it holds, in hex; it holds nothing afterwards. */
  takeDigest(): string {
    const { hash } = this;
    this.begin();
    return hash.digest('hex');
  }

  private begin(): void {
    this.hash = createHash('sha256');
    this.bytes = 0;
  }

  private async take(offset: number, payload: Uint8Array, more: boolean): Promise<{ code: string }> {
    if (offset === 0) this.begin();
    if (offset !== this.bytes) return { code: '4.08' };
    const { clock, writeMsPerKib = 0 } = this.options;
    if (writeMsPerKib > 0) await sleep(clock, (payload.length / 1024) * writeMsPerKib);
    this.hash.update(payload);
    this.bytes += payload.length;
    return { code: more ? '2.31' : '2.04' };
  }
}
