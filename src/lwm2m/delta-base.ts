import { toHex } from '../base/hex';
import type { Board } from './board';
import { binaryAppData } from './objects/binary-app-data';
import { parsePath } from './path';
import type { ResourceValue, ResourceValues } from './values';

/**
 * How a board says that it takes patches, and to which image: an instance of object 19 (BinaryAppDataContainer) with
 * this Data Description, the SHA-256 of the image that runs as Data, and the form of patches as Data Format. Object 5
 * has no resource for either.
 */
const description = 'SUIT delta base';

/** Sequential patches of detools, with heatshrink's window of 8 and lookahead of 7 bits. */
const patchFormat = 'detools heatshrink 8/7';

/** The values of that instance, keyed by their path below it. */
export function deltaBaseValues(imageSha256: Uint8Array): ResourceValues {
  return new Map<string, ResourceValue>([
    ['0/0', imageSha256],
    ['3', description],
    ['4', patchFormat],
  ]);
}

/**
 * Hex of the SHA-256 of the image that a board runs, if it takes patches in a form that Slipway makes. Errors as
 * `Board.read`.
 */
export async function readDeltaBase(board: Board, signal?: AbortSignal): Promise<string | undefined> {
  if (!board.hasObject(binaryAppData.id) || board.instancesOf(binaryAppData.id).length === 0) {
    return undefined;
  }
  const values = await board.read(`/${binaryAppData.id}`, signal ? { signal } : {});
  for (const [path, value] of values) {
    const { instanceId, resourceId } = parsePath(path);
    if (resourceId !== 3 || value !== description) continue;
    const below = `/${binaryAppData.id}/${instanceId}`;
    const digest = values.get(`${below}/0/0`);
    if (values.get(`${below}/4`) !== patchFormat) continue;
    if (digest instanceof Uint8Array && digest.length === 32) return toHex(digest);
  }
  return undefined;
}
