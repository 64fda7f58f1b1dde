import { type SlipwayError, cancelled } from '../base/errors';
import type { Log } from '../base/log';
import type { Board } from '../lwm2m/board';
import { readDeltaBase } from '../lwm2m/delta-base';
import type { StoredSigner } from '../manifest/stored-key';
import { chooseDelta, type FullImageReason } from './choose-delta';
import { contentSignedBy, createDeltaPackage, imageOf } from './delta-package';
import type { ImageStore } from './image-store';
import { isTransfer, type UpdateJob, type UpdatePackage, type UpdateRecord } from './types';
import type { UpdateService } from './update-service';

export interface ImagePushOptions {
  readonly updates: Pick<UpdateService, 'start'>;
  readonly images: Pick<ImageStore, 'list' | 'read' | 'keep'>;
  /** Makes a patch, and sees that it is good (`makeDelta`). */
  readonly makePatch: (base: Uint8Array, target: Uint8Array, signal: AbortSignal) => Promise<Uint8Array>;
  readonly log: Log;
}

export interface PushEvents {
  /** The key that is at hand without asking anybody; it signs a patch if the package was signed with it. */
  readonly signer: () => Promise<StoredSigner | undefined>;
  /** A run has begun; a second one where the board refused a patch. */
  readonly onJob: (job: UpdateJob) => void;
  /** The board takes patches, but gets the full image. */
  readonly onFullImage: (reason: FullImageReason) => void;
  readonly signal: AbortSignal;
}

/**
 * Pushes a package to a board: as a patch to the image that it runs, if it takes those and one can be made, else as it
 * is. Images that were pushed are kept as bases for the next time.
 */
export class ImagePush {
  constructor(private readonly options: ImagePushOptions) {}

  /**
   * Resolves with the record of the last run, whatever its outcome. Rejects as `UpdateService.start`, `cancelled` when
   * that comes before a run.
   */
  async run(board: Board, pkg: UpdatePackage, events: PushEvents): Promise<UpdateRecord> {
    const chosen = await this.choose(board, pkg, events);
    if (typeof chosen === 'string') events.onFullImage(chosen);
    const sent = typeof chosen === 'object' ? chosen : pkg;
    let record = await this.push(board, sent, events);
    if (sent.full && isRefusal(record)) {
      events.onFullImage('refused');
      record = await this.push(board, pkg, events);
    }
    if (record.outcome === 'succeeded') await this.remember(pkg, record.toVersion);
    return record;
  }

  private async push(board: Board, pkg: UpdatePackage, { signal, onJob }: PushEvents): Promise<UpdateRecord> {
    if (signal.aborted) throw cancelled(signal);
    const job = this.options.updates.start(board, pkg);
    const cancel = (): void => job.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      onJob(job);
      return await job.finished;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** The package with a patch, why there is none, or undefined for a board that takes none. */
  private async choose(
    board: Board,
    pkg: UpdatePackage,
    events: PushEvents,
  ): Promise<UpdatePackage | FullImageReason | undefined> {
    const { signal } = events;
    try {
      const base = board.online ? await readDeltaBase(board, signal) : undefined;
      return base === undefined ? undefined : await this.makeDelta(pkg, base, events);
    } catch (error) {
      if (signal.aborted) throw cancelled(signal);
      // A push can do without a patch, whatever kept it from being made.
      this.options.log.warn(`${board.endpoint}: no patch: ${String(error)}`);
      return 'not-made';
    }
  }

  private async makeDelta(
    pkg: UpdatePackage,
    base: string,
    { signer: ask, signal }: PushEvents,
  ): Promise<UpdatePackage | FullImageReason> {
    const { images, makePatch } = this.options;
    const target = imageOf(pkg);
    if (!target) return 'package-kind';
    const choice = await chooseDelta(target, { sha256: base }, images, (from, to) =>
      makePatch(from, to, signal),
    );
    if (choice.kind === 'full') return choice.reason;
    const signer = await ask();
    const content = signer && contentSignedBy(pkg, signer);
    if (!signer || !content) return 'no-signer';
    const delta = await createDeltaPackage(
      pkg,
      content,
      { base: choice.baseImage, bytes: choice.patch },
      signer,
    );
    return delta.bytes.length < pkg.bytes.length ? delta : 'not-smaller';
  }

  private async remember(pkg: UpdatePackage, version: string | undefined): Promise<void> {
    const image = imageOf(pkg);
    if (!image) return;
    try {
      await this.options.images.keep(image, version);
    } catch (error) {
      this.options.log.warn(`the image could not be kept as a base for patches: ${String(error)}`);
    }
  }
}

/** The board took all of the package, or part of it, and would not have it; nothing of it was installed. */
function isRefusal({ outcome, error, phase }: UpdateRecord): boolean {
  return (
    outcome === 'failed' &&
    error?.code === ('update.rejected' satisfies SlipwayError['code']) &&
    (isTransfer(phase) || phase === 'downloaded')
  );
}
