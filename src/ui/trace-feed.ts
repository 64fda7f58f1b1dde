import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore } from '../base/disposable';
import { TraceExchanges, type TracedMessage } from '../coap/trace-exchanges';
import type { TraceRecorder } from '../coap/trace-recorder';

/** Messages within this time are given together, ms. */
const batchMs = 100;
/** To take a message apart costs some 10 µs: this many in each `batchMs` are a push at full speed's to spare. */
const busyBatch = 250;
/** While nobody speaks, as many at once as nobody notices. */
const quietBatch = 2000;

export interface TraceBatch {
  readonly messages: readonly TracedMessage[];
  /** These take the place of all before. */
  readonly fresh: boolean;
  /** Messages with a lower `seq` are gone. */
  readonly oldest: number;
  /** Messages that are still to be taken apart. */
  readonly behind: number;
}

/**
 * Takes the messages of a trace apart for whoever looks, from `start` to `stop`, in batches that leave the event loop to
 * a push: its messages are shown later rather than sent later.
 */
export class TraceFeed implements Disposable {
  private owned = new DisposableStore();
  private pending: Disposable | undefined;
  private exchanges = new TraceExchanges();
  private readonly known = new Map<number, TracedMessage>();
  /** `seq` of the first that is not taken apart. */
  private next = 0;
  private fresh = true;
  private isBusy = false;

  constructor(
    private readonly trace: TraceRecorder,
    private readonly clock: Clock,
    private readonly onBatch: (batch: TraceBatch) => void,
  ) {}

  /** Gives everything from the oldest on, and then what comes. */
  start(): void {
    this.stop();
    this.owned = new DisposableStore();
    this.owned.add(this.trace.onDidClear(() => this.start()));
    this.owned.add(
      this.trace.onDidRecord(() => {
        this.isBusy = true;
        this.schedule(batchMs);
      }),
    );
    this.give();
  }

  /** Gives nothing more, and forgets what it gave. */
  stop(): void {
    this.owned.dispose();
    this.pending?.dispose();
    this.pending = undefined;
    this.exchanges = new TraceExchanges();
    this.known.clear();
    this.next = this.trace.oldest;
    this.fresh = true;
    this.isBusy = false;
  }

  /** One of those that it gave and that are still kept. */
  message(seq: number): TracedMessage | undefined {
    return this.known.get(seq);
  }

  dispose(): void {
    this.stop();
  }

  private schedule(delayMs: number): void {
    this.pending ??= this.clock.schedule(delayMs, () => {
      this.pending = undefined;
      this.give();
    });
  }

  private give(): void {
    const { oldest, end } = this.trace;
    const from = Math.max(this.next, oldest);
    const entries = this.trace.slice(from, this.isBusy ? busyBatch : quietBatch);
    const messages = entries.map((entry) => this.exchanges.take(entry));
    this.next = from + messages.length;
    for (const message of messages) this.known.set(message.entry.seq, message);
    for (const seq of this.known.keys()) {
      if (seq >= oldest) break;
      this.known.delete(seq);
    }
    const behind = end - this.next;
    this.onBatch({ messages, fresh: this.fresh, oldest, behind });
    this.fresh = false;
    if (behind > 0) this.schedule(this.isBusy ? batchMs : 0);
    this.isBusy = false;
  }
}
