import type { ErrorCode } from '../base/errors';
import { keyWordings } from './key-wording';
import { suitWordings } from './suit-wording';
import { type Wordings, withoutStop } from './wording-table';

type SigningCode = Extract<ErrorCode, `suit.${string}` | `key.${string}` | `sequence.${string}`>;

/** Words for what goes wrong with manifests, keys and sequence numbers. */
export const signingWordings: Wordings<SigningCode> = {
  ...suitWordings,
  ...keyWordings,
  'sequence.corrupt': ({ file, reason }, t) => [
    t('The file of sequence numbers {0} is damaged: {1}.', file, withoutStop(reason)),
    t('Restore it from a copy. Without it numbers might repeat and boards refuse packages.'),
  ],
  'sequence.busy': ({ folder }, t) => [
    t('Other programs keep taking sequence numbers in {0}.', folder),
    t('Try again when they are done.'),
  ],
};
