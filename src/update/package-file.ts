import { createHash } from 'node:crypto';
import { SlipwayError } from '../base/errors';
import { isSuitEnvelope, peekEnvelope } from '../manifest/suit-peek';
import type { UpdatePackage } from './types';

/**
 * Makes a package of the bytes of a signed envelope, with the version and sequence number it claims (the board,
 * not this, is the judge of them). `name` is what people know it by, usually the file's name.
 *
 * Errors: `image.empty`, `suit.unsigned` for anything that is not an envelope or bears no signature,
 * and those of `peekEnvelope`.
 */
export function toUpdatePackage(name: string, bytes: Uint8Array): UpdatePackage {
  if (bytes.length === 0) throw new SlipwayError('image.empty', { file: name });
  if (!isSuitEnvelope(bytes)) throw new SlipwayError('suit.unsigned', {});
  const { sequence, version, signed } = peekEnvelope(bytes);
  if (!signed) throw new SlipwayError('suit.unsigned', {});
  return {
    name,
    bytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    sequence,
    ...(version !== undefined && { version }),
  };
}
