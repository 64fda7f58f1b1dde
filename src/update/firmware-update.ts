import type { Clock } from '../base/clock';
import { SlipwayError, cancelled } from '../base/errors';
import type { Log } from '../base/log';
import type { BlockUploadResult } from '../coap/endpoint';
import type { Board } from '../lwm2m/board';
import { BoardWatch, type FirmwareStatus } from './board-watch';
import { type Verdict, type Waiting, firmwareResult, judge, startFrom } from './firmware-states';
import { quietMs, resetFirmware } from './reset';
import { Throughput } from './throughput';
import type { UpdatePackage, UpdatePhase, UpdateProgress, UpdateTimeouts } from './types';

/** Object 5's Package and Update (OMA Firmware Update, resources 0 and 2). */
const packagePath = '/5/0/0';
const updatePath = '/5/0/2';

/** Firmware Update Delivery Method (5/0/9): the board only pulls. */
const pullOnly = 0;

/** Cancelling leaves the board Idle where it answers within this time, ms. */
const cleanUpMs = 10_000;

/** On a serial line, 8N1. */
const bitsPerByte = 10;

/** How often a board may register anew while it is checked, before it is taken for one that keeps restarting. */
const maxRegistrations = 3;

export interface FirmwareUpdateOptions {
  readonly board: Board;
  readonly package: UpdatePackage;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeouts: UpdateTimeouts;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: UpdateProgress) => void;
}

/** What is known of a run so far; filled in while it goes, so that a failure has its facts too. */
export interface UpdateFacts {
  fromVersion?: string;
  toVersion?: string;
  pushDurationMs?: number;
  progress: UpdateProgress;
}

/**
 * One push of a package to object 5: preflight → reset if needed → push → Downloaded → Update → reboot → result.
 * `run` resolves only when the board reports success (Update Result 1, and the package's version where it tells
 * one); everything else rejects. `facts` stand in either case.
 */
export class FirmwareUpdate {
  readonly facts: UpdateFacts;
  private readonly watch: BoardWatch;
  /** Update Result that preflight found: it may stand from an earlier update. */
  private resultBefore: number = firmwareResult.initial;

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
   * Errors: `update.no-object`, `update.push-unsupported`, `update.too-large`, `update.wrong-state`,
   * `update.rejected` (the board named a result), `update.board-lost`, `update.phase-timeout`,
   * `update.wrong-version`, `cancelled`, and those of the transfer.
   */
  async run(): Promise<void> {
    const { board, signal } = this.options;
    try {
      // A board in queue mode sleeps for as long as it likes: no phase of the update has begun.
      if (board.online) await board.whenAwake(signal);
      const status = await this.within('preflight', (s) => this.preflight(s));
      if (status === 'reset') {
        await this.within('preflight', (s) => this.reset(s), 'reset');
      }
      await this.within('preflight', (s) => this.watch.start(s), 'push');
      const started = board.registration.id;
      await this.push(started);
      const downloaded = await this.within('downloaded', (s) => this.awaitVerdict('for-download', s));
      if (downloaded === 'downloaded') {
        await this.within('apply', (s) => board.execute(updatePath, undefined, { signal: s }));
      }
      await this.within('reboot', (s) => this.awaitUpdate(started, s));
      await this.within('confirm', (s) => this.confirm(s));
      this.report({ phase: 'done' });
    } catch (error) {
      if (signal.aborted) await this.cleanUp();
      throw error;
    } finally {
      this.watch.dispose();
    }
  }

  private async preflight(signal: AbortSignal): Promise<'push' | 'reset'> {
    const { board } = this.options;
    for (let registrations = 1; ; registrations++) {
      try {
        return await this.check(signal);
      } catch (error) {
        // Boards register again after a reset, or because they were asked to: what was asked is asked once more.
        const again = SlipwayError.is(error, 'lwm2m.offline') && board.online;
        if (!again || registrations === maxRegistrations) throw error;
      }
    }
  }

