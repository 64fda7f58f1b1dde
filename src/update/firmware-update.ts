import type { Clock } from '../base/clock';
import { SlipwayError } from '../base/errors';
import type { Log } from '../base/log';
import type { ResumePoint } from '../coap/endpoint';
import type { Board } from '../lwm2m/board';
import { BoardWatch, type FirmwareStatus } from './board-watch';
import type { Delivery, DeliveryPreference } from './delivery';
import { type Verdict, type Waiting, firmwareResult, firmwareState, judge } from './firmware-states';
import type { JobWork } from './job';
import type { PackageSource } from './package-source';
import { firmwareTarget } from './package-target';
import { withTimeout } from './phase-timeout';
import { type Preflight, preflight, readVersion } from './preflight';
import type { PreflightCheck } from './preflight-checks';
import { demandWord } from './preflight-word';
import { quietMs, resetFirmware } from './reset';
import { type Recovery, isInterruption, recoveryFrom } from './resume-policy';
import { tellSeverity } from './severity';
import { isSilence } from './silence';
import { PackageTransfer } from './transfer';
import {
  type UpdateFacts,
  type UpdatePackage,
  type UpdatePhase,
  type UpdateProgress,
  type UpdateTimeouts,
  isTransfer,
} from './types';

/** Update of object 5 (OMA Firmware Update, resource 2). */
const updatePath = '/5/0/2';

/** Cancel and Severity, from version 1.1 of the object. */
const cancelPath = '/5/0/10';
const severityPath = '/5/0/11';

const { downloaded } = firmwareState;

/** Cancelling leaves the board Idle where it answers within this time, ms. */
const cleanUpMs = 10_000;

export interface FirmwareUpdateOptions {
  readonly board: Board;
  readonly package: UpdatePackage;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeouts: UpdateTimeouts;
  /** How often a push may start over after an interruption. */
  readonly retries: number;
  readonly delivery: DeliveryPreference;
  readonly packages: PackageSource | undefined;
  /** 5/0/11; undefined leaves it as it is. */
  readonly severity: number | undefined;
  /** Whether the push goes on in spite of a warning. */
  readonly confirm: (warning: PreflightCheck) => Promise<boolean>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: UpdateProgress) => void;
}

/**
 * One update of object 5: preflight → reset if needed → push or pull → Downloaded → Update → reboot → result.
 * `run` resolves only when the board reports success (Update Result 1, and the package's version where it tells
 * one); everything else rejects. `facts` stand in either case.
 */
export class FirmwareUpdate implements JobWork {
  readonly facts: UpdateFacts;
  private watch: BoardWatch;
  /** Update Result that preflight found: it may stand from an earlier update. */
  private resultBefore: number = firmwareResult.initial;
  /** The registration under which the board is given the package. */
  private registered = '';

  constructor(private readonly options: FirmwareUpdateOptions) {
    this.watch = new BoardWatch(options.board, options.clock);
    this.facts = {
      progress: {
        phase: 'preflight',
        bytesSent: 0,
        bytesTotal: options.package.bytes.length,
        bytesPerSecond: 0,
        retransmissions: 0,
      },
    };
  }

  /**
   * Errors: those of `preflightChecks`, `update.rejected` (the board named a result), `update.board-lost`, `update.phase-timeout`,
   * `update.wrong-version`, `cancelled`, and those of the transfer.
   */
  async run(): Promise<void> {
    const { board, signal } = this.options;
    try {
      // A board in queue mode sleeps for as long as it likes: no phase of the update has begun.
      if (board.online) await board.whenAwake(signal);
      const accepted = await this.bring();
      // A board that applies by itself may have restarted already.
      const started = accepted === 'downloaded' ? board.registration.id : this.registered;
      if (accepted === 'downloaded') await this.apply(started);
      while ((await this.within('reboot', (s) => this.awaitUpdate(started, s))) === 'deferred') {
        await this.awaitEndOfDeferral();
      }
      await this.confirmOnceBack();
      this.report({ phase: 'done' });
    } catch (error) {
      if (signal.aborted) await this.cleanUp();
      throw error;
    } finally {
      this.watch.dispose();
    }
  }

  private async preflight(signal: AbortSignal): Promise<Preflight> {
    const { board, delivery, packages, package: pkg } = this.options;
    const found = await preflight({
      ...{ board, delivery, signal, watch: this.watch, package: pkg },
      schemes: packages?.schemesFor(board) ?? [],
      onChecked: (checks, status) => this.report({ ...status, checks }),
    });
    this.resultBefore = found.status.result;
    if (found.version !== undefined) this.facts.fromVersion = found.version;
    return found;
  }

