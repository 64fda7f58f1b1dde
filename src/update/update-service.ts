import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { type Event, Emitter } from '../base/event';
import type { Log } from '../base/log';
import type { Board } from '../lwm2m/board';
import type { DeliveryPreference } from './delivery';
import { FirmwareUpdate } from './firmware-update';
import type { UpdateHistory } from './history';
import type { PackageSource } from './package-source';
import { resetFirmware } from './reset';
import type {
  UpdateEvents,
  UpdateJob,
  UpdateOutcome,
  UpdatePackage,
  UpdateProgress,
  UpdateRecord,
  UpdateTimeouts,
} from './types';

/** Long enough for boards that erase flash before they answer or write it slowly, ms. */
export const defaultTimeouts: UpdateTimeouts = {
  preflight: 30_000,
  downloaded: 120_000,
  apply: 30_000,
  deferred: 3_600_000,
  reboot: 180_000,
  confirm: 30_000,
};

export interface UpdateServiceOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly history: UpdateHistory;
  /** Asked at the start of every run, so that a changed setting holds from the next one. */
  readonly timeouts?: () => UpdateTimeouts;
  /** Where boards that pull find their packages; without it packages are pushed. */
  readonly packages?: PackageSource;
  /** Asked at the start of every run, as `severity`. */
  readonly delivery?: () => DeliveryPreference;
  /** Severity (5/0/11) that boards are told: 0 critical, 1 mandatory, 2 optional; undefined tells none. */
  readonly severity?: () => number | undefined;
}

/** Runs updates: one per board at a time, many boards at once, each recorded in the history. */
export class UpdateService implements Disposable, UpdateEvents {
  private readonly running = new Map<string, Job>();
  private readonly resetting = new Set<string>();
  private readonly jobsChanged = new Emitter<UpdateJob>();
  readonly onDidChangeJobs: Event<UpdateJob> = this.jobsChanged.event;
  readonly onDidChangeHistory: Event<readonly UpdateRecord[]>;

  constructor(private readonly options: UpdateServiceOptions) {
    this.onDidChangeHistory = options.history.onDidChange;
  }

  /** Runs that are under way. */
  get jobs(): readonly UpdateJob[] {
    return [...this.running.values()];
  }

  /** The run under way on the board of that endpoint name. */
  jobOf(endpoint: string): UpdateJob | undefined {
    return this.running.get(endpoint);
  }

  /** Starts a run. Throws `update.busy` while the board has one, `lwm2m.offline` when it is not registered. */
  start(board: Board, pkg: UpdatePackage): UpdateJob {
    this.demandFree(board);
    if (!board.online) throw new SlipwayError('lwm2m.offline', { board: board.endpoint });
    const job = new Job(board, pkg, this.options, (changed) => {
      if (changed.ended) this.running.delete(board.endpoint);
      this.jobsChanged.fire(changed);
    });
    this.running.set(board.endpoint, job);
    job.start();
    return job;
  }

  /** Brings the board's object 5 back to Idle. Rejects `update.busy` during a run, and as `resetFirmware`. */
  async reset(board: Board, signal: AbortSignal): Promise<void> {
    this.demandFree(board);
    this.resetting.add(board.endpoint);
    try {
      await resetFirmware(board, this.options.clock, this.options.log, signal);
    } finally {
      this.resetting.delete(board.endpoint);
    }
  }

  /** Cancels every run. They still enter the history. */
  dispose(): void {
    for (const job of this.running.values()) job.cancel();
  }

  private demandFree({ endpoint }: Board): void {
    if (this.running.has(endpoint) || this.resetting.has(endpoint)) {
      throw new SlipwayError('update.busy', { board: endpoint });
    }
  }
}

class Job implements UpdateJob {
  readonly id = randomUUID();
  readonly board: string;
  readonly package: UpdatePackage;
  readonly finished: Promise<UpdateRecord>;
  readonly onDidProgress: Event<UpdateProgress>;
  ended = false;
  private readonly abort = new AbortController();
  private readonly progressed = new Emitter<UpdateProgress>();
  private readonly update: FirmwareUpdate;
  private readonly startedAt: number;
  private readonly startedAtWall: number;
  private resolve!: (record: UpdateRecord) => void;

  constructor(
    private readonly target: Board,
    pkg: UpdatePackage,
    private readonly options: UpdateServiceOptions,
    private readonly changed: (job: Job) => void,
  ) {
    const { clock, log, timeouts, packages, delivery, severity } = options;
    this.board = target.endpoint;
    this.package = pkg;
    this.onDidProgress = this.progressed.event;
    this.startedAt = clock.now();
    this.startedAtWall = clock.wallTime();
    this.finished = new Promise((resolve) => (this.resolve = resolve));
    this.update = new FirmwareUpdate({
      board: target,
      package: pkg,
      clock,
      log,
      timeouts: timeouts?.() ?? defaultTimeouts,
      delivery: delivery?.() ?? 'auto',
      packages,
      severity: severity?.(),
      signal: this.abort.signal,
      onProgress: (progress) => {
        this.progressed.fire(progress);
        this.changed(this);
      },
    });
  }

  get progress(): UpdateProgress {
    return this.update.facts.progress;
  }

  start(): void {
    this.options.history.begin(this.record('interrupted'));
    this.changed(this);
    void this.run();
  }

  cancel(): void {
    this.abort.abort();
  }

  private async run(): Promise<void> {
    const { history, log } = this.options;
    let record: UpdateRecord;
    try {
      await this.update.run();
      record = this.record('succeeded');
    } catch (error) {
      record = this.record(this.abort.signal.aborted ? 'cancelled' : 'failed', error);
      if (!SlipwayError.is(error)) {
        log.error(`${this.board}: ${error instanceof Error ? error.stack : String(error)}`);
      }
    }
    this.ended = true;
    log.info(
      `${this.board}: update ${record.outcome} in phase ${record.phase} after ${record.durationMs} ms`,
    );
    history.finish(record);
    this.changed(this);
    this.progressed.dispose();
    this.resolve(record);
  }

  private record(outcome: UpdateOutcome, error?: unknown): UpdateRecord {
    const { progress, fromVersion, toVersion, pushDurationMs } = this.update.facts;
    const { name, sha256, sequence, bytes } = this.package;
    return {
      id: this.id,
      board: this.board,
      link: this.target.link.id,
      packageName: name,
      sha256,
      bytes: bytes.length,
      startedAt: new Date(this.startedAtWall).toISOString(),
      durationMs: Math.round(this.options.clock.now() - this.startedAt),
      retransmissions: progress.retransmissions,
      outcome,
      phase: progress.phase,
      ...(fromVersion !== undefined && { fromVersion }),
      ...(toVersion !== undefined && { toVersion }),
      ...(sequence !== undefined && { sequence }),
      ...(progress.result !== undefined && { updateResult: progress.result }),
      ...(pushDurationMs !== undefined && { pushDurationMs: Math.round(pushDurationMs) }),
      ...(pushDurationMs !== undefined &&
        pushDurationMs > 0 && { bytesPerSecond: Math.round((progress.bytesSent * 1000) / pushDurationMs) }),
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
