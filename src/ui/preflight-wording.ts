import type { ErrorCode } from '../base/errors';
import { bytesText } from './quantities';
import { shortId } from './suit-wording';
import type { Wordings } from './wording-table';

type PreflightCode = Extract<
  ErrorCode,
  | 'update.too-large'
  | 'update.downgrade'
  | 'update.sequence-too-low'
  | 'update.vendor-mismatch'
  | 'update.class-mismatch'
  | 'update.untrusted-key'
>;

/** Words for what a board would refuse, told before the first byte. */
export const preflightWordings: Wordings<PreflightCode> = {
  'update.too-large': ({ board, bytes, limit }, t) => [
    t(
      'The package of {1} is too large for {0}, which has room for {2}.',
      board,
      bytesText(bytes),
      bytesText(limit),
    ),
    t('Make the image smaller, or free space on the board.'),
  ],
  'update.downgrade': ({ board, version, running }, t) => [
    t('{0} runs {1}, and the package has the older {2}.', board, running, version),
    t('Push it anyway if you want the older one; else build the newer one again.'),
  ],
  'update.sequence-too-low': ({ board, sequence, minimum }, t) => [
    t(
      '{0} would refuse the package: its sequence number is {1}, and the board is at {2}.',
      board,
      sequence,
      minimum,
    ),
    t('Sign it again, which gives it a higher number.'),
  ],
  'update.vendor-mismatch': ({ board, expected, actual }, t) => [
    t('{0} would refuse the package: it is for vendor {1}, and the board’s is {2}.', board, actual, expected),
    t('Set slipway.signing.vendorDomain to the board’s vendor and sign again.'),
  ],
  'update.class-mismatch': ({ board, expected, actual }, t) => [
    t('{0} would refuse the package: it is for class {1}, and the board’s is {2}.', board, actual, expected),
    t('Set slipway.signing.className to the board’s class and sign again.'),
  ],
  'update.untrusted-key': ({ board, keyId, trusted }, t) => [
    t(
      '{0} would refuse the package: it is signed with key {1}, and the board trusts {2}.',
      board,
      shortId(keyId),
      trusted.map(shortId).join(', '),
    ),
    t('Sign it with a key that the board trusts, or provision the board with this one.'),
  ],
};
