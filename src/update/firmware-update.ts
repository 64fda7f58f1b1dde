import { SlipwayError } from '../base/errors';
import { executeUpdate } from './execute-update';
import { FirmwareDelivery } from './firmware-delivery';
import { FirmwareOnBoard, type FirmwareUpdateOptions } from './firmware-on-board';
import { type Verdict, firmwareResult, firmwareState, judge } from './firmware-states';
import type { JobWork } from './job';
import { PhaseRunner } from './phase-runner';
import { readVersion } from './running-version';
import { quietMs, resetFirmware } from './reset';
import { tellSeverity } from './severity';
import { askThroughSilence } from './silence';
import { type UpdateFacts, isTransfer } from './types';

/** Update of object 5 (OMA Firmware Update, resource 2). */
const updatePath = '/5/0/2';

/** Cancel, Severity and Maximum Defer Period, from version 1.1 of the object. */
const cancelPath = '/5/0/10';
const severityPath = '/5/0/11';
const deferPeriodPath = '/5/0/13';

/**
 * One update of object 5: preflight → reset if needed → push or pull → Downloaded → Update → reboot → result.
 * `run` resolves only when the board reports success (Update Result 1, and the package's version where it tells
 * one); everything else rejects. `facts` stand in either case.
 */
export class FirmwareUpdate implements JobWork {
  private readonly phases: PhaseRunner;
  private readonly firmware: FirmwareOnBoard;
  private readonly delivery: FirmwareDelivery;

  constructor(private readonly options: FirmwareUpdateOptions) {
    this.phases = new PhaseRunner(options, options.package.bytes.length);
    this.firmware = new FirmwareOnBoard(options, this.phases);
    this.delivery = new FirmwareDelivery(options, this.phases, this.firmware);
  }

  get facts(): UpdateFacts {
    return this.phases.facts;
  }

  /**
   * Errors: those of `FirmwareDelivery.bring`, `update.rejected` (the board named a result), `update.board-lost`,
   * `update.phase-timeout`, `update.wrong-version`, `cancelled`.
   */
  async run(): Promise<void> {
    const { board, signal } = this.options;
    const { phases, delivery } = this;
    try {
      // A board in queue mode sleeps for as long as it likes: no phase of the update has begun.
      if (board.online) await board.whenAwake(signal);
      const accepted = await delivery.bring();
      // A board that applies by itself may have restarted already.
      const started = accepted === 'downloaded' ? board.registration.id : delivery.registration;
      if (accepted === 'downloaded') await this.apply(started);
      while ((await phases.within('reboot', (s) => this.awaitUpdate(started, s))) === 'deferred') {
        await this.awaitEndOfDeferral();
      }
      await this.confirmOnceBack();
      phases.report({ phase: 'done' });
    } catch (error) {
      if (signal.aborted) await this.cleanUp();
      throw error;
    } finally {
      this.firmware.dispose();
    }
  }

  /** Has the package applied; told once more where the board did not hear it. */
  private async apply(registrationId: string): Promise<void> {
    const { board } = this.options;
    try {
      await this.phases.within('apply', (s) => this.startApplying(s));
    } catch (error) {
      const { state } = await this.firmware.whenBack(error);
      if (state !== firmwareState.downloaded || board.registration.id !== registrationId) return;
      await this.phases.within('apply', (s) => this.startApplying(s));
    }
  }

  private async startApplying(signal: AbortSignal): Promise<void> {
    const { board, severity, log } = this.options;
    if (severity !== undefined) await tellSeverity(board, severityPath, severity, log, signal);
    await executeUpdate(board, updatePath, undefined, log, signal);
  }

  /** After Update the board goes away and comes back, or applies without a reboot. */
  private async awaitUpdate(registrationId: string, signal: AbortSignal): Promise<Verdict> {
    const { board } = this.options;
    const { firmware } = this;
    return await askThroughSilence(board, firmware.watch, signal, async () => {
      const rebooted = board.registration.id !== registrationId;
      // What is known may be from before Update; only what is asked now counts.
      const status = await firmware.watch.read(signal);
      const verdict = firmware.settle('for-update', status);
      if (verdict) return verdict;
      // Back with nothing to say: some boards lose the result with the reboot. Their version decides.
      const isMute = status.result === firmwareResult.initial && status.state === firmwareState.idle;
      return rebooted && isMute && (await firmware.runsNewVersion(signal)) ? 'succeeded' : undefined;
    });
  }

  /** The board put the update off (Update Result 11): it stays Downloaded until its user, or time, lets it go on. */
  private async awaitEndOfDeferral(): Promise<void> {
    const { board, timeouts } = this.options;
    const { phases, firmware } = this;
    const registered = board.registration.id;
    const period = await phases.within('confirm', (s) => board.readResource(deferPeriodPath, { signal: s }), {
      shown: 'deferred',
    });
    const timeoutMs = typeof period === 'number' && period > 0 ? period * 1000 + quietMs : timeouts.deferred;
    const wait = async (signal: AbortSignal): Promise<void> => {
      while (board.registration.id === registered) {
        const status = await firmware.watch.read(signal);
        phases.report(status);
        if (judge('for-update', status.state, status.result) !== 'deferred') return;
        await firmware.watch.changed(quietMs, signal);
      }
    };
    await phases.within('deferred', wait, { timeoutMs });
  }

  /** The board is done: that it can't be asked for a while changes nothing. */
  private async confirmOnceBack(): Promise<void> {
    try {
      await this.phases.within('confirm', (s) => this.confirm(s));
    } catch (error) {
      await this.firmware.whenBack(error);
      await this.phases.within('confirm', (s) => this.confirm(s));
    }
  }

  private async confirm(signal: AbortSignal): Promise<void> {
    const { board, package: pkg } = this.options;
    const actual = await readVersion(board, signal);
    if (actual === undefined) return;
    this.phases.facts.toVersion = actual;
    const expected = pkg.version;
    if (expected !== undefined && actual !== expected) {
      throw new SlipwayError('update.wrong-version', { board: board.endpoint, expected, actual });
    }
  }

  /** After a cancel: the board must not be left with half a package, as far as it still answers. */
  private async cleanUp(): Promise<void> {
    const { board, log } = this.options;
    const { phase } = this.phases.progress;
    if (!isTransfer(phase) && phase !== 'downloaded' && phase !== 'deferred') return;
    try {
      await this.phases.cleanUp((s) => this.cancelOnBoard(s));
    } catch (error) {
      log.warn(`${board.endpoint}: could not reset after the cancel: ${String(error)}`);
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
}
