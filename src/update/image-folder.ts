import path from 'node:path';
import { defaultKeyFolder } from '../manifest/key-folder';

/** Where images that were pushed from a terminal are kept: beside the keys. Parameters as `defaultKeyFolder`. */
export function defaultImageFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  homedir: string,
): string {
  const paths = platform === 'win32' ? path.win32 : path.posix;
  return paths.join(paths.dirname(defaultKeyFolder(env, platform, homedir)), 'images');
}
