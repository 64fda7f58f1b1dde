import { SlipwayError } from '../base/errors';
import { BoardWatch } from './board-watch';
import type { JobWork } from './job';
import { softwareTarget } from './package-target';
import { PhaseRunner } from './phase-runner';
import type { RunOptions } from './run-options';
import { askThroughSilence } from './silence';
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
import { type UpdateFacts, type UpdatePackage, isTransfer } from './types';

/** Executables of object 9 (OMA LWM2M_SwMgmt, appendix A). */
const executables = { install: 4, uninstall: 6, activate: 10, deactivate: 11 } as const;

/** Resources for a server that asks who pulls. */
const userNameId = 14;
const passwordId = 15;

/** A failure that stood before an operation is the operation's own once it still stands after this time, ms. */
const settleMs = 4000;

/** Where the package of a delivery comes from: from here, or from a server of the user's own. */
export type SoftwareSource =
  | { readonly package: UpdatePackage }
  | { readonly uri: string; readonly userName?: string; readonly password?: string };

export interface SoftwareRunOptions extends RunOptions {
  readonly instance: number;
  readonly operation: SoftwareOperation;
  /** Of a delivery. */
  readonly source: SoftwareSource | undefined;
  /** Resolves when the board has no other job of software under way. */
  readonly turn: (signal: AbortSignal) => Promise<unknown>;
}

/**
 * One operation on an instance of object 9, from a look at its state to the end that the board reports. What the
 * state does not allow is refused before anything is sent.
 */
export class SoftwareRun implements JobWork {
  private readonly phases: PhaseRunner;
  private readonly watch: BoardWatch;
  private resultBefore = 0;

  constructor(private readonly options: SoftwareRunOptions) {
    const { board, clock, instance, source } = options;
    this.phases = new PhaseRunner(options, source && 'package' in source ? source.package.bytes.length : 0);
    this.watch = new BoardWatch(board, clock, softwareTarget(instance));
  }

  get facts(): UpdateFacts {
    return this.phases.facts;
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
      const status = await this.phases.within('preflight', (s) => this.check(s));
      if (operation === 'deliver') await this.deliver(status);
      else await this.operate(operation);
      await this.phases.within('confirm', (s) => this.confirm(s));
      this.phases.report({ phase: 'done' });
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
    this.phases.report({ state, result });
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
      await this.phases.within('downloaded', (s) => this.awaitEnd('deliver', s));
    }
  }

  private async transfer(): Promise<'wait' | 'there'> {
    const { board, clock, log, packages, signal, timeouts, instance, source, delivery } = this.options;
    if (!source) throw new SlipwayError('update.unexpected', { reason: 'a delivery without a package' });
    const pulls = 'uri' in source || delivery === 'pull';
    await this.phases.within('preflight', (s) => this.watch.start(s), { shown: pulls ? 'pull' : 'push' });
    const own = 'package' in source ? source.package : undefined;
    const transfer = new PackageTransfer({
      ...{ board, clock, log, packages, signal, watch: this.watch },
      package: own ?? { name: '', bytes: new Uint8Array(0), sha256: '' },
      target: softwareTarget(instance),
      idleMs: timeouts.downloaded,
      resultBefore: this.resultBefore,
      report: (change) => this.phases.report(change),
      rejected: (result, cause) => this.rejected('deliver', result, cause),
    });
    return await this.phases.transferring(async () => {
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
    });
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
    const execute = async (signal: AbortSignal): Promise<void> => {
      try {
        await board.execute(this.path(executables[phase]), args, { signal });
      } catch (error) {
        await this.explain(operation, error, signal);
      }
    };
    await this.phases.within('preflight', (s) => this.watch.start(s), { shown: phase });
    await this.phases.within('apply', execute, { shown: phase });
    await this.phases.within('reboot', (s) => this.awaitEnd(operation, s), { shown: phase });
  }

  /** A refusal may have its reason in Update Result. Throws in every case. */
  private async explain(operation: SoftwareOperation, error: unknown, signal: AbortSignal): Promise<never> {
    const { board, instance } = this.options;
    if (!SlipwayError.is(error, 'coap.response')) throw error;
    const { state, result } = await readSoftware(board, instance, signal);
    this.phases.report({ state, result });
    if (isFailure(result) && result !== this.resultBefore) throw this.rejected(operation, result, error);
    throw error;
  }

  /**
   * Waits until the board reports the end of an operation. A board may restart meanwhile; a package on its way does not
   * outlive that.
   */
  private async awaitEnd(operation: SoftwareOperation, signal: AbortSignal): Promise<void> {
    const { board, instance, clock } = this.options;
    const since = clock.now();
    const registered = board.registration.id;
    await askThroughSilence(board, this.watch, signal, async () => {
      const status = await readSoftware(board, instance, signal);
      const { state, result } = status;
      this.phases.report({ state, result });
      const isOld = result === this.resultBefore && clock.now() - since < settleMs;
      const verdict = judgeSoftware(operation, status, isOld);
      if (verdict === 'done') return verdict;
      if (verdict === 'failed') throw await this.refusal(operation, result, signal);
      if (operation === 'deliver' && board.registration.id !== registered) throw this.phases.boardLost();
      return undefined;
    });
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
    const { board, log, operation } = this.options;
    const { phase } = this.phases.progress;
    if (operation !== 'deliver' || !(isTransfer(phase) || phase === 'downloaded')) return;
    const uninstall = this.path(executables.uninstall);
    try {
      await this.phases.cleanUp((signal) => board.execute(uninstall, undefined, { signal }));
    } catch (error) {
      log.info(`${board.endpoint}: the cancelled delivery stays as it is: ${String(error)}`);
    }
  }

  private path(resource: number): string {
    return `/9/${this.options.instance}/${resource}`;
  }
}
