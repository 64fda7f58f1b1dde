import { randomUUID } from 'node:crypto';
import { link, open, unlink } from 'node:fs/promises';
import { SlipwayError } from '../base/errors';

/** The code of a file system error, e.g. `ENOENT`; undefined for anything else. */
export function fsErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** `error` as `key.storage`, unless it is one of ours already. */
export function storageError(path: string, error: unknown): SlipwayError {
  if (SlipwayError.is(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new SlipwayError('key.storage', { path, reason }, { cause: error });
}

/**
 * Creates `path` with `text` in one step: other processes see no file or the whole file, and so does the next
 * start after a crash. Resolves with false, and changes nothing, if `path` exists. `mode` has a meaning on POSIX
 * only; on Windows the folder's access rights hold. Errors: those of the file system.
 */
export async function createExclusive(path: string, text: string, mode: number): Promise<boolean> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeNew(temporary, text, mode);
    try {
      await link(temporary, path);
    } catch (error) {
      if (!noHardLinks.has(fsErrorCode(error) ?? '')) throw error;
      // Exclusive still, though a crash in between could leave half a file.
      await writeNew(path, text, mode);
    }
    return true;
  } catch (error) {
    if (fsErrorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

/** What file systems without hard links (FAT, some network drives) answer to `link`. */
const noHardLinks: ReadonlySet<string> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EISDIR',
  'UNKNOWN',
]);

async function writeNew(path: string, text: string, mode: number): Promise<void> {
  const handle = await open(path, 'wx', mode);
  try {
    await handle.writeFile(text, 'utf8');
    await handle.sync();
  } finally {
    await handle.close();
  }
}
