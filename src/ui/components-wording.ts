import type { ErrorCode } from '../base/errors';
import { updateResultText } from './update-result-wording';
import type { Wordings } from './wording-table';

/** Words for updates of several components (object 33629). */
export const componentsWordings: Wordings<Extract<ErrorCode, `components.${string}`>> = {
  'components.unknown': ({ board, component, known }, t) => [
    t('{0} has no component {1}.', board, component),
    known === ''
      ? t('It names none: enable object 33629 in its LwM2M client.')
      : t('Its components are {0}.', known),
  ],
  'components.conflict': ({ board, component, conflicting }, t) => [
    t(
      '{0} can’t update {1}: it conflicts with {2}, which is not part of the update.',
      board,
      component,
      conflicting,
    ),
    t('Push packages for {0} as well, and update them together.', conflicting),
  ],
  'components.rejected': ({ board, component, result, what, conflicting }, t) => {
    const { text, remedy } = updateResultText(result, t);
    const when = what === 'update' ? t('update') : t('package');
    const others = conflicting === undefined ? '' : t(', because of {0}', conflicting);
    return [
      t(
        '{0} refused the {1} of {2}: {3} (Update Result {4}){5}.',
        ...([board, when, component, text.charAt(0).toLowerCase() + text.slice(1), result, others] as const),
      ),
      remedy,
    ];
  },
};