  private async check(signal: AbortSignal): Promise<'push' | 'reset'> {
    const { board } = this.options;
    const endpoint = board.endpoint;
    if (!board.hasObject(5)) throw new SlipwayError('update.no-object', { board: endpoint, objectId: 5 });
    const { state, result } = await this.watch.read(signal);
    this.resultBefore = result;
    this.report({ state, result });
    const start = startFrom(state);
    if (start === 'refuse') throw new SlipwayError('update.wrong-state', { board: endpoint, state });
    if ((await board.readResource('/5/0/9', { signal })) === pullOnly) {
      throw new SlipwayError('update.push-unsupported', { board: endpoint });
    }
    const memoryFree = board.hasObject(3) ? await board.readResource('/3/0/10', { signal }) : undefined;
    const bytes = this.options.package.bytes.length;
    // Memory Free is in kilobytes; a board in Downloaded holds the package that the reset will give back.
    if (start === 'push' && typeof memoryFree === 'number' && bytes > memoryFree * 1024) {
      throw new SlipwayError('update.too-large', { board: endpoint, bytes, limit: memoryFree * 1024 });
    }
    const version = await this.readVersion(signal);
    if (version !== undefined) this.facts.fromVersion = version;
    return start;
  }

  private async reset(signal: AbortSignal): Promise<void> {
    const { board, clock, log } = this.options;
    await resetFirmware(board, clock, log, signal);
  }

  /** Pushes, unless the board registers anew meanwhile: then it has forgotten what it was given. */
  private async push(registrationId: string): Promise<void> {
    const { board, clock, signal, package: pkg } = this.options;
    this.report({ phase: 'push' });
    const abort = new AbortController();
    const onAbort = (): void => abort.abort(cancelled(signal));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const restarted = board.onDidChange((change) => {
      if (change.kind === 'offline' || board.registration.id !== registrationId) {
        abort.abort(this.boardLost('push'));
      }
    });
    const { lineRate } = board.link;
    const throughput = new Throughput();
    const startedAt = clock.now();
    throughput.add(startedAt, 0);
    try {
      const result = await board.push(packagePath, pkg.bytes, {
        signal: abort.signal,
        onProgress: ({ bytesAcknowledged, retransmissions, window }) => {
          throughput.add(clock.now(), bytesAcknowledged, window);
          this.report({
            bytesSent: bytesAcknowledged,
            retransmissions,
            bytesPerSecond: throughput.bytesPerSecond,
            remainingMs: throughput.remainingMs(pkg.bytes.length),
            window,
            ...(lineRate && { lineUse: (throughput.bytesPerSecond * bitsPerByte) / lineRate }),
          });
        },
      });
      this.pushed(result);
    } catch (error) {
      // The session’s own error may have come first; the reason says more.
      if (abort.signal.aborted) throw cancelled(abort.signal);
      await this.explainPush(error);
    } finally {
      signal.removeEventListener('abort', onAbort);
      restarted.dispose();
      this.facts.pushDurationMs = clock.now() - startedAt;
    }
  }

  private pushed(result: BlockUploadResult): void {
    this.report({ bytesSent: result.bytes, retransmissions: result.retransmissions });
  }

