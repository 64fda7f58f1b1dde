import type { Clock } from '../base/clock';
import { SlipwayError } from '../base/errors';
import type { Log } from '../base/log';
import type { Board } from '../lwm2m/board';
import { BoardWatch } from './board-watch';
import type { DeliveryPreference } from './delivery';
import type { JobWork } from './job';
import type { PackageSource } from './package-source';
import { softwareTarget } from './package-target';
import { withTimeout } from './phase-timeout';
import { quietMs } from './reset';
import { isSilence } from './silence';
import { linkedComponents } from './software-links';
import {
  type SoftwareOperation,
  type SoftwareStatus,
  deliverFrom,
  isAllowed,
  isFailure,
  judgeSoftware,
} from './software-states';
import { readSoftware } from './software-status';
import { PackageTransfer } from './transfer';
import {
  type UpdateFacts,
  type UpdatePackage,
  type UpdatePhase,
  type UpdateProgress,
  type UpdateTimeouts,
  isTransfer,
} from './types';

/** Executables of object 9 (OMA LWM2M_SwMgmt, appendix A). */
const executables = { install: 4, uninstall: 6, activate: 10, deactivate: 11 } as const;

/** Resources for a server that asks who pulls. */
const userNameId = 14;
const passwordId = 15;

/** A failure that stood before an operation is the operation's own once it still stands after this time, ms. */
const settleMs = 4000;

/** Cancelling takes half a package away where the board answers within this time, ms. */
const cleanUpMs = 10_000;

/** Where the package of a delivery comes from: from here, or from a server of the user's own. */
export type SoftwareSource =
  | { readonly package: UpdatePackage }
  | { readonly uri: string; readonly userName?: string; readonly password?: string };

export interface SoftwareRunOptions {
  readonly board: Board;
  readonly instance: number;
  readonly operation: SoftwareOperation;
  /** Of a delivery. */
  readonly source: SoftwareSource | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeouts: UpdateTimeouts;
  readonly delivery: DeliveryPreference;
  readonly packages: PackageSource | undefined;
  /** Resolves when the board has no other job of software under way. */
  readonly turn: (signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: UpdateProgress) => void;
}

/**
 * One operation on an instance of object 9, from a look at its state to the end that the board reports. What the
 * state does not allow is refused before anything is sent.
 */
export class SoftwareRun implements JobWork {
  readonly facts: UpdateFacts;
  private readonly watch: BoardWatch;
  private resultBefore = 0;

  constructor(private readonly options: SoftwareRunOptions) {
    const { board, clock, instance, source } = options;
    this.watch = new BoardWatch(board, clock, softwareTarget(instance));
    this.facts = {
      progress: {
        phase: 'preflight',
        bytesSent: 0,
        bytesTotal: source && 'package' in source ? source.package.bytes.length : 0,
        bytesPerSecond: 0,
        retransmissions: 0,
      },
    };
  }

  /**
   * Errors: `update.no-object`, `software.no-instance`, `software.wrong-state`, `software.rejected` (the board named a
   * result), `update.board-lost`, `update.phase-timeout`, `cancelled`, and those of transfer and board.
   */
  async run(): Promise<void> {
    const { board, signal, operation, turn } = this.options;
    try {
      await turn(signal);
      if (board.online) await board.whenAwake(signal);
      const status = await this.within('preflight', 'preflight', (s) => this.check(s));
      if (operation === 'deliver') await this.deliver(status);
      else await this.operate(operation);
      await this.within('confirm', 'confirm', (s) => this.confirm(s));
      this.report({ phase: 'done' });
    } catch (error) {
      if (signal.aborted) await this.cleanUp();
      throw error;
    } finally {
      this.watch.dispose();
    }
  }

