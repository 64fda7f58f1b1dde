import { createHash } from 'node:crypto';
import { unlessAborted } from '../base/abort';
import type { Disposable } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { Emitter } from '../base/event';
import type { Board } from '../lwm2m/board';
import { type JobSubject, RecordedJob } from './job';
import type { SoftwareOperation } from './software-states';
import { SoftwareRun, type SoftwareSource } from './software-run';
import type { BoardJob, UpdatePackage } from './types';
import { type UpdateServiceOptions, defaultTimeouts } from './update-service';

export type SoftwareServiceOptions = Pick<
  UpdateServiceOptions,
  'clock' | 'log' | 'history' | 'timeouts' | 'packages' | 'delivery' | 'isBusy'
>;

/** An operation on an instance of object 9 that is under way. */
export interface SoftwareJob extends BoardJob {
  readonly instance: number;
  readonly operation: SoftwareOperation;
}

/**
 * Runs operations on software (object 9): one per instance at a time. Those of several instances of a board wait for
 * one another, since boards answer nothing else while a package goes over. Each is recorded in the history.
 */
export class SoftwareService implements Disposable {
  private readonly running = new Map<string, Job>();
  private readonly changed = new Emitter<SoftwareJob>();
  /** A job was started, moved on or ended. */
  readonly onDidChangeJobs = this.changed.event;

  constructor(private readonly options: SoftwareServiceOptions) {}

  get jobs(): readonly SoftwareJob[] {
    return [...this.running.values()];
  }

  jobOf(endpoint: string, instance: number): SoftwareJob | undefined {
    return this.running.get(keyOf(endpoint, instance));
  }

  /** Whether anything is under way on a board. */
  isBusy(endpoint: string): boolean {
    return this.jobs.some(({ board }) => board === endpoint);
  }

  /**
   * Starts an operation; `source` is what a delivery delivers. Throws `software.busy` while the instance has one,
   * `update.busy` while the board's firmware is updated, `lwm2m.offline` when it is not registered.
   */
  start(board: Board, instance: number, operation: SoftwareOperation, source?: SoftwareSource): SoftwareJob {
    const { endpoint } = board;
    const key = keyOf(endpoint, instance);
    if (this.running.has(key)) throw new SlipwayError('software.busy', { board: endpoint, instance });
    if (this.options.isBusy?.(endpoint)) throw new SlipwayError('update.busy', { board: endpoint });
    if (!board.online) throw new SlipwayError('lwm2m.offline', { board: endpoint });
    const before = this.jobs.filter((job) => job.board === endpoint).map(({ finished }) => finished);
    const job = new Job(board, instance, operation, source, this.options, before, (changed) => {
      if (changed.ended) this.running.delete(key);
      this.changed.fire(changed);
    });
    this.running.set(key, job);
    job.start();
    return job;
  }

  /** Cancels every job. They still enter the history. */
  dispose(): void {
    for (const job of this.running.values()) job.cancel();
  }
}

class Job extends RecordedJob implements SoftwareJob {
  constructor(
    board: Board,
    readonly instance: number,
    readonly operation: SoftwareOperation,
    source: SoftwareSource | undefined,
    options: SoftwareServiceOptions,
    before: readonly Promise<unknown>[],
    changed: (job: Job) => void,
  ) {
    const { clock, log, history, timeouts, packages, delivery } = options;
    super({
      ...{ board, clock, log, history },
      subject: subjectOf(instance, operation, source),
      work: (signal, onProgress) =>
        new SoftwareRun({
          ...{ board, instance, operation, source, clock, log, packages, signal, onProgress },
          timeouts: timeouts?.() ?? defaultTimeouts,
          delivery: delivery?.() ?? 'auto',
          turn: (until) => unlessAborted(Promise.all(before), until),
        }),
      changed: () => changed(this),
    });
  }
}

function keyOf(endpoint: string, instance: number): string {
  return `${instance} ${endpoint}`;
}

function subjectOf(
  instance: number,
  kind: SoftwareOperation,
  source: SoftwareSource | undefined,
): JobSubject {
  const about = { kind, instances: [instance] };
  if (!source) return { ...about, packageName: `/9/${instance}`, sha256: '', bytes: 0 };
  if ('uri' in source) return { ...about, packageName: withoutSecrets(source.uri), sha256: '', bytes: 0 };
  const { name, sha256, bytes } = source.package;
  return { ...about, packageName: name, sha256, bytes: bytes.length };
}

/** A URI as it may stand in a history: names and passwords, and what follows a question mark, are nobody's business. */
function withoutSecrets(uri: string): string {
  return uri.replace(/^([^/]*\/\/)[^/@]*@/, '$1').replace(/[?#].*$/, '');
}

/** Makes a package of any file: what a software package is, its board decides. Throws `image.empty`. */
export function toSoftwarePackage(name: string, bytes: Uint8Array): UpdatePackage {
  if (bytes.length === 0) throw new SlipwayError('image.empty', { file: name });
  return { name, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}
