import type { ErrorCode } from '../base/errors';
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
