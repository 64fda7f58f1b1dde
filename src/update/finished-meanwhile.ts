import { createHash } from 'node:crypto';
import type { Board } from '../lwm2m/board';
import { readDeltaBase } from '../lwm2m/delta-base';
import { imageOf } from './delta-package';
import { readVersion } from './running-version';
import type { UnfinishedUpdate } from './unfinished-updates';

/**
 * Whether a board runs by now what it was being given when the editor ended: by the digest of its image where it tells
 * that, else by a version that it did not run before. What can't be told is not finished. Rejects as `Board.read`.
 */
export async function finishedMeanwhile(
  board: Board,
  { package: pkg, ranVersion }: UnfinishedUpdate,
  signal: AbortSignal,
): Promise<boolean> {
  const image = imageOf(pkg);
  const running = image && (await readDeltaBase(board, signal));
  if (running !== undefined) return running === createHash('sha256').update(image!).digest('hex');
  const { version } = pkg;
  if (version === undefined || ranVersion === undefined || version === ranVersion) return false;
  return (await readVersion(board, signal)) === version;
}