  private async reset(signal: AbortSignal): Promise<void> {
    const { board, clock, log } = this.options;
    await resetFirmware(board, clock, log, signal);
  }

  /** Gets the package to the board and accepted, past interruptions as far as the limits go. */
  private async bring(): Promise<Verdict> {
    let delivery: Delivery | undefined = await this.begin();
    let attempt: Attempt = { retries: 0, delivered: false };
    for (;;) {
      try {
        delivery ??= await this.begin();
        if (!attempt.delivered) {
          const verdict = await this.deliver(delivery, attempt);
          if (verdict) return verdict;
          attempt.delivered = true;
        }
        return await this.within('downloaded', (s) => this.awaitVerdict('for-download', s));
      } catch (error) {
        const recovery = await this.recover(error, attempt);
        if (recovery === 'accepted') {
          return this.facts.progress.state === downloaded ? 'downloaded' : 'updating';
        }
        if (recovery === 'start-over') {
          delete this.facts.pushDurationMs;
          this.report({ bytesSent: 0 });
          attempt = { retries: attempt.retries, delivered: false };
          delivery = undefined;
        }
      }
    }
  }

  /** Everything before the first byte. */
  private async begin(): Promise<Delivery> {
    const { board, clock, confirm, signal } = this.options;
    this.watch.dispose();
    this.watch = new BoardWatch(board, clock);
    const { needsReset, delivery, checks } = await this.within('preflight', (s) => this.preflight(s));
    // The word that was given holds for the whole run.
    if (this.registered === '') await demandWord(checks, confirm, signal);
    if (needsReset) await this.within('preflight', (s) => this.reset(s), 'reset');
    await this.within('preflight', (s) => this.watch.start(s), delivery === 'push' ? 'push' : 'pull');
    this.registered = board.registration.id;
    return delivery;
  }

  /** Waits until the board is back, and decides how to go on. Throws what can't be mended. */
  private async recover(error: unknown, attempt: Attempt): Promise<Recovery> {
    const { board, signal, log, retries: maxRetries, package: pkg } = this.options;
    const { phase } = this.facts.progress;
    // Put together over an interruption, it may be damaged as a package that came in one piece is not.
    if (attempt.offsetBefore !== undefined && isDamage(error) && attempt.retries < maxRetries) {
      attempt.retries++;
      log.info(`${board.endpoint}: the package came to nothing over an interruption; start-over`);
      return 'start-over';
    }
    const status = await this.whenBack(error, attempt.point !== undefined);
    const sameRegistration = board.registration.id === this.registered;
    const { point, offsetBefore = 0, delivered } = attempt;
    const sentAll = delivered || (point !== undefined && point.sentUpTo >= pkg.bytes.length);
    const recovery = recoveryFrom({
      ...{ status, sameRegistration, sentAll, delivered, offsetBefore, maxRetries },
      resultBefore: this.resultBefore,
      offset: point?.offset,
      runsNewVersion: sentAll && !sameRegistration && (await this.runsNewVersion(signal)),
      retries: attempt.retries,
    });
    log.info(`${board.endpoint}: interrupted in phase ${phase}: ${String(error)}; ${recovery}`);
    if (recovery === 'rejected') throw this.rejected(status.result, error);
    if (recovery === 'give-up') throw error;
    const hasAdvanced = recovery === 'resume' && (point?.offset ?? 0) > offsetBefore;
    if (recovery === 'start-over' || (recovery === 'resume' && !hasAdvanced)) attempt.retries++;
    if (recovery === 'resume') attempt.offsetBefore = point?.offset ?? 0;
    return recovery;
  }

  /**
   * After an error that an interruption causes: State and Update Result, once the board answers again. Throws other
   * errors, and `update.board-lost` when the board stays away. Some boards answer nothing but the push that broke off
   * (`isAmidPush`) with 5.03: they still hold what they have of it.
   */
  private async whenBack(error: unknown, isAmidPush = false): Promise<FirmwareStatus> {
    const { board, signal, timeouts } = this.options;
    if (signal.aborted || !isInterruption(error)) throw error;
    const { phase } = this.facts.progress;
    try {
      const status =
        timeouts.interruption > 0
          ? await this.within('interruption', (s) =>
              this.watch.readOnceBack(quietMs, s, () =>
                isAmidPush && board.registration.id === this.registered
                  ? { state: firmwareState.downloading, result: this.resultBefore }
                  : undefined,
              ),
            )
          : await this.watch.read(signal);
      this.report({ ...status });
      return status;
    } catch (readError) {
      if (SlipwayError.is(readError, 'cancelled')) throw readError;
      throw this.boardLost(phase, error);
    } finally {
      this.report({ phase });
    }
  }

