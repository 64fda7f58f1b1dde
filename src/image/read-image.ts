import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { SlipwayError } from '../base/errors';
import { type AppInfo, readAppInfo } from './app-info';
import { detectImageKind } from './image-kind';

/** A flat binary, fit to be signed and pushed. */
export interface FirmwareImage {
  readonly bytes: Uint8Array;
  /** Lower-case hex. */
  readonly sha256: string;
  /** What the image says of itself, if it has an application descriptor. */
  readonly appInfo?: AppInfo;
}

/** Larger than any microcontroller's flash: a file beyond it was picked by mistake. */
export const defaultImageLimit = 64 * 1024 * 1024;

/**
 * Takes `bytes` as a flat binary (BIN) of at most `limit` bytes; `file` names it in errors: `image.empty`,
 * `image.too-large`, and `image.wrong-kind` for files that aren't flat or are signed already.
 */
export function readImage(file: string, bytes: Uint8Array, limit = defaultImageLimit): FirmwareImage {
  checkSize(file, bytes.length, limit);
  const kind = detectImageKind(bytes);
  if (kind) throw new SlipwayError('image.wrong-kind', { file, kind });
  const appInfo = readAppInfo(bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, sha256, ...(appInfo && { appInfo }) };
}

/**
 * Reads a file as a flat binary; doesn't load one that is too large. Errors: those of `readImage`, and
 * `image.unreadable`.
 */
export async function readImageFile(file: string, limit = defaultImageLimit): Promise<FirmwareImage> {
  return readImage(file, await readBytes(file, limit), limit);
}

/** Reads a file of at most `limit` bytes, whatever it holds. Errors: `image.empty`, `image.too-large`, `image.unreadable`. */
export async function readBytes(file: string, limit = defaultImageLimit): Promise<Uint8Array> {
  try {
    const handle = await open(file, 'r');
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw new SlipwayError('image.unreadable', { file, reason: 'not a file' });
      checkSize(file, stats.size, limit);
      return new Uint8Array(await handle.readFile());
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (SlipwayError.is(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SlipwayError('image.unreadable', { file, reason }, { cause });
  }
}

function checkSize(file: string, bytes: number, limit: number): void {
  if (bytes === 0) throw new SlipwayError('image.empty', { file });
  if (bytes > limit) throw new SlipwayError('image.too-large', { file, bytes, limit });
}
