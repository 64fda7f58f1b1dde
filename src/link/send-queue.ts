import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';

interface Item {
  readonly bytes: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface SendQueueOptions {
  readonly clock: Clock;
  /** Writes and drains. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Made for each send that `close` cuts off. */
  readonly closedError: () => Error;
  /** A write that takes this long will never end, e.g. because of flow control; `onStall` is told. */
  readonly stallMs: number;
  readonly onStall: () => void;
}

/** Writes one thing after the other. */
export class SendQueue {
  private items: Item[] = [];
  private isWriting = false;
  private isClosed = false;

  constructor(private readonly options: SendQueueOptions) {}

  /** Resolves when `bytes` have been written; rejects when the write fails or the queue is closed. */
  push(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) return reject(this.options.closedError());
      this.items.push({ bytes, resolve, reject });
      if (!this.isWriting) void this.writeAll();
    });
  }

  /** Rejects everything that was not written. */
  close(): void {
    this.isClosed = true;
    const items = this.items;
    this.items = [];
    for (const { reject } of items) reject(this.options.closedError());
  }

  private async writeAll(): Promise<void> {
    this.isWriting = true;
    for (let item = this.items[0]; item; item = this.items[0]) {
      const watchdog = this.watch();
      try {
        await this.options.write(item.bytes);
        item.resolve();
      } catch (error) {
        item.reject(error);
      }
      watchdog.dispose();
      if (this.items[0] === item) this.items.shift();
    }
    this.isWriting = false;
  }

  private watch(): Disposable {
    return this.options.clock.schedule(this.options.stallMs, () => {
      if (!this.isClosed) this.options.onStall();
    });
  }
}
