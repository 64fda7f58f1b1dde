import { createHash } from 'node:crypto';
import { join } from 'node:path';

/**
 * Where the history of a workspace is kept below the extension's global storage: one file each, because two windows
 * that wrote the same one would lose each other's runs.
 */
export function historyFile(globalStorage: string, workspaceUri: string | undefined): string {
  const name =
    workspaceUri === undefined
      ? 'no-workspace'
      : createHash('sha256').update(workspaceUri).digest('hex').slice(0, 16);
  return join(globalStorage, 'history', `${name}.json`);
}
