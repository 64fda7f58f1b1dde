import { SlipwayError } from '../base/errors';
import { BoardWatch } from './board-watch';
import { conflictingWith, linkedWith, updatedTogether } from './component-links';
import { type CheckedPart, type ComponentsPreflight, componentsPreflight } from './components-preflight';
import { executeUpdate } from './execute-update';
import {
  type ComponentPackage,
  type FirmwareComponent,
  readComponents,
  versionsOf,
} from './firmware-components';
import { firmwareResult, firmwareState, judge } from './firmware-states';
import type { JobWork } from './job';
import { firmwareTarget } from './package-target';
import { PhaseRunner } from './phase-runner';
import { demandWord } from './preflight-word';
import { quietMs, resetFirmware } from './reset';
import type { FirmwareRunOptions } from './run-options';
import { tellSeverity } from './severity';
import { askThroughSilence } from './silence';
import { PackageTransfer } from './transfer';
import { type UpdateFacts, isTransfer } from './types';

/** Advanced Firmware Update. */
const objectId = 33629;

export interface ComponentsUpdateOptions extends FirmwareRunOptions {
  readonly parts: readonly [ComponentPackage, ...ComponentPackage[]];
}

/**
 * Updates several components of a board together (object 33629): a package to each, one after another, and then one
 * Update for all of them. Succeeds when each of them reports success, and the version of its package where it has one.
 */
export class ComponentsUpdate implements JobWork {
  private readonly phases: PhaseRunner;
  private readonly watches: ReadonlyMap<number, BoardWatch>;
  /** Instances that were Idle before the first package: what they hold later came from here. */
  private readonly emptied = new Set<number>();
  private components: readonly FirmwareComponent[] = [];
  /** Bytes of the packages that are there. */
  private bytesThere = 0;

  constructor(private readonly options: ComponentsUpdateOptions) {
    const { board, clock, parts } = options;
    const bytesTotal = parts.reduce((sum, part) => sum + part.package.bytes.length, 0);
    this.phases = new PhaseRunner(options, bytesTotal);
    this.watches = new Map(
      parts.map(({ instance }) => [
        instance,
        new BoardWatch(board, clock, firmwareTarget(objectId, instance)),
      ]),
    );
  }

  get facts(): UpdateFacts {
    return this.phases.facts;
  }

  /**
   * Errors: those of `preflightChecks`, `update.no-object`, `components.unknown`, `components.conflict` before Update
   * is executed, `components.rejected` (the board named a result), `update.wrong-state`, `update.board-lost`,
   * `update.phase-timeout`, `update.wrong-version`, `cancelled`, and those of transfer and board.
   */
  async run(): Promise<void> {
    const { board, signal, parts, confirm } = this.options;
    const { phases } = this;
    try {
      if (board.online) await board.whenAwake(signal);
      const { checks, needsReset, found } = await phases.within('preflight', (s) => this.preflight(s));
      await demandWord(checks, confirm, signal);
      const shown = needsReset ? 'reset' : 'preflight';
      await phases.within('preflight', (s) => this.reset(s), { shown });
      const registered = board.registration.id;
      for (const checked of found) await this.deliver(checked, registered);
      const others = await phases.within('apply', (s) => updatedTogether(board, parts, this.emptied, s));
      await phases.within('apply', (s) => this.apply(others, s));
      const all = [parts[0].instance, ...others];
      await phases.within('reboot', (s) => this.awaitAll(all, registered, s));
      await phases.within('confirm', (s) => this.confirm(s));
      phases.report({ phase: 'done' });
    } catch (error) {
      if (signal.aborted) await this.cleanUp();
      throw error;
    } finally {
      for (const watch of this.watches.values()) watch.dispose();
    }
  }

  private async preflight(signal: AbortSignal): Promise<ComponentsPreflight> {
    const { board, parts, delivery, packages } = this.options;
    if (!board.hasObject(objectId)) {
      throw new SlipwayError('update.no-object', { board: board.endpoint, objectId });
    }
    this.components = await readComponents(board, signal);
    this.facts.fromVersion = versionsOf(parts, this.components);
    return await componentsPreflight({
      ...{ board, parts, delivery, signal, components: this.components },
      schemes: packages?.schemesFor(board) ?? [],
      watchOf: (instance) => this.watchOf(instance),
      onChecked: (checks, status) => this.phases.report({ ...status, checks }),
    });
  }

  private async reset(signal: AbortSignal): Promise<void> {
    const { board, parts, clock, log } = this.options;
    for (const { instance } of parts) {
      await resetFirmware(board, clock, log, signal, firmwareTarget(objectId, instance));
    }
    for (const { instance } of this.components) {
      const state = await board.readResource(firmwareTarget(objectId, instance).state, { signal });
      if (state === firmwareState.idle) this.emptied.add(instance);
    }
  }

  /** Gets a package to its component, and waits until it is accepted under that registration. */
  private async deliver(
    { part, preflight: { status, delivery } }: CheckedPart,
    registered: string,
  ): Promise<void> {
    const { board, clock, log, packages, signal, timeouts } = this.options;
    const { phases } = this;
    const { instance, package: pkg } = part;
    const watch = this.watchOf(instance);
    const shown = delivery === 'push' ? 'push' : 'pull';
    await phases.within('preflight', (s) => watch.start(s), { shown });
    const before = this.bytesThere;
    const transfer = new PackageTransfer({
      ...{ board, clock, log, packages, signal, watch, package: pkg },
      target: firmwareTarget(objectId, instance),
      idleMs: timeouts.downloaded,
      resultBefore: status.result,
      report: ({ bytesSent, ...change }) =>
        phases.report({ ...change, ...(bytesSent !== undefined && { bytesSent: before + bytesSent }) }),
      rejected: (result, cause) => this.rejected(part, result, undefined, cause),
    });
    const verdict = await phases.transferring(async () => {
      if (delivery !== 'push') return await transfer.pull(delivery);
      await transfer.push();
      return 'wait';
    });
    this.bytesThere += pkg.bytes.length;
    if (verdict === 'downloaded') return;
    // One that goes on by itself can't be updated together with the others.
    if (verdict === 'updating') {
      throw new SlipwayError('update.wrong-state', { board: board.endpoint, state: firmwareState.updating });
    }
    await phases.within('downloaded', (s) => this.awaitDownloaded(part, registered, s));
  }

