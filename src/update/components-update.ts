import type { Clock } from '../base/clock';
import { SlipwayError } from '../base/errors';
import type { Log } from '../base/log';
import type { Board } from '../lwm2m/board';
import { BoardWatch } from './board-watch';
import type { Delivery, DeliveryPreference } from './delivery';
import { type FirmwareComponent, linkedInstances, readComponents } from './firmware-components';
import { type Verdict, firmwareResult, firmwareState, judge } from './firmware-states';
import type { JobWork } from './job';
import { firmwareTarget } from './package-target';
import type { PackageSource } from './package-source';
import { withTimeout } from './phase-timeout';
import { preflight } from './preflight';
import type { PreflightCheck } from './preflight-checks';
import { demandWord } from './preflight-word';
import { quietMs, resetFirmware } from './reset';
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

/** Advanced Firmware Update. */
const objectId = 33629;

/** Linked Instances and Conflicting Instances. */
const linkedId = 16;
const conflictingId = 17;

/** Cancelling leaves the components Idle where the board answers within this time, ms. */
const cleanUpMs = 10_000;

/** Of an instance that preflight did not get to. */
const unknownBefore = { result: firmwareResult.initial, delivery: 'push' } as const;

/** A package, and the component of the board that it is for. */
export interface ComponentPackage {
  /** Of object 33629. */
  readonly instance: number;
  /** What people call it. */
  readonly name: string;
  readonly package: UpdatePackage;
}

export interface ComponentsUpdateOptions {
  readonly board: Board;
  readonly parts: readonly [ComponentPackage, ...ComponentPackage[]];
  readonly clock: Clock;
  readonly log: Log;
  readonly timeouts: UpdateTimeouts;
  readonly delivery: DeliveryPreference;
  readonly packages: PackageSource | undefined;
  /** 33629/x/11; undefined leaves it as it is. */
  readonly severity: number | undefined;
  /** Whether the push goes on in spite of a warning. */
  readonly confirm: (warning: PreflightCheck) => Promise<boolean>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: UpdateProgress) => void;
}

/**
 * Updates several components of a board together (object 33629): a package to each, one after another, and then one
 * Update for all of them. Succeeds when each of them reports success, and the version of its package where it has one.
 */
export class ComponentsUpdate implements JobWork {
  readonly facts: UpdateFacts;
  private readonly watches: ReadonlyMap<number, BoardWatch>;
  /** Instances that were Idle before the first package: what they hold later came from here. */
  private readonly emptied = new Set<number>();
  /** Some component is not Idle. */
  private needsReset = false;
  private components: readonly FirmwareComponent[] = [];
  /** Update Result that preflight found, and the way that packages take, by instance. */
  private readonly before = new Map<number, { readonly result: number; readonly delivery: Delivery }>();
  /** Bytes of the packages that are there. */
  private bytesThere = 0;

  constructor(private readonly options: ComponentsUpdateOptions) {
    const { board, clock, parts } = options;
    this.watches = new Map(
      parts.map(({ instance }) => [
        instance,
        new BoardWatch(board, clock, firmwareTarget(objectId, instance)),
      ]),
    );
    this.facts = {
      progress: {
        phase: 'preflight',
        bytesSent: 0,
        bytesTotal: parts.reduce((sum, part) => sum + part.package.bytes.length, 0),
        bytesPerSecond: 0,
        retransmissions: 0,
      },
    };
  }

  /**
   * Errors: those of `preflightChecks`, `update.no-object`, `components.unknown`, `components.conflict` before Update is executed,
   * `components.rejected` (the board named a result), `update.wrong-state`, `update.board-lost`,
   * `update.phase-timeout`, `update.wrong-version`, `cancelled`, and those of transfer and board.
   */
  async run(): Promise<void> {
    const { board, signal, parts } = this.options;
    try {
      if (board.online) await board.whenAwake(signal);
      const checks = await this.within('preflight', 'preflight', (s) => this.preflight(s));
      await demandWord(checks, this.options.confirm, signal);
      await this.within('preflight', this.needsReset ? 'reset' : 'preflight', (s) => this.reset(s));
      const registered = board.registration.id;
      for (const part of parts) await this.deliver(part);
      const others = await this.within('apply', 'apply', (s) => this.checkTogether(s));
      await this.within('apply', 'apply', (s) => this.apply(others, s));
      await this.within('reboot', 'reboot', (s) =>
        this.awaitAll([parts[0].instance, ...others], registered, s),
      );
      await this.within('confirm', 'confirm', (s) => this.confirm(s));
      this.report({ phase: 'done' });
    } catch (error) {
      if (signal.aborted) await this.cleanUp();
      throw error;
    } finally {
      for (const watch of this.watches.values()) watch.dispose();
    }
  }

