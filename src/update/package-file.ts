import { createHash } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { SlipwayError } from '../base/errors';
import { readAppInfo } from '../image/app-info';
import { detectImageKind } from '../image/image-kind';
import { signatureOf } from '../image/mcuboot/checks';
import { parseMcubootImage } from '../image/mcuboot/parse';
import { isSuitEnvelope, peekEnvelope } from '../manifest/suit-peek';
import type { SigningFormat } from './sign-firmware';
import type { UpdatePackage } from './types';

/**
 * Makes a package of the bytes of a signed envelope or MCUboot image, with the version and sequence number it claims
 * (the board, not this, is the judge of them). `name` is what people know it by, usually the file's name.
 *
 * Errors: `image.empty`, `suit.unsigned` for anything that is not an envelope or bears no signature,
 * and those of `peekEnvelope`.
 */
export function toUpdatePackage(name: string, bytes: Uint8Array): UpdatePackage {
  if (bytes.length === 0) throw new SlipwayError('image.empty', { file: name });
  if (detectImageKind(bytes) === 'MCUboot image') return mcubootPackage(name, bytes);
  if (!isSuitEnvelope(bytes)) throw new SlipwayError('suit.unsigned', {});
  const { sequence, version, signed, vendorId, classId, keyIds } = peekEnvelope(bytes);
  if (!signed) throw new SlipwayError('suit.unsigned', {});
  return {
    name,
    bytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    sequence,
    claims: { keyIds, ...(vendorId && { vendorId }), ...(classId && { classId }) },
    ...(version !== undefined && { version }),
  };
}

/**
 * A signed MCUboot image, for boards that take one bare. Errors: `mcuboot.malformed`, `mcuboot.truncated`,
 * `mcuboot.unsigned`.
 */
function mcubootPackage(name: string, bytes: Uint8Array): UpdatePackage {
  signatureOf(parseMcubootImage(bytes));
  const version = readAppInfo(bytes)?.version;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name, bytes, sha256, ...(version !== undefined && { version }) };
}

/**
 * What the signed package of an artifact is called, beside it: `firmware.bin` → `firmware.suit`, or `firmware.mcuboot`
 * for a bare image.
 */
export function packageFileOf(artifact: string, format: SigningFormat = 'suit'): string {
  const extension = format === 'mcuboot' ? '.mcuboot' : '.suit';
  return artifact.slice(0, artifact.length - extname(artifact).length) + extension;
}

/** Writes a package in one step: nobody ever reads half of it. Errors: `image.unwritable`. */
export async function writePackage(file: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SlipwayError('image.unwritable', { file, reason }, { cause });
  }
}
