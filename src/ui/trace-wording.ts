import { type Wordings, withoutStop } from './wording-table';

/** The words for errors of traces. */
export const traceWordings: Wordings<'trace.not-written'> = {
  'trace.not-written': ({ file, reason }, t) => [
    t('The trace could not be written to {0}: {1}.', file, withoutStop(reason)),
    t('Choose another file, in a folder that is there and that you may write to.'),
  ],
};
