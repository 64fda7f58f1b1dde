import type { ErrorCode } from '../base/errors';
import type { BatchCounts, BatchEntry } from '../update/update-batch';
import { english, type Localize } from './localize';
import type { Wordings } from './wording-table';

/** Words for errors of updates of several boards. */
export const batchWordings: Wordings<Extract<ErrorCode, 'update.batch-busy'>> = {
  'update.batch-busy': ({ boards, left }, t) => [
    t('An update of {0} boards is under way; {1} of them are left.', boards, left),
    t('Wait until it ends, or cancel all of it.'),
  ],
};

/** Boards that a message names; of more it gives the count. */
const namedBoards = 8;

/** `2 of 10 updated`, with what went otherwise: `2 of 10 updated, 1 failed`. */
export function countsText(counts: BatchCounts, t: Localize = english): string {
  const { total, succeeded, failed, cancelled } = counts;
  return [
    t('{0} of {1} updated', succeeded, total),
    ...(failed > 0 ? [t('{0} failed', failed)] : []),
    ...(cancelled > 0 ? [t('{0} cancelled', cancelled)] : []),
  ].join(', ');
}

/** What to tell the user when a batch ended: nothing unless a board failed, then which. */
export function failureSummary(
  entries: readonly BatchEntry[],
  t: Localize = english,
): { readonly text: string; readonly boards: readonly string[] } | undefined {
  const boards = entries.filter(({ state }) => state === 'failed').map(({ board }) => board);
  if (boards.length === 0) return undefined;
  const named = boards.slice(0, namedBoards).join(', ');
  const left = boards.length - namedBoards;
  const names = left > 0 ? t('{0} and {1} more', named, left) : named;
  const text =
    boards.length === 1
      ? t('1 of {0} boards was not updated: {1}. The panel says why.', entries.length, names)
      : t(
          '{0} of {1} boards were not updated: {2}. The panel says why.',
          boards.length,
          entries.length,
          names,
        );
  return { text, boards };
}