  private async awaitDownloaded(
    part: ComponentPackage,
    registered: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { board } = this.options;
    const watch = this.watchOf(part.instance);
    for (;;) {
      // With a new registration the board has restarted, and forgotten what it was given.
      if (!board.online || board.registration.id !== registered) throw this.phases.boardLost();
      const status = await watch.read(signal);
      this.phases.report(status);
      const verdict = judge('for-download', status.state, status.result);
      if (verdict === 'downloaded') return;
      if (verdict === 'failed') throw await this.refusal(part, status.result, signal);
      await watch.changed(quietMs, signal);
    }
  }

  /** With the list of what is updated too; without one where nothing else could be (object 33629, resource 2). */
  private async apply(others: readonly number[], signal: AbortSignal): Promise<void> {
    const { board, parts, severity, log } = this.options;
    for (const { instance } of parts) {
      const path = `/${objectId}/${instance}/11`;
      if (severity !== undefined) await tellSeverity(board, path, severity, log, signal);
    }
    const { instance } = parts[0];
    const list = others.map((other) => `</${objectId}/${other}>`).join(',');
    const linked = await linkedWith(board, instance, signal);
    const alone = linked.length > 0 ? '0' : undefined;
    const args = list === '' ? alone : `0='${list}'`;
    await executeUpdate(board, `/${objectId}/${instance}/2`, args, log, signal);
  }

  /** Until each component reports success. The board goes away and comes back meanwhile. */
  private async awaitAll(
    instances: readonly number[],
    registered: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { board, parts } = this.options;
    const open = new Set(instances);
    await askThroughSilence(board, this.watchOf(parts[0].instance), signal, async () => {
      for (const instance of open) {
        if (await this.isUpdated(instance, registered, signal)) open.delete(instance);
      }
      return open.size === 0 ? true : undefined;
    });
  }

  private async isUpdated(instance: number, registered: string, signal: AbortSignal): Promise<boolean> {
    const { board, parts, clock } = this.options;
    const status = await new BoardWatch(board, clock, firmwareTarget(objectId, instance)).read(signal);
    this.phases.report(status);
    const verdict = judge('for-update', status.state, status.result);
    const part = parts.find((candidate) => candidate.instance === instance) ?? parts[0];
    if (verdict === 'failed') throw await this.refusal(part, status.result, signal);
    if (verdict === 'succeeded') return true;
    // Some boards lose the result with the reboot: their version decides.
    const rebooted = board.registration.id !== registered;
    const isMute = verdict === 'wait' && status.state === firmwareState.idle;
    return rebooted && isMute && (await this.runsNewVersion(part, signal));
  }

  private async runsNewVersion(part: ComponentPackage, signal: AbortSignal): Promise<boolean> {
    const version = await this.options.board.readResource(`/${objectId}/${part.instance}/15`, { signal });
    return version !== undefined && version === part.package.version;
  }

  private async confirm(signal: AbortSignal): Promise<void> {
    const { board, parts } = this.options;
    const components = await readComponents(board, signal);
    this.facts.toVersion = versionsOf(parts, components);
    for (const { instance, package: pkg } of parts) {
      const actual = components.find((component) => component.instance === instance)?.version;
      const expected = pkg.version;
      if (expected !== undefined && actual !== undefined && actual !== expected) {
        throw new SlipwayError('update.wrong-version', { board: board.endpoint, expected, actual });
      }
    }
  }

  /** With the components that are in the way, where the result is about them. */
  private async refusal(part: ComponentPackage, result: number, signal: AbortSignal): Promise<SlipwayError> {
    const isAboutOthers =
      result === firmwareResult.conflictingState || result === firmwareResult.dependencyError;
    const conflicting = isAboutOthers
      ? await conflictingWith(this.options.board, part.instance, signal)
      : undefined;
    return this.rejected(part, result, conflicting);
  }

  private rejected(
    { name: component }: ComponentPackage,
    result: number,
    conflicting?: string,
    cause?: unknown,
  ): SlipwayError {
    const { endpoint: board } = this.options.board;
    const what = this.phases.progress.phase === 'reboot' ? 'update' : 'package';
    return new SlipwayError(
      'components.rejected',
      { board, component, result, what, ...(conflicting !== undefined && { conflicting }) },
      { cause },
    );
  }

  /** After a cancel: no component must be left with a package, as far as the board still answers. */
  private async cleanUp(): Promise<void> {
    const { board, clock, log, parts } = this.options;
    const { phase } = this.phases.progress;
    if (!isTransfer(phase) && phase !== 'downloaded') return;
    try {
      await this.phases.cleanUp(async (signal) => {
        for (const { instance } of parts) {
          await resetFirmware(board, clock, log, signal, firmwareTarget(objectId, instance));
        }
      });
    } catch (error) {
      log.warn(`${board.endpoint}: could not reset after the cancel: ${String(error)}`);
    }
  }

  private watchOf(instance: number): BoardWatch {
    const watch = this.watches.get(instance);
    if (!watch) throw new RangeError(`no watch of instance ${instance}`);
    return watch;
  }
}
