import type { ErrorCode } from '../base/errors';
import { type SoftwareOperation, deliverFrom, isFailure, softwareState } from '../update/software-states';
import type { UpdatePhase } from '../update/types';
import { english, type Localize } from './localize';
import { type Wordings, withoutStop } from './wording-table';

type SoftwareCode = Extract<ErrorCode, `software.${string}`>;

/** Words for what goes wrong with software packages (object 9). */
export const softwareWordings: Wordings<SoftwareCode> = {
  'software.no-instance': ({ board, instance }, t) => [
    t('{0} has no software instance {1}.', board, instance),
    t('Choose one of the instances that the board registered, or create it on the board.'),
  ],
  'software.wrong-state': ({ board, instance, operation, state, active }, t) => [
    t(
      '{0} can’t {1} software {2} now: it is {3}.',
      board,
      verb(operation, t),
      instance,
      standing(state, active, t),
    ),
    stateRemedy(operation, state, active, t),
  ],
  'software.rejected': ({ board, instance, operation, result, state, reason }, t) => {
    const { text, remedy } = softwareResultText(result, t);
    const why = reason === undefined ? '' : t(' The board says: {0}.', withoutStop(reason));
    // A package that is gone need not have a result that says so.
    const what = isFailure(result)
      ? t('{0} (Update Result {1})', withoutStop(lowerFirst(text)), result)
      : t('its state went to {0}', softwareStateText(state ?? 0, t));
    return [
      t('{0} did not {1} software {2}: {3}.', board, verb(operation, t), instance, what) + why,
      isFailure(result) ? remedy : t('See its console, then deliver the package again.'),
    ];
  },
  'software.busy': ({ board, instance }, t) => [
    t('Something is under way with software {1} of {0} already.', board, instance),
    t('Wait until it ends, or cancel it.'),
  ],
};

/** Update State (9/x/7) in a word or two. */
export function softwareStateText(state: number, t: Localize = english): string {
  const name = stateNames[state];
  return name === undefined ? t('Unknown ({0})', state) : t(name);
}

const stateNames: Readonly<Record<number, string>> = {
  0: 'Initial',
  1: 'Download started',
  2: 'Downloaded',
  3: 'Delivered',
  4: 'Installed',
};

/** Update Result (9/x/9) in plain words, with what to do. */
export function softwareResultText(
  result: number,
  t: Localize = english,
): { readonly text: string; readonly remedy: string } {
  const row = results[result];
  if (row) return { text: t(row[0]), remedy: t(row[1]) };
  return {
    text: t('Unknown result {0}', result),
    remedy: t('See the documentation of the board’s LwM2M client.'),
  };
}

/** OMA LWM2M_SwMgmt, appendix A, resource 9. */
const results: Readonly<Record<number, readonly [text: string, remedy: string]>> = {
  0: ['Nothing has been tried yet', 'Nothing to do.'],
  1: ['The package is being downloaded', 'Wait until it is there.'],
  2: ['The software is installed', 'Activate it to let it run.'],
  3: ['The package is there and was verified', 'Install it.'],
  50: [
    'Not enough storage for the package',
    'Uninstall software that is not needed, or make the package smaller.',
  ],
  51: [
    'The board ran out of memory during the download',
    'Let its client use smaller blocks, or give it more memory.',
  ],
  52: ['The connection was lost during the download', 'Check cable and power, then deliver again.'],
  53: [
    'The package failed its integrity check',
    'It was damaged or is signed with a key that the board does not trust: make it again and deliver it.',
  ],
  54: [
    'The board does not take this type of package',
    'Check that the file is a package for this board’s software, not a firmware.',
  ],
  56: ['The package’s URI is invalid', 'Correct the URI, or push the package instead.'],
  57: ['The board reports an error of its own', 'See its console and the documentation of its LwM2M client.'],
  58: [
    'The installation failed',
    'The package stays delivered: see the board’s console, and install again or deliver another.',
  ],
  59: [
    'The uninstallation for an update failed',
    'See the board’s console; uninstall without an update instead.',
  ],
};

/** What is under way in a phase of software. */
export function softwarePhaseText(
  phase: Extract<UpdatePhase, 'install' | 'activate' | 'deactivate' | 'uninstall'>,
  t: Localize,
): string {
  switch (phase) {
    case 'install':
      return t('Installing');
    case 'activate':
      return t('Activating');
    case 'deactivate':
      return t('Deactivating');
    case 'uninstall':
      return t('Uninstalling');
  }
}

/** Names of what is done, for titles and the history: `Deliver`. */
export function operationText(operation: SoftwareOperation, t: Localize = english): string {
  switch (operation) {
    case 'deliver':
      return t('Deliver');
    case 'install':
      return t('Install');
    case 'activate':
      return t('Activate');
    case 'deactivate':
      return t('Deactivate');
    case 'uninstall':
      return t('Uninstall');
    case 'uninstall-for-update':
      return t('Uninstall for update');
  }
}

/** What has become of the software when an operation succeeded: `timetable 1.0 is installed`. */
export function doneText(
  operation: SoftwareOperation,
  name: string,
  version: string | undefined,
  t: Localize = english,
): string {
  const software = version === undefined ? name : `${name} ${version}`;
  switch (operation) {
    case 'deliver':
      return t('{0} is delivered', software);
    case 'install':
      return t('{0} is installed', software);
    case 'activate':
      return t('{0} is active', software);
    case 'deactivate':
      return t('{0} is inactive', software);
    case 'uninstall':
      return t('{0} is uninstalled', name);
    case 'uninstall-for-update':
      return t('{0} is uninstalled and waits for its update', name);
  }
}

function verb(operation: string, t: Localize): string {
  switch (operation) {
    case 'deliver':
      return t('take a package for');
    case 'uninstall-for-update':
      return t('uninstall for an update');
    default:
      return t(operation);
  }
}

function standing(state: number, active: boolean | undefined, t: Localize): string {
  if (state !== softwareState.installed || active === undefined) {
    return lowerFirst(softwareStateText(state, t));
  }
  return active ? t('installed and active') : t('installed and inactive');
}

function stateRemedy(operation: string, state: number, active: boolean | undefined, t: Localize): string {
  const { initial, delivered, installed } = softwareState;
  if (operation === 'deliver') {
    return deliverFrom(state) === 'refuse' && state === installed
      ? t('Uninstall it for an update first, then deliver.')
      : t('Wait until it has finished, then deliver.');
  }
  if (state === initial) return t('Deliver a package first.');
  if (state === delivered) return t('Install it first.');
  if (state !== installed) return t('Wait until the package is delivered, or deliver it again.');
  if (operation === 'install') {
    return t('It is installed already; uninstall it for an update to install another.');
  }
  if (operation === 'activate' && active) return t('It runs already; deactivate it first to start it anew.');
  return t('It does not run; activate it first.');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
