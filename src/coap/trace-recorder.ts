import type { Clock } from '../base/clock';
import { type Disposable } from '../base/disposable';
import { Emitter } from '../base/event';
import type { Link, LinkKind, Peer } from '../link/link';

export type TraceDirection = 'sent' | 'received';

/** One datagram as the endpoint saw it, or a frame that never became one. */
export interface TraceEntry {
  /** Counts up from 0, and is never used again. */
  readonly seq: number;
  /** ms since the Unix epoch, with fractions. */
  readonly time: number;
  readonly link: string;
  readonly linkKind: LinkKind;
  readonly direction: TraceDirection;
  readonly peer: Peer;
  /** Not to be changed. */
  readonly data: Uint8Array;
  /** Why no datagram came of `data`. */
  readonly damage?: string;
}

/** How much is kept; the oldest goes first. */
export interface TraceLimits {
  readonly entries: number;
  readonly bytes: number;
}

/** A push of 1 MiB in blocks of 64 bytes, both ways. */
export const defaultTraceLimits: TraceLimits = { entries: 40_000, bytes: 16 * 1024 * 1024 };

/**
 * Keeps the latest datagrams of all links it is handed to. Nothing is decoded or copied here: a push runs no slower for
 * it. Over CoAP over TCP it holds what the endpoint sees, with the message layer that the link makes up.
 */
export class TraceRecorder implements Disposable {
  private kept: TraceEntry[] = [];
  /** Index of the oldest in `kept`; those before it are gone. */
  private start = 0;
  private bytes = 0;
  private nextSeq = 0;
  /** Steps of the wall clock do not turn the order of entries around. */
  private readonly epoch: number;
  private readonly recorded = new Emitter<TraceEntry>();
  private readonly cleared = new Emitter<void>();
  readonly onDidRecord = this.recorded.event;
  readonly onDidClear = this.cleared.event;

  constructor(
    private readonly clock: Clock,
    private readonly limits: TraceLimits = defaultTraceLimits,
  ) {
    this.epoch = clock.wallTime() - clock.now();
  }

  /** What is kept, oldest first. */
  get entries(): readonly TraceEntry[] {
    return this.kept.slice(this.start);
  }

  /** `seq` of the oldest that is kept, or of the next one where nothing is. */
  get oldest(): number {
    return this.kept[this.start]?.seq ?? this.nextSeq;
  }

  /** `seq` of the next one. */
  get end(): number {
    return this.nextSeq;
  }

  /** At most `count` of those that are kept, from `seq` on. */
  slice(seq: number, count: number): readonly TraceEntry[] {
    const from = this.start + Math.max(0, seq - this.oldest);
    return this.kept.slice(from, from + count);
  }

  record(
    { id, kind }: Pick<Link, 'id' | 'kind'>,
    direction: TraceDirection,
    peer: Peer,
    data: Uint8Array,
    damage?: string,
  ): void {
    const entry: TraceEntry = {
      seq: this.nextSeq++,
      time: this.epoch + this.clock.now(),
      link: id,
      linkKind: kind,
      direction,
      peer,
      data,
      ...(damage !== undefined && { damage }),
    };
    this.kept.push(entry);
    this.bytes += data.length;
    this.trim();
    this.recorded.fire(entry);
  }

  clear(): void {
    this.kept = [];
    this.start = 0;
    this.bytes = 0;
    this.cleared.fire();
  }

  dispose(): void {
    this.recorded.dispose();
    this.cleared.dispose();
    this.kept = [];
    this.start = 0;
  }

  private trim(): void {
    while (
      this.kept.length - this.start > this.limits.entries ||
      (this.bytes > this.limits.bytes && this.kept.length - this.start > 1)
    ) {
      this.bytes -= this.kept[this.start]!.data.length;
      this.start++;
    }
    // Moved together once half of the array is gone: on average a step for each entry.
    if (this.start > 64 && this.start * 2 > this.kept.length) {
      this.kept = this.kept.slice(this.start);
      this.start = 0;
    }
  }
}
