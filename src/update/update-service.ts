import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { type Event, Emitter } from '../base/event';
import type { Log } from '../base/log';
import type { Board } from '../lwm2m/board';
import { ComponentsUpdate, type ComponentsUpdateOptions } from './components-update';
import type { DeliveryPreference } from './delivery';
import type { ComponentPackage } from './firmware-components';
import { FirmwareUpdate } from './firmware-update';
import type { UpdateHistory } from './history';
import { type JobSubject, type JobWork, RecordedJob, type RecordedJobOptions } from './job';
import type { PackageSource } from './package-source';
import { firmwareTarget } from './package-target';
import type { PreflightCheck } from './preflight-checks';
import { resetFirmware } from './reset';
import type { FirmwareRunOptions } from './run-options';
import type { UpdateEvents, UpdateJob, UpdatePackage, UpdateRecord, UpdateTimeouts } from './types';

/** Long enough for boards that erase flash before they answer or write it slowly, ms. */
export const defaultTimeouts: UpdateTimeouts = {
  preflight: 30_000,
  interruption: 120_000,
  downloaded: 120_000,
  apply: 30_000,
  deferred: 3_600_000,
  reboot: 180_000,
  confirm: 30_000,
};

/** How often an update starts over by itself after its board restarted. */
export const defaultRetries = 3;

export interface UpdateServiceOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly history: UpdateHistory;
  /** Asked at the start of every run, so that a changed setting holds from the next one. */
  readonly timeouts?: () => UpdateTimeouts;
  /** How often an update may start over after an interruption; asked at the start of every run. */
  readonly retries?: () => number;
  /** Where boards that pull find their packages; without it packages are pushed. */
  readonly packages?: PackageSource;
  /** Asked at the start of every run, as `severity`. */
  readonly delivery?: () => DeliveryPreference;
  /** Severity (5/0/11) that boards are told: 0 critical, 1 mandatory, 2 optional; undefined tells none. */
  readonly severity?: () => number | undefined;
  /** Whether work of another kind is under way on the board of that endpoint name. */
  readonly isBusy?: (endpoint: string) => boolean;
  /** Asks whether a push to that board goes on in spite of a warning; without it, none does. */
  readonly confirm?: (board: Board, warning: PreflightCheck) => Promise<boolean>;
}

/** Runs updates: one per board at a time, many boards at once, each recorded in the history. */
export class UpdateService implements Disposable, UpdateEvents {
  private readonly running = new Map<string, FirmwareJob>();
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
    const retries = this.options.retries?.() ?? defaultRetries;
    return this.run(board, pkg, {}, (options) => new FirmwareUpdate({ ...options, package: pkg, retries }));
  }

  /** Starts an update of several components together (object 33629). Throws as `start`. */
  startComponents(board: Board, parts: ComponentsUpdateOptions['parts']): UpdateJob {
    const about = { kind: 'components', instances: parts.map(({ instance }) => instance) } as const;
    return this.run(board, allOf(parts), about, (options) => new ComponentsUpdate({ ...options, parts }));
  }

  /**
   * Brings the board's object 5 and its components (object 33629), or one of them, back to Idle. Rejects `update.busy`
   * during a run, `update.no-object` where it has neither, and as `resetFirmware`.
   */
  async reset(board: Board, signal: AbortSignal, component?: number): Promise<void> {
    this.demandFree(board);
    const components = component === undefined ? board.instancesOf(33629) : [component];
    const targets = [
      ...(component === undefined && board.hasObject(5) ? [firmwareTarget()] : []),
      ...components.map((instance) => firmwareTarget(33629, instance)),
    ];
    if (targets.length === 0) {
      throw new SlipwayError('update.no-object', { board: board.endpoint, objectId: 5 });
    }
    this.resetting.add(board.endpoint);
    const { clock, log } = this.options;
    try {
      for (const target of targets) await resetFirmware(board, clock, log, signal, target);
    } finally {
      this.resetting.delete(board.endpoint);
    }
  }

  /** Cancels every run. They still enter the history. */
  dispose(): void {
    for (const job of this.running.values()) job.cancel();
  }

  private run(
    board: Board,
    pkg: UpdatePackage,
    about: Pick<UpdateRecord, 'kind' | 'instances'>,
    workFrom: (options: FirmwareRunOptions) => JobWork,
  ): UpdateJob {
    this.demandFree(board);
    if (!board.online) throw new SlipwayError('lwm2m.offline', { board: board.endpoint });
    const { clock, log, timeouts, packages, delivery, severity, confirm } = this.options;
    const work: RecordedJobOptions['work'] = (signal, onProgress) =>
      workFrom({
        ...{ board, clock, log, packages, signal, onProgress },
        timeouts: timeouts?.() ?? defaultTimeouts,
        delivery: delivery?.() ?? 'auto',
        severity: severity?.(),
        confirm: async (warning) => (await confirm?.(board, warning)) ?? false,
      });
    const job = new FirmwareJob(board, pkg, about, work, this.options, (changed) => {
      if (changed.ended) this.running.delete(board.endpoint);
      this.jobsChanged.fire(changed);
    });
    this.running.set(board.endpoint, job);
    job.start();
    return job;
  }

  private demandFree({ endpoint }: Board): void {
    const { isBusy } = this.options;
    if (this.running.has(endpoint) || this.resetting.has(endpoint) || isBusy?.(endpoint)) {
      throw new SlipwayError('update.busy', { board: endpoint });
    }
  }
}

class FirmwareJob extends RecordedJob implements UpdateJob {
  readonly package: UpdatePackage;

  constructor(
    board: Board,
    pkg: UpdatePackage,
    about: Pick<UpdateRecord, 'kind' | 'instances'>,
    work: RecordedJobOptions['work'],
    { clock, log, history }: UpdateServiceOptions,
    changed: (job: FirmwareJob) => void,
  ) {
    super({
      ...{ board, clock, log, history, work },
      subject: { ...about, ...subjectOf(pkg) },
      changed: () => changed(this),
    });
    this.package = pkg;
  }
}

function subjectOf({ name, sha256, bytes, sequence, full, reducedBy }: UpdatePackage): JobSubject {
  return {
    packageName: name,
    sha256,
    bytes: bytes.length,
    ...(full && { fullBytes: full.bytes.length }),
    ...(reducedBy && { reducedBy }),
    ...(sequence !== undefined && { sequence }),
  };
}

/** Several packages as the history has them: `application: app.suit, radio: radio.suit`. */
function allOf(parts: readonly ComponentPackage[]): UpdatePackage {
  const list = (textOf: (part: ComponentPackage) => string): string => parts.map(textOf).join(', ');
  return {
    name: list((part) => `${part.name}: ${part.package.name}`),
    bytes: Buffer.concat(parts.map((part) => part.package.bytes)),
    sha256: list((part) => part.package.sha256),
  };
}
