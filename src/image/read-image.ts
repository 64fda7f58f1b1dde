import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { SlipwayError } from '../base/errors';
import { type AppInfo, readAppInfo } from './app-info';
import { parseElf } from './elf';
import { detectImageKind, type ImageKind } from './image-kind';
import { parseIntelHex } from './intel-hex';
import { flatten, type Segment } from './segments';

/** What the firmware was read from. An MCUboot image is signed already, and flat. */
export type FirmwareSource = 'BIN' | 'ELF' | 'Intel HEX' | 'MCUboot image';

/** A firmware as it lies in flash, fit to be signed and pushed. */
export interface FirmwareImage {
  readonly bytes: Uint8Array;
  readonly source: FirmwareSource;
  /** Where its first byte belongs, if the file said so. */
  readonly address?: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** What the image says of itself, if it has an application descriptor. */
  readonly appInfo?: AppInfo;
}

/** Larger than any microcontroller's flash: a file beyond it was picked by mistake. */
export const defaultImageLimit = 64 * 1024 * 1024;

/** A file may be this many times as large as its image: HEX takes 2.8 characters a byte, ELF brings debug information. */
const fileFactor = 4;

/**
 * Takes `bytes`, whatever their kind (told by content, never by name), as a firmware of at most `limit` bytes. `file`
 * names it in errors: `image.empty`, `image.too-large`, `image.damaged`, `image.scattered`, `image.no-data`, and
 * `image.wrong-kind` for files of other kinds.
 */
export function readImage(file: string, bytes: Uint8Array, limit = defaultImageLimit): FirmwareImage {
  if (bytes.length === 0) throw new SlipwayError('image.empty', { file });
  const kind = detectImageKind(bytes);
  if (kind !== 'ELF' && kind !== 'Intel HEX') return toFirmware(file, bytes, kind, limit);
  const segments = readSegments(file, kind, bytes);
  const flat = flatten(file, kind, segments, limit);
  const inner = toFirmware(file, flat.bytes, detectImageKind(flat.bytes), limit);
  return { ...inner, source: inner.source === 'BIN' ? kind : inner.source, address: flat.address };
}

function toFirmware(
  file: string,
  bytes: Uint8Array,
  kind: ImageKind | undefined,
  limit: number,
): FirmwareImage {
  checkSize(file, bytes.length, limit);
  if (kind !== undefined && kind !== 'MCUboot image') {
    throw new SlipwayError('image.wrong-kind', { file, kind });
  }
  const appInfo = readAppInfo(bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, source: kind ?? 'BIN', sha256, ...(appInfo && { appInfo }) };
}

function readSegments(file: string, kind: 'ELF' | 'Intel HEX', bytes: Uint8Array): readonly Segment[] {
  try {
    if (kind === 'ELF') return parseElf(bytes);
    return parseIntelHex(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new SlipwayError('image.damaged', { file, kind, reason: cause.message }, { cause });
  }
}

/**
 * Reads a file as a firmware; doesn't load one that is too large. Errors: those of `readImage`, and
 * `image.unreadable`.
 */
export async function readImageFile(file: string, limit = defaultImageLimit): Promise<FirmwareImage> {
  return readImage(file, await readBytes(file, limit * fileFactor), limit);
}

/**
 * Reads a file of at most `limit` bytes, whatever it holds. Errors: `image.empty`, `image.too-large`,
 * `image.unreadable`.
 */
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
