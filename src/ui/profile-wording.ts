import { blockSize } from '../coap/options';
import type { TransferProfile } from '../coap/transfer-profile';
import { english, type Localize } from './localize';
import { bytesText } from './quantities';

/** What was remembered of how a board takes transfers, and that it no longer is. */
export function forgottenProfileText(
  board: string,
  profile: TransferProfile | undefined,
  t: Localize = english,
): string {
  if (!profile) return t('Nothing was remembered of how {0} takes transfers.', board);
  const size = bytesText(blockSize(profile.szx));
  const remembered =
    profile.window === 0
      ? t('blocks of {0}, one at a time', size)
      : t('blocks of {0}, {1} in flight', size, profile.window);
  return t('Forgotten for {0}: {1}. The next push finds out anew what it takes.', board, remembered);
}
