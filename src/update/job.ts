import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock';
import { SlipwayError } from '../base/errors';
import { type Event, Emitter } from '../base/event';
import type { Log } from '../base/log';
import type { Board } from '../lwm2m/board';
import type { UpdateHistory } from './history';
import type { BoardJob, UpdateFacts, UpdateOutcome, UpdateProgress, UpdateRecord } from './types';

/** What a job does; `facts` stand whether it succeeds or not. */
export interface JobWork {
  readonly facts: UpdateFacts;
  run(): Promise<void>;
}

/** What a record says of a job from its beginning. */
export type JobSubject = Pick<
  UpdateRecord,
  'kind' | 'instances' | 'packageName' | 'sha256' | 'bytes' | 'fullBytes' | 'reducedBy' | 'sequence'
>;

export interface RecordedJobOptions {
  readonly board: Board;
  readonly subject: JobSubject;
  readonly clock: Clock;
  readonly log: Log;
  readonly history: UpdateHistory;
  readonly work: (signal: AbortSignal, onProgress: (progress: UpdateProgress) => void) => JobWork;
  /** The job was started, moved on or ended. */
  readonly changed: (job: RecordedJob) => void;
}

/** A job on one board that enters the history, as `interrupted` from its start on. */
export class RecordedJob implements BoardJob {
  readonly id = randomUUID();
  readonly board: string;
  readonly finished: Promise<UpdateRecord>;
  readonly onDidProgress: Event<UpdateProgress>;
  ended = false;
  private readonly abort = new AbortController();
  private readonly progressed = new Emitter<UpdateProgress>();
  private readonly work: JobWork;
  private readonly startedAt: number;
  private readonly startedAtWall: number;
  private resolve!: (record: UpdateRecord) => void;

  constructor(private readonly options: RecordedJobOptions) {
    const { board, clock, work } = options;
    this.board = board.endpoint;
    this.onDidProgress = this.progressed.event;
    this.startedAt = clock.now();
    this.startedAtWall = clock.wallTime();
    this.finished = new Promise((resolve) => (this.resolve = resolve));
    this.work = work(this.abort.signal, (progress) => {
      this.progressed.fire(progress);
      options.changed(this);
    });
  }

  get progress(): UpdateProgress {
    return this.work.facts.progress;
  }

  start(): void {
    this.options.history.begin(this.record('interrupted'));
    this.options.changed(this);
    void this.run();
  }

  cancel(): void {
    this.abort.abort();
  }

  private async run(): Promise<void> {
    const { history, log, changed, subject } = this.options;
    let record: UpdateRecord;
    try {
      await this.work.run();
      record = this.record('succeeded');
    } catch (error) {
      record = this.record(this.abort.signal.aborted ? 'cancelled' : 'failed', error);
      if (!SlipwayError.is(error)) {
        log.error(`${this.board}: ${error instanceof Error ? error.stack : String(error)}`);
      }
    }
    this.ended = true;
    const what = subject.kind ?? 'update';
    log.info(
      `${this.board}: ${what} ${record.outcome} in phase ${record.phase} after ${record.durationMs} ms`,
    );
    history.finish(record);
    changed(this);
    this.progressed.dispose();
    this.resolve(record);
  }

  private record(outcome: UpdateOutcome, error?: unknown): UpdateRecord {
    const { board, clock, subject } = this.options;
    const { progress, fromVersion, toVersion, pushDurationMs, name } = this.work.facts;
    const { bytes, fullBytes } = subject;
    const bytesPerMs = pushDurationMs ? progress.bytesSent / pushDurationMs : 0;
    return {
      ...subject,
      ...(name !== undefined && { packageName: name }),
      id: this.id,
      board: this.board,
      link: board.link.id,
      startedAt: new Date(this.startedAtWall).toISOString(),
      durationMs: Math.round(clock.now() - this.startedAt),
      retransmissions: progress.retransmissions,
      outcome,
      phase: progress.phase,
      ...(fromVersion !== undefined && { fromVersion }),
      ...(toVersion !== undefined && { toVersion }),
      ...(progress.result !== undefined && { updateResult: progress.result }),
      ...(pushDurationMs !== undefined && { pushDurationMs: Math.round(pushDurationMs) }),
      ...(pushDurationMs !== undefined &&
        pushDurationMs > 0 &&
        progress.bytesSent > 0 && {
          bytesPerSecond: Math.round((progress.bytesSent * 1000) / pushDurationMs),
        }),
      ...(fullBytes !== undefined &&
        bytesPerMs > 0 && { savedMs: Math.round((fullBytes - bytes) / bytesPerMs) }),
      ...(error !== undefined && outcome === 'failed' && { error: plainError(error) }),
    };
  }
}

/** An error as JSON; one that is not of the family has only its text, under the nearest code. */
export function plainError(error: unknown): NonNullable<UpdateRecord['error']> {
  if (SlipwayError.is(error)) return { code: error.code, details: error.details };
  return {
    code: 'update.unexpected',
    details: { reason: error instanceof Error ? error.message : String(error) },
  };
}
