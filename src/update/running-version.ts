import type { Board } from '../lwm2m/board';
import type { ResourceValue, ResourceValues } from '../lwm2m/values';

/** Firmware Version of Device, and PkgVersion of Firmware Update for boards without the first. */
const versionPaths = ['/3/0/3', '/5/0/7'] as const;

/** The version that a board is known to run; undefined where it did not tell. */
export function runningVersion(values: ResourceValues): string | undefined {
  return versionPaths.map((path) => values.get(path)).find(isText);
}

/** Asks a board for the version that it runs; undefined where it does not tell. Rejects as `Board.read`. */
export async function readVersion(board: Board, signal: AbortSignal): Promise<string | undefined> {
  for (const path of board.hasObject(3) ? versionPaths : versionPaths.slice(1)) {
    const version = await readText(board, path, signal);
    if (version !== undefined) return version;
  }
  return undefined;
}

/** A text that a board tells; undefined where it is empty or there is none. Rejects as `Board.read`. */
export async function readText(board: Board, path: string, signal: AbortSignal): Promise<string | undefined> {
  const text = await board.readResource(path, { signal });
  return isText(text) ? text : undefined;
}

function isText(value: ResourceValue | undefined): value is string {
  return typeof value === 'string' && value !== '';
}