  /** Holds every package against its component, and tells all that was found before the first failure ends it. */
  private async preflight(signal: AbortSignal): Promise<readonly PreflightCheck[]> {
    const { board, parts, delivery, packages } = this.options;
    const { endpoint } = board;
    if (!board.hasObject(objectId)) throw new SlipwayError('update.no-object', { board: endpoint, objectId });
    this.components = await readComponents(board, signal);
    this.facts.fromVersion = versionsOf(parts, this.components);
    for (const { instance, name } of parts) {
      if (!this.components.some((component) => component.instance === instance)) {
        const known = this.components.map((component) => component.name).join(', ');
        throw new SlipwayError('components.unknown', { board: endpoint, component: name, known });
      }
    }
    const checks: PreflightCheck[] = [];
    for (const part of parts) {
      const { instance } = part;
      try {
        const found = await preflight({
          ...{
            board,
            delivery,
            signal,
            component: part,
            package: part.package,
            watch: this.watchOf(instance),
          },
          schemes: packages?.schemesFor(board) ?? [],
          onChecked: (its, status) => {
            checks.push(...its);
            this.report({ ...status, checks: [...checks] });
          },
        });
        this.needsReset ||= found.needsReset;
        this.before.set(instance, { result: found.status.result, delivery: found.delivery });
      } catch (error) {
        if (!checks.some((check) => check.error === error)) throw error;
      }
    }
    const failed = checks.find(({ verdict }) => verdict === 'failed');
    if (failed?.error) throw failed.error;
    return checks;
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

  /** Gets a package to its component, and waits until it is accepted. */
  private async deliver(part: ComponentPackage): Promise<void> {
    const { board, clock, log, packages, signal, timeouts } = this.options;
    const { instance, package: pkg } = part;
    const watch = this.watchOf(instance);
    const { result: resultBefore, delivery } = this.before.get(instance) ?? unknownBefore;
    await this.within('preflight', delivery === 'push' ? 'push' : 'pull', (s) => watch.start(s));
    const before = this.bytesThere;
    const transfer = new PackageTransfer({
      ...{ board, clock, log, packages, signal, watch, resultBefore, package: pkg },
      target: firmwareTarget(objectId, instance),
      idleMs: timeouts.downloaded,
      report: ({ bytesSent, ...change }) =>
        this.report({ ...change, ...(bytesSent !== undefined && { bytesSent: before + bytesSent }) }),
      rejected: (result, cause) => this.rejected(part, result, [], cause),
    });
    const startedAt = clock.now();
    let verdict: Verdict = 'wait';
    try {
      if (delivery === 'push') await transfer.push();
      else verdict = await transfer.pull(delivery);
    } finally {
      this.facts.pushDurationMs = (this.facts.pushDurationMs ?? 0) + clock.now() - startedAt;
    }
    this.bytesThere += pkg.bytes.length;
    if (verdict === 'downloaded') return;
    // One that goes on by itself can't be updated together with the others.
    if (verdict === 'updating') {
      throw new SlipwayError('update.wrong-state', { board: board.endpoint, state: firmwareState.updating });
    }
    await this.within('downloaded', 'downloaded', (s) => this.awaitDownloaded(part, s));
  }

  private async awaitDownloaded(part: ComponentPackage, signal: AbortSignal): Promise<void> {
    const { board } = this.options;
    const watch = this.watchOf(part.instance);
    for (;;) {
      const status = await watch.read(signal);
      this.report(status);
      const verdict = judge('for-download', status.state, status.result);
      if (verdict === 'downloaded') return;
      if (verdict === 'failed') throw await this.refusal(part, status.result, signal);
      await watch.changed(quietMs, signal);
      if (!board.online) {
        const { phase, bytesSent } = this.facts.progress;
        throw new SlipwayError('update.board-lost', { board: board.endpoint, phase, bytesSent });
      }
    }
  }

  /**
   * What is updated with the first component: those that packages were pushed to, and those that one of these packages
   * was for too. Rejects `components.conflict` where a component that stays as it is conflicts with them.
   */
  private async checkTogether(signal: AbortSignal): Promise<readonly number[]> {
    const { board, parts } = this.options;
    const [first, ...rest] = parts.map(({ instance }) => instance);
    const together = new Set(rest);
    for (const { instance } of parts) {
      for (const linked of await linkedInstances(board, instance, linkedId, signal)) {
        if (linked !== first && this.emptied.has(linked)) together.add(linked);
      }
    }
    for (const part of parts) {
      const conflicts = await linkedInstances(board, part.instance, conflictingId, signal);
      const others = conflicts.filter((instance) => instance !== first && !together.has(instance));
      if (others.length > 0) {
        const conflicting = await this.namesOf(others, signal);
        const details = { board: board.endpoint, component: part.name, conflicting };
        throw new SlipwayError('components.conflict', details);
      }
    }
    return [...together];
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
    const linked = await linkedInstances(board, instance, linkedId, signal);
    const alone = linked.length > 0 ? '0' : undefined;
    await board.execute(`/${objectId}/${instance}/2`, list === '' ? alone : `0='${list}'`, { signal });
  }

  /** Until each component reports success. The board goes away and comes back meanwhile: its silence is no failure. */
  private async awaitAll(
    instances: readonly number[],
    registered: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { board, parts, clock } = this.options;
    const open = new Set(instances);
    const any = this.watchOf(parts[0].instance);
    for (;;) {
      try {
        for (const instance of board.online ? open : []) {
          const watch = new BoardWatch(board, clock, firmwareTarget(objectId, instance));
          const status = await watch.read(signal);
          this.report(status);
          const verdict = judge('for-update', status.state, status.result);
          const part = parts.find((candidate) => candidate.instance === instance) ?? parts[0];
          if (verdict === 'failed') throw await this.refusal(part, status.result, signal);
          const isLost =
            verdict === 'wait' && status.state === firmwareState.idle && board.registration.id !== registered;
          // Some boards lose the result with the reboot: their version decides.
          if (verdict === 'succeeded' || (isLost && (await this.runsNewVersion(part, signal)))) {
            open.delete(instance);
          }
        }
        if (open.size === 0) return;
      } catch (error) {
        if (signal.aborted || !isSilence(error)) throw error;
      }
      await any.changed(quietMs, signal);
    }
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
    const others = isAboutOthers
      ? await linkedInstances(this.options.board, part.instance, conflictingId, signal)
      : [];
    return this.rejected(part, result, others.length > 0 ? [await this.namesOf(others, signal)] : []);
  }

  private rejected(
    { name }: ComponentPackage,
    result: number,
    [conflicting]: readonly string[],
    cause?: unknown,
  ): SlipwayError {
    const { phase } = this.facts.progress;
    return new SlipwayError(
      'components.rejected',
      {
        ...{
          board: this.options.board.endpoint,
          component: name,
          result,
          what: phase === 'reboot' ? 'update' : 'package',
        },
        ...(conflicting !== undefined && { conflicting }),
      },
      { cause },
    );
  }

  private async namesOf(instances: readonly number[], signal: AbortSignal): Promise<string> {
    const components = await readComponents(this.options.board, signal);
    return components
      .filter(({ instance }) => instances.includes(instance))
      .map(({ name }) => name)
      .join(', ');
  }

  /** After a cancel: no component must be left with a package, as far as the board still answers. */
  private async cleanUp(): Promise<void> {
    const { board, clock, log, parts } = this.options;
    const { phase } = this.facts.progress;
    if (!isTransfer(phase) && phase !== 'downloaded') return;
    const abort = new AbortController();
    const timer = clock.schedule(cleanUpMs, () => abort.abort());
    try {
      for (const { instance } of parts) {
        await resetFirmware(board, clock, log, abort.signal, firmwareTarget(objectId, instance));
      }
    } catch (error) {
      log.warn(`${board.endpoint}: could not reset after the cancel: ${String(error)}`);
    } finally {
      timer.dispose();
    }
  }

  private watchOf(instance: number): BoardWatch {
    const watch = this.watches.get(instance);
    if (!watch) throw new RangeError(`no watch of instance ${instance}`);
    return watch;
  }

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
}

/** `application 1.0.0, radio 2.1.0` */
function versionsOf(parts: readonly ComponentPackage[], components: readonly FirmwareComponent[]): string {
  return parts
    .map(({ instance, name }) => {
      const version = components.find((component) => component.instance === instance)?.version;
      return version === undefined ? name : `${name} ${version}`;
    })
    .join(', ');
}