  /** Gets the package to the board; `undefined` while it is still to judge it. */
  private async deliver(delivery: Delivery, attempt: Attempt): Promise<Verdict | undefined> {
    const { board, clock, log, packages, signal, timeouts, package: pkg } = this.options;
    const transfer = new PackageTransfer({
      ...{ board, clock, log, packages, signal, package: pkg, watch: this.watch },
      target: firmwareTarget(),
      idleMs: timeouts.downloaded,
      stopsWithLink: timeouts.interruption > 0,
      resultBefore: this.resultBefore,
      report: (change) => this.report(change),
      rejected: (result, cause) => this.rejected(result, cause),
    });
    const startedAt = clock.now();
    try {
      if (delivery !== 'push') return await transfer.pull(delivery);
      await transfer.push(attempt.point, attempt.point ? this.facts.progress.retransmissions : 0);
    } finally {
      if (transfer.point) attempt.point = transfer.point;
      this.facts.pushDurationMs = (this.facts.pushDurationMs ?? 0) + clock.now() - startedAt;
    }
    return undefined;
  }

  /** Has the package applied; told once more where the board did not hear it. */
  private async apply(registrationId: string): Promise<void> {
    const { board } = this.options;
    try {
      await this.within('apply', (s) => this.startApplying(s));
    } catch (error) {
      const { state } = await this.whenBack(error);
      if (state !== downloaded || board.registration.id !== registrationId) return;
      await this.within('apply', (s) => this.startApplying(s));
    }
  }

  private async startApplying(signal: AbortSignal): Promise<void> {
    const { board, severity, log } = this.options;
    if (severity !== undefined) await tellSeverity(board, severityPath, severity, log, signal);
    try {
      await board.execute(updatePath, undefined, { signal });
    } catch (error) {
      // A board that is in its reboot already took it, and its answer was lost.
      if (!SlipwayError.is(error, 'lwm2m.offline')) throw error;
      log.info(`${board.endpoint}: went away before it answered to Update`);
    }
  }

  /** Waits until State and Update Result decide; reads them when the board has been quiet. */
  private async awaitVerdict(waiting: Waiting, signal: AbortSignal): Promise<Verdict> {
    const { board } = this.options;
    // Asked first: what is known may be of the update before.
    let status: FirmwareStatus | undefined = await this.watch.read(signal);
    for (;;) {
      const verdict = status && this.settle(waiting, status);
      if (verdict) return verdict;
      const changed = await this.watch.changed(quietMs, signal);
      if (!board.online || board.registration.id !== this.registered) {
        throw this.boardLost(this.facts.progress.phase);
      }
      status = changed ? this.watch.status : await this.watch.read(signal);
    }
  }

  /** The verdict that ends a wait, or undefined to wait on; throws for a result that refuses. */
  private settle(waiting: Waiting, status: FirmwareStatus): Verdict | undefined {
    this.report(status);
    const verdict = judge(waiting, status.state, status.result);
    if (verdict === 'failed') throw this.rejected(status.result);
    return verdict === 'wait' ? undefined : verdict;
  }

  /**
   * After Update the board goes away and comes back, or applies without a reboot. Its silence meanwhile is no
   * failure, whatever form it takes; only the phase's timeout ends the wait.
   */
  private async awaitUpdate(registrationId: string, signal: AbortSignal): Promise<Verdict> {
    const { board } = this.options;
    for (;;) {
      const rebooted = board.registration.id !== registrationId;
      try {
        if (board.online) {
          // What is known may be from before Update; only what is asked now counts.
          const status = await this.watch.read(signal);
          const verdict = this.settle('for-update', status);
          if (verdict) return verdict;
          // Back with nothing to say: some boards lose the result with the reboot. Their version decides.
          if (rebooted && status.result === firmwareResult.initial && status.state === 0) {
            if (await this.runsNewVersion(signal)) return 'succeeded';
          }
        }
      } catch (error) {
        if (signal.aborted || !isSilence(error)) throw error;
      }
      await this.watch.changed(quietMs, signal);
    }
  }