  private async check(signal: AbortSignal): Promise<SoftwareStatus> {
    const { board, instance, operation } = this.options;
    if (!board.hasObject(9)) {
      throw new SlipwayError('update.no-object', { board: board.endpoint, objectId: 9 });
    }
    if (!board.instancesOf(9).includes(instance)) {
      throw new SlipwayError('software.no-instance', { board: board.endpoint, instance });
    }
    const status = await readSoftware(board, instance, signal);
    const { state, result, active } = status;
    this.report({ state, result });
    this.resultBefore = result;
    await this.readIdentity(signal, 'fromVersion');
    if (!isAllowed(operation, status)) {
      throw new SlipwayError('software.wrong-state', {
        ...{ board: board.endpoint, instance, operation, state },
        ...(active !== undefined && { active }),
      });
    }
    return status;
  }

  private async deliver({ state }: SoftwareStatus): Promise<void> {
    if (deliverFrom(state) === 'clear') await this.operate('uninstall');
    const transferred = await this.transfer();
    if (transferred === 'wait') {
      await this.within('downloaded', 'downloaded', (s) => this.awaitEnd('deliver', s));
    }
  }

  private async transfer(): Promise<'wait' | 'there'> {
    const { board, clock, log, packages, signal, timeouts, instance, source, delivery } = this.options;
    if (!source) throw new SlipwayError('update.unexpected', { reason: 'a delivery without a package' });
    const pulls = 'uri' in source || delivery === 'pull';
    await this.within('preflight', pulls ? 'pull' : 'push', (s) => this.watch.start(s));
    const own = 'package' in source ? source.package : undefined;
    const transfer = new PackageTransfer({
      ...{ board, clock, log, packages, signal, watch: this.watch },
      package: own ?? { name: '', bytes: new Uint8Array(0), sha256: '' },
      target: softwareTarget(instance),
      idleMs: timeouts.downloaded,
      resultBefore: this.resultBefore,
      report: (change) => this.report(change),
      rejected: (result, cause) => this.rejected('deliver', result, cause),
    });
    const startedAt = clock.now();
    try {
      if ('uri' in source) {
        await this.tellCredentials(source, signal);
        await transfer.pullFrom(source.uri);
        return 'there';
      }
      if (pulls) {
        const [scheme] = packages?.schemesFor(board) ?? [];
        if (!scheme) throw new SlipwayError('update.no-protocol', { board: board.endpoint, protocols: [] });
        await transfer.pull(scheme);
        return 'there';
      }
      await transfer.push();
      return 'wait';
    } finally {
      this.facts.pushDurationMs = clock.now() - startedAt;
    }
  }

