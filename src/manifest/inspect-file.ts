import { SlipwayError } from '../base/errors';
import { detectImageKind } from '../image/image-kind';
import type { Inspection } from '../image/inspection';
import { inspectMcubootImage, type McubootInspectionOptions } from '../image/mcuboot/inspect';
import { readImage } from '../image/read-image';
import { inspectEnvelope, type InspectionKeys } from './inspect-envelope';
import { isSuitEnvelope } from './suit-peek';

/** What there is to judge a file by. Only that of the kind it is gets asked for: a key may do for one alone. */
export interface InspectionTrust {
  envelope(): Promise<InspectionKeys>;
  image(): Promise<McubootInspectionOptions>;
}

/** A file taken apart, and the bytes that its offsets count in. */
export interface InspectedFile {
  readonly inspection: Inspection;
  readonly bytes: Uint8Array;
  /** What the image was taken out of; absent for a file that is one. */
  readonly container?: 'ELF' | 'Intel HEX';
}

/**
 * Takes a file apart as what it is by its content: a SUIT envelope, or an MCUboot image, also one in an Intel HEX or
 * ELF file. `file` names it in errors: `image.not-inspectable` for anything else, those of `readImage`, and those of
 * `trust`.
 */
export async function inspectFile(
  file: string,
  bytes: Uint8Array,
  trust: InspectionTrust,
): Promise<InspectedFile> {
  if (isSuitEnvelope(bytes)) return { inspection: inspectEnvelope(bytes, await trust.envelope()), bytes };
  const kind = detectImageKind(bytes);
  if (kind === 'MCUboot image') {
    return { inspection: inspectMcubootImage(bytes, await trust.image()), bytes };
  }
  if (kind === 'ELF' || kind === 'Intel HEX') {
    const image = readImage(file, bytes).bytes;
    if (detectImageKind(image) === 'MCUboot image') {
      const inspection = inspectMcubootImage(image, await trust.image());
      return { inspection, bytes: image, container: kind };
    }
  }
  if (bytes.length === 0) throw new SlipwayError('image.empty', { file });
  throw new SlipwayError('image.not-inspectable', { file, kind: kind ?? 'flat binary' });
}
