import type { ErrorCode } from '../base/errors';
import type { SleepState } from '../lwm2m/queue-mode';
import { english, type Localize } from './localize';
import type { Wordings } from './wording-table';

/** Words for errors of LwM2M operations that not every board can do. */
export const lwm2mWordings: Wordings<Extract<ErrorCode, 'lwm2m.needs-version'>> = {
  'lwm2m.needs-version': ({ board, operation, version, needed }, t) => [
    t('{0} speaks LwM2M {1}; {2} came with {3}.', board, version, operation, needed),
    t('Read or write its resources one by one, or update its LwM2M client.'),
  ],
};

/** `asleep, 2 requests waiting`; undefined for a board that listens. */
export function sleepText(sleep: SleepState | undefined, t: Localize = english): string | undefined {
  if (!sleep?.asleep) return undefined;
  if (sleep.waiting === 0) return t('asleep');
  return sleep.waiting === 1
    ? t('asleep, 1 request waiting')
    : t('asleep, {0} requests waiting', sleep.waiting);
}
