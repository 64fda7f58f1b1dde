import type { ErrorCode } from '../base/errors';
import { bytesText } from './quantities';
import { type Wordings, withoutStop } from './wording-table';

type ImageCode = Extract<ErrorCode, `image.${string}`>;

/** Words for what goes wrong with the files of images. */
export const imageWordings: Wordings<ImageCode> = {
  'image.empty': ({ file }, t) => [
    t('{0} is empty.', file),
    t('Build again and check the artifact pattern.'),
  ],
  'image.too-large': ({ file, bytes, limit }, t) => [
    t('{0} has {1}, more than the {2} that a firmware may have.', file, bytesText(bytes), bytesText(limit)),
    t('Check that the artifact pattern picks the firmware and nothing else.'),
  ],
  'image.wrong-kind': ({ file, kind }, t) => [
    t('{0} is no firmware that Slipway can sign: it is a file of kind {1}.', file, kind),
    t('Point slipway.build.artifact at the BIN, HEX or ELF file of your build.'),
  ],
  'image.not-inspectable': ({ file, kind }, t) => [
    t('{0} is neither a SUIT envelope nor an MCUboot image: it is a file of kind {1}.', file, kind),
    t('Sign it to make one of it.'),
  ],
  'image.too-large-to-inspect': ({ file, bytes, limit }, t) => [
    t('{0} has {1}, more than the {2} that are taken apart here.', file, bytesText(bytes), bytesText(limit)),
    t('An image for a microcontroller is smaller; see what else the file is.'),
  ],
  'image.unreadable': ({ file, reason }, t) => [
    t('{0} can’t be read: {1}.', file, withoutStop(reason)),
    t('Check that the file is there and may be read.'),
  ],
  'image.unwritable': ({ file, reason }, t) => [
    t('{0} can’t be written: {1}.', file, withoutStop(reason)),
    t('Check the permissions of its folder and the space on the disk.'),
  ],
  'image.damaged': ({ file, kind, reason }, t) => [
    t('{0} is a damaged file of kind {1}: {2}.', file, kind, withoutStop(reason)),
    t('Build again; the file may have been cut off or changed.'),
  ],
  'image.scattered': ({ file, from, to, limit }, t) => [
    t(
      '{0} has data from {1} to {2}, too far apart for one image of at most {3}.',
      file,
      addressText(from),
      addressText(to),
      bytesText(limit),
    ),
    t('Leave out what is for other memories, such as option bytes or external flash.'),
  ],
  'image.no-data': ({ file, kind }, t) => [
    t('{0}, a file of kind {1}, has nothing in it for a flash.', file, kind),
    t('Take the linked firmware, not an object file or a library.'),
  ],
};

function addressText(address: number): string {
  return `0x${address.toString(16)}`;
}
