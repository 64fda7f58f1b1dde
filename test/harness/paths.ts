import { homedir } from 'node:os';
import { join } from 'node:path';

/** The checkout. */
export const root = join(__dirname, '..', '..');

/** Scratch of the harness, inside the checkout and ignored by git. */
export const out = join(root, 'out');

/**
 * Where downloads that outlive the checkout are kept: `SLIPWAY_CACHE`, or `slipway` in the platform's cache
 * folder.
 */
export function cacheRoot(): string {
  const own = process.env.SLIPWAY_CACHE;
  if (own) return own;
  if (process.platform === 'win32') {
    return join(process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'slipway', 'Cache');
  }
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'slipway');
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'slipway');
}

/** The path part of a URI for an absolute path: forward slashes and a leading one, on Windows too. */
export function uriPath(path: string): string {
  const forward = path.replaceAll('\\', '/');
  return forward.startsWith('/') ? forward : `/${forward}`;
}

/**
 * Environment under which Slipway keeps what belongs to the user (keys, sequence numbers) in `folder`, so that
 * tests and demonstrations never touch the user's own.
 */
export function ownDataEnvironment(folder: string): NodeJS.ProcessEnv {
  if (process.platform === 'win32') return { APPDATA: folder };
  if (process.platform === 'darwin') return { HOME: folder };
  return { XDG_DATA_HOME: folder };
}
