import { type ErrorCode, SlipwayError } from '../base/errors';
import type { BootstrapState } from '../lwm2m/bootstrap-server';
import { english, type Localize } from './localize';
import { durationText } from './quantities';
import type { Wordings } from './wording-table';

/** Words for bootstraps that come to nothing. */
export const bootstrapWordings: Wordings<Extract<ErrorCode, `bootstrap.${string}`>> = {
  'bootstrap.off': ({ board }, t) => [
    t('{0} asks for its account, and this desk is set to give none.', board),
    t('Switch on slipway.server.bootstrap, or give the board its account another way.'),
  ],
  'bootstrap.no-key': ({ board }, t) => [
    t('{0} asks for its account, and there is no signing key that it could be told to trust.', board),
    t('Generate or select a signing key; the board asks again by itself.'),
  ],
  'bootstrap.no-trigger': ({ board, code }, t) => [
    t('{0} can’t be asked to bootstrap again ({1}).', board, code),
    t(
      'Enable Bootstrap-Request Trigger (1/x/9) in its LwM2M client, or reset the board to its factory settings.',
    ),
  ],
  'bootstrap.not-asked': ({ board, timeoutMs }, t) => [
    t(
      '{0} agreed to bootstrap again, and has not asked here for its account in {1}.',
      board,
      durationText(timeoutMs),
    ),
    t('Check that the bootstrap server in its object 0 is this desk, and see its console.'),
  ],
  'bootstrap.refused': ({ board, method, path, code }, t) => [
    t('{0} refused {1} {2} of its bootstrap ({3}) and keeps the account it had.', board, method, path, code),
    t('Look into its console for the reason; it asks for a bootstrap again by itself.'),
  ],
};

/** How far a bootstrap is, in few words. */
export function bootstrapText(
  { phase, written, total, error }: BootstrapState,
  t: Localize = english,
): string {
  switch (phase) {
    case 'deleting':
      return t('asks for its account');
    case 'writing':
      return t('is given its account, {0} of {1}', written.length + 1, total);
    case 'finishing':
      return t('takes its account');
    case 'done':
      return t('was given its account');
    case 'failed':
      return t('bootstrap failed');
    case 'unserved':
      return SlipwayError.is(error, 'bootstrap.no-key')
        ? t('asks for its account; there is no key for it to trust')
        : t('asks for its account; none is given here');
  }
}
