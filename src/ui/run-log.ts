import { type Disposable, DisposableStore } from '../base/disposable';
import { Emitter } from '../base/event';
import type { Clock } from '../base/clock';
import { type UpdateEvents, type UpdateJob, type UpdateRecord, isTransfer } from '../update/types';
import type { ThroughputSample } from './panel-protocol';

/** A curve has at most this many points; beyond, every second one goes. */
const maxSamples = 240;

/** What is kept of a board's last run for the panel. */
export interface LoggedRun {
  readonly job: UpdateJob;
  /** There once it has ended. */
  readonly record?: UpdateRecord;
  readonly samples: readonly ThroughputSample[];
}

interface Entry {
  readonly job: UpdateJob;
  record?: UpdateRecord;
  samples: ThroughputSample[];
  pushBegan?: number;
  intervalMs: number;
}

/** Keeps the last run of every board with the curve of its throughput, also after it ended. */
export class RunLog implements Disposable {
  private readonly runs = new Map<string, Entry>();
  private readonly owned = new DisposableStore();
  private readonly changed = new Emitter<string>();
  private readonly ended = new Emitter<UpdateRecord>();
  /** A run moved on; its board's endpoint name. */
  readonly onDidChange = this.changed.event;
  readonly onDidEnd = this.ended.event;

  constructor(
    updates: Pick<UpdateEvents, 'onDidChangeJobs'>,
    private readonly clock: Clock,
  ) {
    this.owned.add(updates.onDidChangeJobs((job) => this.take(job)));
  }

  /** The run under way on that board, or the last one. */
  get(board: string): LoggedRun | undefined {
    return this.runs.get(board);
  }

  dispose(): void {
    this.owned.dispose();
    this.changed.dispose();
    this.ended.dispose();
  }

  private take(job: UpdateJob): void {
    let entry = this.runs.get(job.board);
    if (entry?.job !== job) entry = this.begin(job);
    this.sample(entry);
    this.changed.fire(job.board);
  }

  private begin(job: UpdateJob): Entry {
    const entry: Entry = { job, samples: [], intervalMs: 0 };
    this.runs.set(job.board, entry);
    void job.finished.then((record) => {
      entry.record = record;
      this.changed.fire(job.board);
      this.ended.fire(record);
    });
    return entry;
  }

  private sample(entry: Entry): void {
    const { phase, bytesPerSecond } = entry.job.progress;
    if (!isTransfer(phase) || bytesPerSecond <= 0) return;
    const now = this.clock.now();
    entry.pushBegan ??= now;
    const elapsed = now - entry.pushBegan;
    const last = entry.samples.at(-1);
    if (last && elapsed - last[0] < entry.intervalMs) return;
    entry.samples.push([Math.round(elapsed), Math.round(bytesPerSecond)]);
    if (entry.samples.length <= maxSamples) return;
    entry.samples = entry.samples.filter((_sample, index) => index % 2 === 0);
    entry.intervalMs = (2 * elapsed) / maxSamples;
  }
}
