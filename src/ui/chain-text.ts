import type { ChainStatus } from '../manifest/chain-status';
import { english, type Localize } from './localize';
import { faultText } from './suit-wording';

/** How a chain stands with the roots that are trusted. */
export function chainText(chain: ChainStatus, t: Localize = english): string {
  switch (chain.kind) {
    case 'trusted':
      return t('the chain ends in a trusted root');
    case 'unchecked':
      return t('not checked: no root is trusted yet');
    case 'broken':
      return t('not trusted: {0}: {1}', chain.subject, faultText(chain.fault, t));
  }
}

/** What there is to warn of. */
export function chainNotes(
  chain: ChainStatus | undefined,
  daysLeft: number | undefined,
  t: Localize = english,
): readonly string[] {
  if (daysLeft !== undefined && daysLeft < 0) return [t('certificate expired')];
  if (daysLeft !== undefined) return [t('certificate expires in {0} days', daysLeft)];
  return chain?.kind === 'broken' ? [t('certificates not trusted')] : [];
}
