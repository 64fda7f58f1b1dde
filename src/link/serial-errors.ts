import { readFile, stat } from 'node:fs/promises';
import { SlipwayError } from '../base/errors';
import { reasonOf } from './link-lifecycle';

/**
 * What it means that `path` could not be opened. The binding has only the text of the operating system's error.
 * `platform` is Node's name of it.
 */
export async function serialOpenError(
  link: string,
  path: string,
  cause: unknown,
  platform: NodeJS.Platform = process.platform,
): Promise<SlipwayError> {
  const reason = reasonOf(cause);
  const options = { cause };
  if (/no such (file|device)|file not found|not a directory/i.test(reason)) {
    return new SlipwayError('link.not-found', { link }, options);
  }
  if (/busy|cannot lock port|temporarily unavailable/i.test(reason)) {
    return new SlipwayError('link.busy', { link }, options);
  }
  // Windows says "access denied" for a port that another program has open.
  if (/access( is)? denied/i.test(reason) && platform === 'win32') {
    return new SlipwayError('link.busy', { link }, options);
  }
  if (/permission denied|access denied|operation not permitted/i.test(reason)) {
    const group = platform === 'linux' ? await groupOf(path) : undefined;
    return new SlipwayError('link.permission', group === undefined ? { link } : { link, group }, options);
  }
  return new SlipwayError('link.failed', { link, reason }, options);
}

/** The group that may use a device file: `dialout`, `uucp`. Undefined for root's. */
async function groupOf(path: string): Promise<string | undefined> {
  try {
    const { gid } = await stat(path);
    return gid === 0 ? undefined : groupName(await readFile('/etc/group', 'utf8'), gid);
  } catch {
    return undefined;
  }
}

/** Name of group `gid` in the text of `/etc/group`. */
export function groupName(groups: string, gid: number): string | undefined {
  for (const line of groups.split('\n')) {
    const [name, , id] = line.split(':');
    if (name && id === String(gid)) return name;
  }
  return undefined;
}