  private async tellCredentials(
    { userName, password }: { readonly userName?: string; readonly password?: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { board } = this.options;
    if (userName !== undefined) await board.write(this.path(userNameId), userName, { signal });
    if (password !== undefined) await board.write(this.path(passwordId), password, { signal });
  }

  /** Executes, and waits for the state that it leads to. */
  private async operate(operation: Exclude<SoftwareOperation, 'deliver'>): Promise<void> {
    const { board } = this.options;
    const phase = operation === 'uninstall-for-update' ? 'uninstall' : operation;
    const args = operation === 'uninstall-for-update' ? '1' : undefined;
    await this.within('preflight', phase, (s) => this.watch.start(s));
    await this.within('apply', phase, async (signal) => {
      try {
        await board.execute(this.path(executables[phase]), args, { signal });
      } catch (error) {
        await this.explain(operation, error, signal);
      }
    });
    await this.within('reboot', phase, (s) => this.awaitEnd(operation, s));
  }

  /** A refusal may have its reason in Update Result. Throws in every case. */
  private async explain(operation: SoftwareOperation, error: unknown, signal: AbortSignal): Promise<never> {
    const { board, instance } = this.options;
    if (!SlipwayError.is(error, 'coap.response')) throw error;
    const { state, result } = await readSoftware(board, instance, signal);
    this.report({ state, result });
    if (isFailure(result) && result !== this.resultBefore) throw this.rejected(operation, result, error);
    throw error;
  }

  /**
   * Waits until the board reports the end of an operation. A board may restart meanwhile: its silence is no failure,
   * only the phase's timeout ends the wait. A package on its way does not outlive a restart.
   */
  private async awaitEnd(operation: SoftwareOperation, signal: AbortSignal): Promise<void> {
    const { board, instance, clock } = this.options;
    const since = clock.now();
    const registered = board.registration.id;
    for (;;) {
      try {
        if (board.online) {
          const status = await readSoftware(board, instance, signal);
          const { state, result } = status;
          this.report({ state, result });
          const isOld = result === this.resultBefore && clock.now() - since < settleMs;
          const verdict = judgeSoftware(operation, status, isOld);
          if (verdict === 'done') return;
          if (verdict === 'failed') throw await this.refusal(operation, result, signal);
          if (operation === 'deliver' && board.registration.id !== registered) throw this.boardLost();
        }
      } catch (error) {
        if (signal.aborted || !isSilence(error)) throw error;
      }
      await this.watch.changed(quietMs, signal);
    }
  }

  /** With Status Reason (9/x/16), where the board has one. */
  private async refusal(operation: SoftwareOperation, result: number, signal: AbortSignal): Promise<Error> {
    const reason = await this.options.board.readResource(this.path(16), { signal }).catch(() => undefined);
    return this.rejected(operation, result, undefined, typeof reason === 'string' ? reason : '');
  }

  private rejected(
    operation: SoftwareOperation,
    result: number,
    cause?: unknown,
    reason = '',
  ): SlipwayError<'software.rejected'> {
    const { board, instance } = this.options;
    return new SlipwayError(
      'software.rejected',
      {
        ...{ board: board.endpoint, instance, operation, result },
        ...(!isFailure(result) && { state: this.facts.progress.state ?? 0 }),
        ...(reason !== '' && { reason }),
      },
      { cause },
    );
  }

  private boardLost(): SlipwayError {
    const { phase, bytesSent } = this.facts.progress;
    return new SlipwayError('update.board-lost', { board: this.options.board.endpoint, phase, bytesSent });
  }

  /** PkgName and PkgVersion, as they stand. */
  private async readIdentity(signal: AbortSignal, key: 'fromVersion' | 'toVersion'): Promise<void> {
    const { board } = this.options;
    const name = await board.readResource(this.path(0), { signal });
    const version = await board.readResource(this.path(1), { signal });
    if (typeof version === 'string' && version !== '') this.facts[key] = version;
    if (this.options.operation !== 'deliver' && typeof name === 'string' && name !== '') {
      this.facts.name ??= name;
    }
  }

  /** What there is now, its components included: who shows it sees it from here on. */
  private async confirm(signal: AbortSignal): Promise<void> {
    const { board, instance } = this.options;
    await this.readIdentity(signal, 'toVersion');
    for (const component of linkedComponents(board.values, instance)) {
      if (board.instancesOf(14).includes(component)) await board.read(`/14/${component}`, { signal });
    }
  }

  /** After a cancel: half a package, or one that nobody wants, is taken away as far as the board lets. */
  private async cleanUp(): Promise<void> {
    const { board, clock, log, operation } = this.options;
    const { phase } = this.facts.progress;
    if (operation !== 'deliver' || !(isTransfer(phase) || phase === 'downloaded')) return;
    const abort = new AbortController();
    const timer = clock.schedule(cleanUpMs, () => abort.abort());
    try {
      await board.execute(this.path(executables.uninstall), undefined, { signal: abort.signal });
    } catch (error) {
      log.info(`${board.endpoint}: the cancelled delivery stays as it is: ${String(error)}`);
    } finally {
      timer.dispose();
    }
  }

  /** Runs a phase, shown as `phase`, for at most the time of `limit`. */
  private async within<T>(
    limit: keyof UpdateTimeouts,
    phase: UpdatePhase,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { board, clock, signal, timeouts } = this.options;
    this.report({ phase, bytesPerSecond: 0, remainingMs: undefined });
    return await withTimeout({ board: board.endpoint, clock, signal }, phase, timeouts[limit], work);
  }

  private report(change: { [K in keyof UpdateProgress]?: UpdateProgress[K] | undefined }): void {
    const { remainingMs, ...rest } = { ...this.facts.progress, ...change } as UpdateProgress;
    this.facts.progress = remainingMs === undefined ? rest : { ...rest, remainingMs };
    this.options.onProgress(this.facts.progress);
  }

  private path(resource: number): string {
    return `/9/${this.options.instance}/${resource}`;
  }
}
