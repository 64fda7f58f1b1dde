import { type SlipwayError, cancelled } from '../base/errors';
import { fromHex } from '../base/hex';
import type { Log } from '../base/log';
import type { Board } from '../lwm2m/board';
import { readDeltaBase } from '../lwm2m/delta-base';
import type { StoredSigner } from '../manifest/stored-key';
import type { ComponentPatch } from '../manifest/types';
import { chooseDelta, compressImage, type FullImageReason } from './choose-delta';
import { contentSignedBy, createDeltaPackage, imageOf } from './delta-package';
import type { ImageStore } from './image-store';
import { type MakePatch, sharedPatches } from './shared-patches';
import { isTransfer, type UpdateJob, type UpdatePackage, type UpdateRecord } from './types';
import type { UnfinishedUpdates } from './unfinished-updates';
import type { UpdateService } from './update-service';

export interface ImagePushOptions {
  readonly updates: Pick<UpdateService, 'start'>;
  readonly images: Pick<ImageStore, 'list' | 'read' | 'keep'>;
  /** Makes a patch, and sees that it is good (`makeDelta`). */
  readonly makePatch: MakePatch;
  /** Knows what is under way, for the next start of the editor. */
  readonly unfinished?: Pick<UnfinishedUpdates, 'keep' | 'forget'> | undefined;
  readonly log: Log;
}

export interface PushEvents {
  /** The key that is at hand without asking anybody; it signs a patch if the package was signed with it. */
  readonly signer: () => Promise<StoredSigner | undefined>;
  /** A run has begun; a second one where the board refused a patch. */
  readonly onJob: (job: UpdateJob) => void;
  /** The board takes patches, but gets the image, compressed where that is worth it. */
  readonly onNoPatch: (reason: FullImageReason, isCompressed: boolean) => void;
  readonly signal: AbortSignal;
}

/** Pushes to one of several boards. Rejects as `ImagePush.run`. */
export type PushOne = (
  board: Board,
  pkg: UpdatePackage,
  events: Omit<PushEvents, 'signer'>,
) => Promise<UpdateRecord>;

/**
 * Pushes a package to a board: as a patch to the image that it runs, if it takes those and one can be made, or with its
 * image compressed where the one that runs isn't known here, else as it is. Images that were pushed are kept as bases
 * for the next time.
 */
export class ImagePush {
  constructor(private readonly options: ImagePushOptions) {}

  /**
   * Resolves with the record of the last run, whatever its outcome. Rejects as `UpdateService.start`, `cancelled` when
   * that comes before a run.
   */
  async run(board: Board, pkg: UpdatePackage, events: PushEvents): Promise<UpdateRecord> {
    const { sent = pkg, reason } = await this.choose(board, pkg, events);
    if (reason) events.onNoPatch(reason, sent.reducedBy === 'compression');
    let record = await this.push(board, sent, events);
    if (sent.full && isRefusal(record)) {
      events.onNoPatch('refused', false);
      record = await this.push(board, pkg, events);
    }
    if (record.outcome === 'succeeded') await this.remember(pkg, record.toVersion);
    return record;
  }

  /** Pushes to several boards, each as by `run`; a patch that several of them get is made once. */
  several(signer: PushEvents['signer']): PushOne {
    const { makePatch } = this.options;
    const pushes = new ImagePush({ ...this.options, makePatch: sharedPatches(makePatch) });
    return (board, pkg, events) => pushes.run(board, pkg, { ...events, signer });
  }

  private async push(board: Board, pkg: UpdatePackage, { signal, onJob }: PushEvents): Promise<UpdateRecord> {
    if (signal.aborted) throw cancelled(signal);
    const { updates, unfinished } = this.options;
    const job = updates.start(board, pkg);
    unfinished?.keep(board, pkg.full ?? pkg);
    const cancel = (): void => job.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      onJob(job);
      return await job.finished;
    } finally {
      signal.removeEventListener('abort', cancel);
      unfinished?.forget(board.endpoint);
    }
  }

  /** What is sent instead of the package, and why that is no patch; neither for a board that takes none. */
  private async choose(board: Board, pkg: UpdatePackage, events: PushEvents): Promise<Choice> {
    const { signal } = events;
    try {
      const base = board.online ? await readDeltaBase(board, signal) : undefined;
      return base === undefined ? {} : await this.reduce(pkg, base, events);
    } catch (error) {
      if (signal.aborted) throw cancelled(signal);
      // A push can do without a patch, whatever kept it from being made.
      this.options.log.warn(`${board.endpoint}: no patch: ${String(error)}`);
      return { reason: 'not-made' };
    }
  }

  private async reduce(
    pkg: UpdatePackage,
    base: string,
    { signer: ask, signal }: PushEvents,
  ): Promise<Choice> {
    const target = imageOf(pkg);
    if (!target) return { reason: 'package-kind' };
    const make = (from: Uint8Array, to: Uint8Array): Promise<Uint8Array> =>
      this.options.makePatch(from, to, signal);
    const choice = await chooseDelta(target, { sha256: base }, this.options.images, make);
    let patch: ComponentPatch;
    if (choice.kind === 'delta') {
      patch = { base: choice.base, bytes: choice.patch };
    } else {
      const { reason } = choice;
      const compressed = reason === 'not-kept' ? await compressImage(target, make) : undefined;
      if (!compressed) return { reason };
      patch = { base: { sha256: fromHex(base) }, bytes: compressed };
    }
    const signer = await ask();
    const content = signer && contentSignedBy(pkg, signer);
    if (!signer || !content) return { reason: 'no-signer' };
    const sent = await createDeltaPackage(pkg, content, patch, signer);
    if (sent.bytes.length >= pkg.bytes.length) return { reason: 'not-smaller' };
    return choice.kind === 'delta' ? { sent } : { sent, reason: choice.reason };
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

interface Choice {
  readonly sent?: UpdatePackage;
  readonly reason?: FullImageReason;
}

/** The board took all of the package, or part of it, and would not have it; nothing of it was installed. */
function isRefusal({ outcome, error, phase }: UpdateRecord): boolean {
  return (
    outcome === 'failed' &&
    error?.code === ('update.rejected' satisfies SlipwayError['code']) &&
    (isTransfer(phase) || phase === 'downloaded')
  );
}
