import type { ErrorCode } from '../base/errors';
import type { FullImageReason } from '../update/choose-delta';
import type { UpdatePackage, UpdateRecord } from '../update/types';
import { english, type Localize } from './localize';
import { bytesText } from './quantities';
import { type Wordings, withoutStop } from './wording-table';

/** Words for errors of patches from one image to another. */
export const deltaWordings: Wordings<Extract<ErrorCode, `delta.${string}`>> = {
  'delta.malformed': ({ reason }, t) => [
    t('This is no patch, or a damaged one: {0}.', withoutStop(reason)),
    t('Make it again, or get it again from where it came.'),
  ],
  'delta.unsupported': ({ what }, t) => [
    t('This patch needs {0}, which Slipway does not have.', what),
    t('Make it as a sequential patch with heatshrink, crle or no compression.'),
  ],
  'delta.truncated': ({ bytes, expected }, t) => [
    t('The patch is cut off: it gives {0} of {1} bytes.', bytes, expected),
    t('Get all of it again from where it came.'),
  ],
  'delta.too-large': ({ bytes, limit }, t) => [
    t('The patch would give {0}; {1} is the limit.', bytesText(bytes), bytesText(limit)),
    t('Check that the file is a patch for this kind of board.'),
  ],
  'delta.wrong-base': ({ offset, bytes }, t) => [
    t('The patch was made for another image: it reads at byte {0} of a base of {1} bytes.', offset, bytes),
    t('Use the image that the patch was made from.'),
  ],
  'delta.wrong-result': ({ expected, actual }, t) => [
    t('The patch gave another image than it should: SHA-256 {0} instead of {1}.', actual, expected),
    t('Use the image that the patch was made from.'),
  ],
  'delta.failed': ({ reason }, t) => [
    t('The patch could not be made: {0}.', withoutStop(reason)),
    t('Push the full image, and please report this.'),
  ],
};

/** What of a package is sent: `a patch of 38.4 KiB instead of 600.4 KiB`, or only its size where that is the whole. */
export function sentText(
  { bytes, fullBytes, reducedBy }: Pick<UpdateRecord, 'bytes' | 'fullBytes' | 'reducedBy'>,
  t: Localize = english,
): string {
  if (fullBytes === undefined) return bytesText(bytes);
  return reducedBy === 'compression'
    ? t('compressed to {0} instead of {1}', bytesText(bytes), bytesText(fullBytes))
    : t('a patch of {0} instead of {1}', bytesText(bytes), bytesText(fullBytes));
}

/** The same of a package on its way. */
export function sentPackageText({ bytes, full, reducedBy }: UpdatePackage, t: Localize = english): string {
  return sentText(
    { bytes: bytes.length, ...(full && { fullBytes: full.bytes.length }), ...(reducedBy && { reducedBy }) },
    t,
  );
}

/** Why a board gets the image and not a patch. */
export function noPatchText(reason: FullImageReason, isCompressed: boolean, t: Localize = english): string {
  if (isCompressed) {
    return t(
      'The image is sent compressed: a patch needs the one that the board runs, which was not pushed from here, or long ago.',
    );
  }
  switch (reason) {
    case 'board-tells-nothing':
      return t('The full image is sent: the board does not say which image it runs.');
    case 'not-kept':
      return t(
        'The full image is sent: the image that the board runs was not pushed from here, or long ago.',
      );
    case 'ambiguous-version':
      return t('The full image is sent: several images with the board’s version were pushed from here.');
    case 'same-image':
      return t('The full image is sent: the board runs this very image.');
    case 'not-smaller':
      return t('The full image is sent: a patch would not be smaller.');
    case 'not-made':
      return t('The full image is sent: the patch could not be made.');
    case 'package-kind':
      return t('The full image is sent: patches are made of packages with one image that is not encrypted.');
    case 'no-signer':
      return t('The full image is sent: the key that signed the package is not at hand to sign a patch.');
    case 'refused':
      return t('The full image is sent: the board refused the patch.');
  }
}