  /** The board put the update off (Update Result 11): it stays Downloaded until its user, or time, lets it go on. */
  private async awaitEndOfDeferral(): Promise<void> {
    const { board, timeouts } = this.options;
    const registered = board.registration.id;
    const period = await this.within(
      'confirm',
      (s) => board.readResource('/5/0/13', { signal: s }),
      'deferred',
    );
    const limitMs = typeof period === 'number' && period > 0 ? period * 1000 + quietMs : timeouts.deferred;
    await this.within(
      'deferred',
      async (signal) => {
        while (board.registration.id === registered) {
          const status = await this.watch.read(signal);
          this.report(status);
          if (judge('for-update', status.state, status.result) !== 'deferred') return;
          await this.watch.changed(quietMs, signal);
        }
      },
      'deferred',
      limitMs,
    );
  }

  private async runsNewVersion(signal: AbortSignal): Promise<boolean> {
    const expected = this.options.package.version;
    if (expected === undefined || expected === this.facts.fromVersion) return false;
    return (await readVersion(this.options.board, signal)) === expected;
  }

  /** The board is done: that it can't be asked for a while changes nothing. */
  private async confirmOnceBack(): Promise<void> {
    try {
      await this.within('confirm', (s) => this.confirm(s));
    } catch (error) {
      await this.whenBack(error);
      await this.within('confirm', (s) => this.confirm(s));
    }
  }

  private async confirm(signal: AbortSignal): Promise<void> {
    const expected = this.options.package.version;
    const version = await readVersion(this.options.board, signal);
    if (version === undefined) return;
    this.facts.toVersion = version;
    if (expected !== undefined && version !== expected) {
      throw new SlipwayError('update.wrong-version', {
        board: this.options.board.endpoint,
        expected,
        actual: version,
      });
    }
  }

  /** Runs a phase under its timeout; the phase shown is `shown`, the one whose timeout holds is `phase`. */
  private async within<T>(
    phase: keyof UpdateTimeouts,
    work: (signal: AbortSignal) => Promise<T>,
    shown: UpdatePhase = phase,
    timeoutMs = this.options.timeouts[phase],
  ): Promise<T> {
    const { board, clock, signal } = this.options;
    this.report({ phase: shown, bytesPerSecond: 0, remainingMs: undefined });
    return await withTimeout({ board: board.endpoint, clock, signal }, shown, timeoutMs, work);
  }

  /** After a cancel: the board must not be left with half a package, as far as it still answers. */
  private async cleanUp(): Promise<void> {
    const { board, clock, log } = this.options;
    const { phase } = this.facts.progress;
    if (!isTransfer(phase) && phase !== 'downloaded' && phase !== 'deferred') return;
    const abort = new AbortController();
    const timer = clock.schedule(cleanUpMs, () => abort.abort());
    try {
      await this.cancelOnBoard(abort.signal);
    } catch (error) {
      log.warn(`${board.endpoint}: could not reset after the cancel: ${String(error)}`);
    } finally {
      timer.dispose();
    }
  }

  /** By Cancel (5/0/10), which boards have from version 1.1 of the object; else by a reset. */
  private async cancelOnBoard(signal: AbortSignal): Promise<void> {
    const { board, clock, log } = this.options;
    try {
      await board.execute(cancelPath, undefined, { signal });
    } catch (error) {
      if (!SlipwayError.is(error, 'coap.response')) throw error;
      await resetFirmware(board, clock, log, signal);
    }
  }

  private report(change: { [K in keyof UpdateProgress]?: UpdateProgress[K] | undefined }): void {
    const { remainingMs, ...rest } = { ...this.facts.progress, ...change } as UpdateProgress;
    this.facts.progress = remainingMs === undefined ? rest : { ...rest, remainingMs };
    this.options.onProgress(this.facts.progress);
  }

  private rejected(result: number, cause?: unknown): SlipwayError {
    const { phase } = this.facts.progress;
    return new SlipwayError(
      'update.rejected',
      { board: this.options.board.endpoint, result, phase },
      { cause },
    );
  }

  private boardLost(phase: UpdatePhase, cause?: unknown): SlipwayError {
    const { bytesSent } = this.facts.progress;
    const { endpoint: board } = this.options.board;
    return new SlipwayError('update.board-lost', { board, phase, bytesSent }, { cause });
  }
}

/** Whether the board found the package damaged. */
function isDamage(error: unknown): boolean {
  return (
    SlipwayError.is(error, 'update.rejected') && error.details.result === firmwareResult.integrityCheckFailed
  );
}

/** How far the package got, over interruptions. */
interface Attempt {
  /** Where the push broke off. */
  point?: ResumePoint;
  /** Where it had broken off before. */
  offsetBefore?: number;
  retries: number;
  delivered: boolean;
}
