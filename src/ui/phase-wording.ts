import type { UpdatePhase } from '../update/types';
import { type Localize, english } from './localize';
import { softwarePhaseText } from './software-wording';

/** What an update does in a phase, for status bar and panel: `Pushing`. */
export function phaseText(phase: UpdatePhase, t: Localize = english): string {
  switch (phase) {
    case 'preflight':
      return t('Checking the board');
    case 'reset':
      return t('Resetting the update state');
    case 'push':
      return t('Pushing');
    case 'pull':
      return t('Board is fetching');
    case 'interruption':
      return t('Waiting for the board: plug it back in');
    case 'downloaded':
      return t('Waiting for the board to accept');
    case 'apply':
      return t('Starting the update');
    case 'deferred':
      return t('Put off by the board');
    case 'reboot':
      return t('Waiting for the reboot');
    case 'confirm':
      return t('Reading the result');
    case 'done':
      return t('Done');
    default:
      return softwarePhaseText(phase, t);
  }
}

/** A phase as a noun, for errors that name it. */
export function phaseNoun(phase: string, t: Localize): string {
  switch (phase) {
    case 'preflight':
      return t('check before the push');
    case 'reset':
      return t('reset of the update state');
    case 'push':
    case 'pull':
      return t('transfer');
    case 'interruption':
      return t('wait for the board');
    case 'downloaded':
      return t('acceptance of the package');
    case 'apply':
      return t('start of the update');
    case 'deferred':
      return t('end of the deferral');
    case 'reboot':
      return t('reboot into the new firmware');
    case 'confirm':
      return t('reading of the result');
    case 'install':
      return t('installation');
    case 'activate':
      return t('activation');
    case 'deactivate':
      return t('deactivation');
    case 'uninstall':
      return t('uninstallation');
    default:
      return phase;
  }
}
