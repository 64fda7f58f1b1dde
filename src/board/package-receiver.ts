import type { BlockReply, IncomingBlock } from '../coap/endpoint';
import { BERT_SZX, blockSize, isFullBlock } from '../coap/options';
import type { Faults } from './faults';

export interface ReceiverEvents {
  /** The first block came. */
  started(): void;
  /** The last block came; the answer to it is 2.04, whatever becomes of the package. */
  completed(content: Uint8Array): void;
  /** The package is larger than there is room. */
  overflowed(): void;
  /** A fault: power is lost, for good or until the reboot. No answer goes out. */
  powerLost(forGood: boolean): void;
}

/** What goes wrong with a download. */
type ReceiverFaults = Pick<
  Faults,
  'resetAtBlock' | 'vanishAtBlock' | 'tooLarge' | 'busyAtBlock' | 'incompleteAtBlock'
>;

/**
 * Takes a package by Block1, strictly in order (RFC 7959 §2.5). A gap gets 4.08 and keeps what is there, so that the
 * sender may go back; block 0 starts anew.
 */
export class PackageReceiver {
  private content = new Uint8Array(0);
  private length = 0;
  private busyLeft: number;
  private incompleteLeft = 1;

  constructor(
    private readonly capacity: number,
    private readonly events: ReceiverEvents,
    private readonly faults: ReceiverFaults,
  ) {
    this.busyLeft = faults.busyAtBlock?.times ?? 0;
  }

  /** Answers one block; undefined when power went and there is nobody to answer. */
  receive(block: IncomingBlock): BlockReply | undefined {
    const fault = this.misbehave(block);
    if (fault === 'silence') return undefined;
    if (fault) return fault;

    const size = block.szx === BERT_SZX ? block.payload.length : blockSize(block.szx);
    if (block.payload.length > size || (block.more && !isFullBlock(block.szx, block.payload.length))) {
      return { code: '4.00' };
    }
    if (block.num === 0) {
      this.length = 0;
      this.content = new Uint8Array(Math.min(block.size1 ?? size, this.capacity));
      this.events.started();
    }
    if (this.length === 0 && block.num !== 0) return { code: '4.08' };
    const end = block.offset + block.payload.length;
    // Once more what is already here: its answer was lost.
    if (block.num !== 0 && end === this.length && block.more) return { code: '2.31' };
    if (block.offset !== this.length) return { code: '4.08' };
    if (end > this.capacity || (block.size1 ?? 0) > this.capacity) {
      this.discard();
      this.events.overflowed();
      return { code: '4.13', payload: Buffer.from(`room for ${this.capacity} bytes`) };
    }
    this.append(block.payload, end);
    if (block.more) return { code: '2.31' };
    const content = this.content.subarray(0, this.length);
    this.discard();
    this.events.completed(content);
    return { code: '2.04' };
  }

  /** Forgets what came so far. */
  discard(): void {
    this.length = 0;
    this.content = new Uint8Array(0);
  }

  private append(payload: Uint8Array, end: number): void {
    if (end > this.content.length) {
      const larger = new Uint8Array(Math.min(Math.max(end, this.content.length * 2), this.capacity));
      larger.set(this.content.subarray(0, this.length));
      this.content = larger;
    }
    this.content.set(payload, this.length);
    this.length = end;
  }

  private misbehave(block: IncomingBlock): BlockReply | 'silence' | undefined {
    const { resetAtBlock, vanishAtBlock, tooLarge, busyAtBlock, incompleteAtBlock } = this.faults;
    if (block.num === resetAtBlock || block.num === vanishAtBlock) {
      this.events.powerLost(block.num === vanishAtBlock);
      return 'silence';
    }
    if (tooLarge && block.szx > tooLarge.szx) {
      this.discard();
      return tooLarge.hint ? { code: '4.13', szx: tooLarge.szx } : { code: '4.13' };
    }
    if (block.num === busyAtBlock?.num && this.busyLeft > 0) {
      this.busyLeft--;
      return { code: '5.03', maxAge: 1 };
    }
    if (block.num === incompleteAtBlock && this.incompleteLeft > 0) {
      this.incompleteLeft--;
      this.discard();
      return { code: '4.08' };
    }
    return undefined;
  }
}
