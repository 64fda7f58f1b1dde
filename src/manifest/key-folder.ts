import path from 'node:path';

/**
 * Where keys and sequence numbers are kept unless the user sets otherwise: the user's data folder of the
 * platform, outside every workspace. `env`, `platform` and `homedir` are those of `process` and `os`.
 */
export function defaultKeyFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  homedir: string,
): string {
  if (platform === 'win32') {
    const roaming = env.APPDATA;
    const data =
      roaming && path.win32.isAbsolute(roaming) ? roaming : path.win32.join(homedir, 'AppData', 'Roaming');
    return path.win32.join(data, 'Slipway', 'keys');
  }
  if (platform === 'darwin') {
    return path.posix.join(homedir, 'Library', 'Application Support', 'Slipway', 'keys');
  }
  // XDG Base Directory Specification: relative paths are invalid and to be ignored.
  const xdg = env.XDG_DATA_HOME;
  const data = xdg && path.posix.isAbsolute(xdg) ? xdg : path.posix.join(homedir, '.local', 'share');
  return path.posix.join(data, 'slipway', 'keys');
}
