import { SlipwayError } from '../base/errors';
import type { ResumePoint } from '../coap/endpoint';
import type { FirmwareStatus } from './board-watch';
import type { Delivery } from './delivery';
import type { FirmwareOnBoard, FirmwareUpdateOptions } from './firmware-on-board';
import { type Verdict, firmwareResult, firmwareState } from './firmware-states';
import { firmwareTarget } from './package-target';
import type { PhaseRunner } from './phase-runner';
import { type Preflight, preflight } from './preflight';
import { demandWord } from './preflight-word';
import { quietMs, resetFirmware } from './reset';
import { type Recovery, recoveryFrom } from './resume-policy';
import { PackageTransfer } from './transfer';

/**
 * Gets the package of one update to the board's object 5: preflight → reset if needed → push or pull → Downloaded. What
 * interrupts it is waited for and mended, as `recoveryFrom` decides.
 */
export class FirmwareDelivery {
  /** Update Result that preflight found: it may stand from an earlier update. */
  private resultBefore: number = firmwareResult.initial;
  private registered = '';

  constructor(
    private readonly options: FirmwareUpdateOptions,
    private readonly phases: PhaseRunner,
    private readonly firmware: FirmwareOnBoard,
  ) {}

  /** The registration under which the board is given the package. */
  get registration(): string {
    return this.registered;
  }

  /**
   * Resolves with `downloaded` once the package is accepted, `updating` where the board goes on by itself. Errors:
   * those of `preflightChecks`, `update.rejected`, `update.board-lost`, `update.phase-timeout`, `cancelled`, and those
   * of the transfer.
   */
  async bring(): Promise<Verdict> {
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
        return await this.phases.within('downloaded', (s) => this.awaitVerdict(s));
      } catch (error) {
        const recovery = await this.recover(error, attempt);
        if (recovery === 'accepted') {
          return this.phases.progress.state === firmwareState.downloaded ? 'downloaded' : 'updating';
        }
        if (recovery === 'start-over') {
          delete this.phases.facts.pushDurationMs;
          this.phases.report({ bytesSent: 0 });
          attempt = { retries: attempt.retries, delivered: false };
          delivery = undefined;
        }
      }
    }
  }

  /** Everything before the first byte. */
  private async begin(): Promise<Delivery> {
    const { board, clock, log, confirm, signal } = this.options;
    const { phases, firmware } = this;
    firmware.watchAnew();
    const { needsReset, delivery, checks } = await phases.within('preflight', (s) => this.preflight(s));
    // The word that was given holds for the whole run.
    if (this.registered === '') await demandWord(checks, confirm, signal);
    if (needsReset) {
      await phases.within('preflight', (s) => resetFirmware(board, clock, log, s), { shown: 'reset' });
    }
    const shown = delivery === 'push' ? 'push' : 'pull';
    await phases.within('preflight', (s) => firmware.watch.start(s), { shown });
    this.registered = board.registration.id;
    return delivery;
  }

  private async preflight(signal: AbortSignal): Promise<Preflight> {
    const { board, delivery, packages, package: pkg } = this.options;
    const found = await preflight({
      ...{ board, delivery, signal, watch: this.firmware.watch, package: pkg },
      schemes: packages?.schemesFor(board) ?? [],
      onChecked: (checks, status) => this.phases.report({ ...status, checks }),
    });
    this.resultBefore = found.status.result;
    if (found.version !== undefined) this.phases.facts.fromVersion = found.version;
    return found;
  }

  /** Gets the package to the board; `undefined` while it is still to judge it. */
  private async deliver(delivery: Delivery, attempt: Attempt): Promise<Verdict | undefined> {
    const { board, clock, log, packages, signal, timeouts, package: pkg } = this.options;
    const { phases, firmware } = this;
    const transfer = new PackageTransfer({
      ...{ board, clock, log, packages, signal, package: pkg, watch: firmware.watch },
      target: firmwareTarget(),
      idleMs: timeouts.downloaded,
      stopsWithLink: timeouts.interruption > 0,
      resultBefore: this.resultBefore,
      report: (change) => phases.report(change),
      rejected: (result, cause) => firmware.rejected(result, cause),
    });
    return await phases.transferring(async () => {
      try {
        if (delivery !== 'push') return await transfer.pull(delivery);
        await transfer.push(attempt.point, attempt.point ? phases.progress.retransmissions : 0);
        return undefined;
      } finally {
        if (transfer.point) attempt.point = transfer.point;
      }
    });
  }

  /** Waits until State and Update Result decide; reads them when the board has been quiet. */
  private async awaitVerdict(signal: AbortSignal): Promise<Verdict> {
    const { board } = this.options;
    const { watch } = this.firmware;
    // Asked first: what is known may be of the update before.
    let status: FirmwareStatus | undefined = await watch.read(signal);
    for (;;) {
      const verdict = status && this.firmware.settle('for-download', status);
      if (verdict) return verdict;
      const changed = await watch.changed(quietMs, signal);
      if (!board.online || board.registration.id !== this.registered) throw this.phases.boardLost();
      status = changed ? watch.status : await watch.read(signal);
    }
  }

  /** Waits until the board is back, and decides how to go on. Throws what can't be mended. */
  private async recover(error: unknown, attempt: Attempt): Promise<Recovery> {
    const { board, signal, log, retries: maxRetries, package: pkg } = this.options;
    const { phase } = this.phases.progress;
    // Put together over an interruption, it may be damaged as a package that came in one piece is not.
    if (attempt.offsetBefore !== undefined && isDamage(error) && attempt.retries < maxRetries) {
      attempt.retries++;
      log.info(`${board.endpoint}: the package came to nothing over an interruption; start-over`);
      return 'start-over';
    }
    const status = await this.firmware.whenBack(error, () => this.ofBusy(attempt));
    const sameRegistration = board.registration.id === this.registered;
    const { point, offsetBefore = 0, delivered } = attempt;
    const sentAll = delivered || (point !== undefined && point.sentUpTo >= pkg.bytes.length);
    const recovery = recoveryFrom({
      ...{ status, sameRegistration, sentAll, delivered, offsetBefore, maxRetries },
      resultBefore: this.resultBefore,
      offset: point?.offset,
      runsNewVersion: sentAll && !sameRegistration && (await this.firmware.runsNewVersion(signal)),
      retries: attempt.retries,
    });
    log.info(`${board.endpoint}: interrupted in phase ${phase}: ${String(error)}; ${recovery}`);
    if (recovery === 'rejected') throw this.firmware.rejected(status.result, error);
    if (recovery === 'give-up') throw error;
    const hasAdvanced = recovery === 'resume' && (point?.offset ?? 0) > offsetBefore;
    if (recovery === 'start-over' || (recovery === 'resume' && !hasAdvanced)) attempt.retries++;
    if (recovery === 'resume') attempt.offsetBefore = point?.offset ?? 0;
    return recovery;
  }

  /** Some boards answer nothing but the push that broke off with 5.03: they still hold what they have of it. */
  private ofBusy({ point }: Attempt): FirmwareStatus | undefined {
    if (point === undefined || this.options.board.registration.id !== this.registered) return undefined;
    return { state: firmwareState.downloading, result: this.resultBefore };
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