  /**
   * A transfer that broke off: the board may have taken the last block and not said so, or have said in Update
   * Result why it refused. Returns if the package is there after all.
   */
  private async explainPush(error: unknown): Promise<void> {
    const { board, signal, log } = this.options;
    log.info(
      `${board.endpoint}: the push broke off: ${error instanceof Error ? error.message : String(error)}`,
    );
    let status: FirmwareStatus;
    try {
      status = await this.watch.read(signal);
    } catch (readError) {
      if (signal.aborted) throw readError;
      throw new SlipwayError(
        'update.board-lost',
        { board: board.endpoint, phase: 'push', bytesSent: this.facts.progress.bytesSent },
        { cause: error },
      );
    }
    this.report(status);
    const verdict = judge('for-download', status.state, status.result);
    if (verdict === 'downloaded' || verdict === 'updating') return;
    const old = this.facts.progress.bytesSent === 0 && status.result === this.resultBefore;
    if (verdict === 'failed' && !old) throw this.rejected(status.result, error);
    throw error;
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
      if (!board.online) throw this.boardLost(this.facts.progress.phase);
      status = changed ? this.watch.status : await this.watch.read(signal);
    }
  }

  /** The verdict that ends a wait, or undefined to wait on; throws for a result that refuses. */
  private settle(waiting: Waiting, status: FirmwareStatus): Verdict | undefined {
    this.report(status);
    const verdict = judge(waiting, status.state, status.result);
    if (verdict === 'failed' || verdict === 'deferred') throw this.rejected(status.result);
    return verdict === 'wait' ? undefined : verdict;
  }

  /**
   * After Update the board goes away and comes back, or applies without a reboot. Its silence meanwhile is no
   * failure, whatever form it takes; only the phase's timeout ends the wait.
   */
  private async awaitUpdate(registrationId: string, signal: AbortSignal): Promise<void> {
    const { board } = this.options;
    for (;;) {
      const rebooted = board.registration.id !== registrationId;
      try {
        if (board.online) {
          // What is known may be from before Update; only what is asked now counts.
          const status = await this.watch.read(signal);
          if (this.settle('for-update', status)) return;
          // Back with nothing to say: some boards lose the result with the reboot. Their version decides.
          if (rebooted && status.result === firmwareResult.initial && status.state === 0) {
            if (await this.runsNewVersion(signal)) return;
          }
        }
      } catch (error) {
        if (signal.aborted || !isSilence(error)) throw error;
      }
      await this.watch.changed(quietMs, signal);
    }
  }

  private async runsNewVersion(signal: AbortSignal): Promise<boolean> {
    const expected = this.options.package.version;
    if (expected === undefined || expected === this.facts.fromVersion) return false;
    return (await this.readVersion(signal)) === expected;
  }

  private async confirm(signal: AbortSignal): Promise<void> {
    const expected = this.options.package.version;
    const version = await this.readVersion(signal);
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

  /** Firmware Version (3/0/3), else PkgVersion (5/0/7). */
  private async readVersion(signal: AbortSignal): Promise<string | undefined> {
    const { board } = this.options;
    for (const path of board.hasObject(3) ? ['/3/0/3', '/5/0/7'] : ['/5/0/7']) {
      const version = await board.readResource(path, { signal });
      if (typeof version === 'string' && version !== '') return version;
    }
    return undefined;
  }

  /** Runs a phase under its timeout; the phase shown is `shown`, the one whose timeout holds is `phase`. */
  private async within<T>(
    phase: keyof UpdateTimeouts,
    work: (signal: AbortSignal) => Promise<T>,
    shown: UpdatePhase = phase,
  ): Promise<T> {
    const { board, clock, signal, timeouts } = this.options;
    this.report({ phase: shown, bytesPerSecond: 0, remainingMs: undefined });
    const timeoutMs = timeouts[phase];
    const abort = new AbortController();
    const onAbort = (): void => abort.abort(cancelled(signal));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const timer = clock.schedule(timeoutMs, () =>
      abort.abort(
        new SlipwayError('update.phase-timeout', { board: board.endpoint, phase: shown, timeoutMs }),
      ),
    );
    try {
      if (abort.signal.aborted) throw cancelled(abort.signal);
      return await work(abort.signal);
    } finally {
      timer.dispose();
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** After a cancel: the board must not be left with half a package, as far as it still answers. */
  private async cleanUp(): Promise<void> {
    const { board, clock, log } = this.options;
    const { phase } = this.facts.progress;
    if (phase !== 'push' && phase !== 'downloaded') return;
    const abort = new AbortController();
    const timer = clock.schedule(cleanUpMs, () => abort.abort());
    try {
      await resetFirmware(board, clock, log, abort.signal);
    } catch (error) {
      log.warn(`${board.endpoint}: could not reset after the cancel: ${String(error)}`);
    } finally {
      timer.dispose();
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

  private boardLost(phase: UpdatePhase): SlipwayError {
    const { bytesSent } = this.facts.progress;
    return new SlipwayError('update.board-lost', { board: this.options.board.endpoint, phase, bytesSent });
  }
}

/** Errors that a board in the middle of a reboot causes. */
function isSilence(error: unknown): boolean {
  return (
    SlipwayError.is(error) &&
    [
      'coap.timeout',
      'coap.reset',
      'coap.response',
      'lwm2m.offline',
      'link.closed',
      'update.no-object',
    ].includes(error.code)
  );
}
