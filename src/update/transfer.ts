import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { SlipwayError, cancelled } from '../base/errors';
import type { Log } from '../base/log';
import type { ResumePoint } from '../coap/endpoint';
import type { Board } from '../lwm2m/board';
import type { BoardWatch, FirmwareStatus } from './board-watch';
import type { PullScheme } from './delivery';
import type { Verdict } from './firmware-states';
import type { PackageTarget } from './package-target';
import type { PackageSource } from './package-source';
import { pullPackage } from './pull';
import { isInterruption } from './resume-policy';
import { Throughput } from './throughput';
import type { ProgressChange, UpdatePackage } from './types';

/** On a serial line, 8N1. */
const bitsPerByte = 10;

export interface TransferOptions {
  readonly board: Board;
  readonly target: PackageTarget;
  readonly watch: BoardWatch;
  readonly package: UpdatePackage;
  readonly packages: PackageSource | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a board that pulls may do nothing, ms. */
  readonly idleMs: number;
  /** Update Result before the transfer: it may stand from an earlier update. */
  readonly resultBefore: number;
  /** Breaks a push off as soon as its link is down, for whoever waits and resumes. */
  readonly stopsWithLink?: boolean;
  readonly signal: AbortSignal;
  readonly report: (change: ProgressChange) => void;
  /** The error for an Update Result that refuses. */
  readonly rejected: (result: number, cause?: unknown) => SlipwayError;
}

/** Gets a package over to a board, by push or by pull. */
export class PackageTransfer {
  /** Where a push broke off. */
  point: ResumePoint | undefined;
  private bytesSent = 0;

  constructor(private readonly options: TransferOptions) {}

  /**
   * Pushes to the target's Package. Resolves when the board has the package, which it may still refuse. Rejects
   * `update.board-lost`, `update.rejected` with the result that the board gave for breaking off, `cancelled`, and as
   * `Board.push`.
   */
  async push(resume?: ResumePoint, retransmittedBefore = 0): Promise<void> {
    const { board, target, report, package: pkg } = this.options;
    this.bytesSent = resume?.offset ?? 0;
    await this.run('push', async (signal, sent) => {
      try {
        const result = await board.push(target.package, pkg.bytes, {
          signal,
          ...(resume && { resume }),
          onProgress: ({ bytesAcknowledged, retransmissions, window }) =>
            sent(bytesAcknowledged, { retransmissions: retransmittedBefore + retransmissions, window }),
          onBrokeOff: (point) => (this.point = point),
        });
        report({
          bytesSent: result.bytes,
          retransmissions: retransmittedBefore + result.retransmissions,
        });
      } catch (error) {
        if (signal.aborted || (this.options.stopsWithLink && isInterruption(error))) throw error;
        await this.explain(error);
      }
    });
  }

  /** Lets the board fetch the package. Rejects `update.board-lost`, and as `pullPackage` and `PackageSource.offer`. */
  async pull(scheme: PullScheme): Promise<Verdict> {
    const { board, packages } = this.options;
    const { name, bytes } = this.options.package;
    if (!packages) throw new SlipwayError('update.no-protocol', { board: board.endpoint, protocols: [] });
    const offer = await packages.offer(board, name, bytes, scheme);
    try {
      return await this.run('pull', async (signal, sent) => {
        // A board may ask for a block again, or for the beginning when it starts over.
        const serving = offer.onDidServe((end) => sent(end));
        try {
          return await this.fetch(offer.uri, offer.onDidServe, signal);
        } finally {
          serving.dispose();
        }
      });
    } finally {
      offer.dispose();
    }
  }

  /** Lets the board fetch from elsewhere: what goes over can't be seen. Rejects as `pull`. */
  async pullFrom(uri: string): Promise<Verdict> {
    const unseen = (): Disposable => ({ dispose: () => undefined });
    return await this.run('pull', (signal) => this.fetch(uri, unseen, signal));
  }

  private async fetch(
    uri: string,
    onDidServe: (listener: () => void) => Disposable,
    signal: AbortSignal,
  ): Promise<Verdict> {
    const { board, target, watch, clock, idleMs, resultBefore, report, rejected } = this.options;
    return await pullPackage({
      ...{ board, target, watch, clock, idleMs, resultBefore, signal, rejected },
      ...{ uri, onDidServe, onStatus: report },
    });
  }

  /** Runs a transfer, unless the board registers anew meanwhile: then it has forgotten what it was given. */
  private async run<T>(
    phase: 'push' | 'pull',
    work: (signal: AbortSignal, sent: (bytes: number, more?: ProgressChange) => void) => Promise<T>,
  ): Promise<T> {
    const { board, clock, signal, report, stopsWithLink, package: pkg } = this.options;
    report({ phase });
    const registered = board.registration.id;
    const abort = new AbortController();
    const onAbort = (): void => abort.abort(cancelled(signal));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const restarted = board.onDidChange((change) => {
      if (change.kind === 'offline' || board.registration.id !== registered) abort.abort(this.lost(phase));
    });
    const { link } = board;
    const { lineRate } = link;
    const unplugged = link.onDidChangeState((state) => {
      if (phase === 'push' && stopsWithLink && state !== 'open') {
        abort.abort(new SlipwayError('link.closed', { link: link.id }));
      }
    });
    const throughput = new Throughput();
    throughput.add(clock.now(), this.bytesSent);
    try {
      return await work(abort.signal, (bytesSent, more = {}) => {
        this.bytesSent = bytesSent;
        throughput.add(clock.now(), bytesSent, more.window);
        report({
          ...more,
          bytesSent,
          bytesPerSecond: throughput.bytesPerSecond,
          remainingMs: throughput.remainingMs(pkg.bytes.length),
          ...(lineRate && { lineUse: (throughput.bytesPerSecond * bitsPerByte) / lineRate }),
        });
      });
    } catch (error) {
      // The session’s own error may have come first; the reason says more.
      if (abort.signal.aborted) throw cancelled(abort.signal);
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
      restarted.dispose();
      unplugged.dispose();
    }
  }

  /**
   * A push that broke off: the board may have taken the last block and not said so, or have said in Update Result why
   * it refused. Returns if the package is there after all.
   */
  private async explain(error: unknown): Promise<void> {
    const { board, target, watch, signal, log, resultBefore, report, rejected } = this.options;
    log.info(
      `${board.endpoint}: the push broke off: ${error instanceof Error ? error.message : String(error)}`,
    );
    let status: FirmwareStatus;
    try {
      status = await watch.read(signal);
    } catch (readError) {
      if (signal.aborted) throw readError;
      throw this.lost('push', error);
    }
    report({ ...status });
    const verdict = target.judge(status.state, status.result);
    if (verdict === 'downloaded' || verdict === 'updating') return;
    const isOld = this.bytesSent === 0 && status.result === resultBefore;
    if (verdict === 'failed' && !isOld) throw rejected(status.result, error);
    throw error;
  }

  private lost(phase: 'push' | 'pull', cause?: unknown): SlipwayError {
    const { bytesSent } = this;
    return new SlipwayError(
      'update.board-lost',
      { board: this.options.board.endpoint, phase, bytesSent },
      { cause },
    );
  }
}
