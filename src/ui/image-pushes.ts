import { join } from 'node:path';
import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import { makeDelta } from '../image/delta/make-delta';
import { ImagePush } from '../update/image-push';
import { ImageStore } from '../update/image-store';
import type { UnfinishedUpdates } from '../update/unfinished-updates';
import type { UpdateService } from '../update/update-service';

/** Pushes of the extension: patches are made beside its bundle, and images kept in `storage`, outside every workspace. */
export function createImagePush(
  updates: UpdateService,
  unfinished: UnfinishedUpdates | undefined,
  storage: string,
  clock: Clock,
  log: Log,
): ImagePush {
  const workerFile = join(__dirname, 'delta-worker.js');
  return new ImagePush({
    updates,
    unfinished,
    images: new ImageStore(join(storage, 'images'), clock, log),
    makePatch: (base, target, signal) => makeDelta(base, target, { workerFile, signal }),
    log,
  });
}
