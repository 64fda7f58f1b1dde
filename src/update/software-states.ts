/** Update State (9/x/7), OMA LWM2M_SwMgmt appendix A. */
export const softwareState = {
  initial: 0,
  downloadStarted: 1,
  downloaded: 2,
  delivered: 3,
  installed: 4,
} as const;

/** Update Result (9/x/9). */
export const softwareResult = {
  initial: 0,
  downloading: 1,
  installed: 2,
  verified: 3,
  notEnoughStorage: 50,
  outOfMemory: 51,
  connectionLost: 52,
  integrityCheckFailed: 53,
  unsupportedPackageType: 54,
  invalidUri: 56,
  deviceError: 57,
  installFailed: 58,
  uninstallFailed: 59,
} as const;

/** What can be asked of software on a board. */
export const softwareOperations = [
  'deliver',
  'install',
  'activate',
  'deactivate',
  'uninstall',
  'uninstall-for-update',
] as const;
export type SoftwareOperation = (typeof softwareOperations)[number];

/** How an instance of object 9 stands. */
export interface SoftwareStatus {
  readonly state: number;
  readonly result: number;
  /** Activation State; undefined where the board does not tell. */
  readonly active: boolean | undefined;
}

/**
 * What to do first to deliver: nothing, or take away what was delivered and not installed. Over installed software
 * nothing is delivered: it is uninstalled for an update before.
 */
export type DeliverStart = 'transfer' | 'clear' | 'refuse';

const deliverStarts: Readonly<Record<number, DeliverStart>> = {
  [softwareState.initial]: 'transfer',
  // Begun and never ended: the first block begins anew.
  [softwareState.downloadStarted]: 'transfer',
  [softwareState.downloaded]: 'transfer',
  [softwareState.delivered]: 'clear',
  [softwareState.installed]: 'refuse',
};

export function deliverFrom(state: number): DeliverStart {
  return deliverStarts[state] ?? 'refuse';
}

const { delivered, installed } = softwareState;

/** States in which each operation may be asked for (OMA LWM2M_SwMgmt §5.2); elsewhere a board answers 4.05. */
const allowedStates: Readonly<Record<Exclude<SoftwareOperation, 'deliver'>, readonly number[]>> = {
  install: [delivered],
  activate: [installed],
  deactivate: [installed],
  uninstall: [delivered, installed],
  'uninstall-for-update': [installed],
};

/** Whether an operation can be asked for, as the software stands; what is active can't be activated once more. */
export function isAllowed(
  operation: SoftwareOperation,
  { state, active }: Pick<SoftwareStatus, 'state' | 'active'>,
): boolean {
  if (operation === 'deliver') return deliverFrom(state) !== 'refuse';
  if (!allowedStates[operation].includes(state)) return false;
  if (operation === 'activate') return active !== true;
  return operation !== 'deactivate' || active !== false;
}

/** What a status means to a workflow that waits for the end of an operation. */
export type SoftwareVerdict = 'wait' | 'done' | 'failed';

/** 50 to 200 are failures, those beyond 59 of a later version or the device's own. */
export function isFailure(result: number): boolean {
  return result >= softwareResult.notEnoughStorage;
}

/** By Update State: what it means without a failure in Update Result, and with one. */
type VerdictTable = Readonly<Record<number, readonly [open: SoftwareVerdict, failure: SoftwareVerdict]>>;

const whileTransferred: VerdictTable = {
  [softwareState.initial]: ['wait', 'failed'],
  [softwareState.downloadStarted]: ['wait', 'wait'],
  [softwareState.downloaded]: ['wait', 'wait'],
  // Result may stay 0 here: the State decides.
  [softwareState.delivered]: ['done', 'done'],
  // A board that installs by itself.
  [softwareState.installed]: ['done', 'done'],
};

const whileInstalled: VerdictTable = {
  // The package is gone: that is no installation, whatever the result says.
  [softwareState.initial]: ['failed', 'failed'],
  [softwareState.downloadStarted]: ['wait', 'wait'],
  [softwareState.downloaded]: ['wait', 'wait'],
  [softwareState.delivered]: ['wait', 'failed'],
  [softwareState.installed]: ['done', 'done'],
};

const whileUninstalled: VerdictTable = {
  [softwareState.initial]: ['done', 'done'],
  [softwareState.downloadStarted]: ['wait', 'wait'],
  [softwareState.downloaded]: ['wait', 'wait'],
  [softwareState.delivered]: ['wait', 'failed'],
  [softwareState.installed]: ['wait', 'failed'],
};

/** Activation is told by Activation State alone; it needs the software to stay installed. */
const whileActivated: VerdictTable = {
  [softwareState.initial]: ['failed', 'failed'],
  [softwareState.downloadStarted]: ['failed', 'failed'],
  [softwareState.downloaded]: ['failed', 'failed'],
  [softwareState.delivered]: ['failed', 'failed'],
  [softwareState.installed]: ['wait', 'failed'],
};

const tables: Readonly<Record<SoftwareOperation, VerdictTable>> = {
  deliver: whileTransferred,
  install: whileInstalled,
  activate: whileActivated,
  deactivate: whileActivated,
  uninstall: whileUninstalled,
  'uninstall-for-update': whileUninstalled,
};

/**
 * What a status means after an operation was asked for. `isOld`: its result may stand from before, so that a failure
 * says nothing yet. States without a name say nothing.
 */
export function judgeSoftware(
  operation: SoftwareOperation,
  { state, result, active }: SoftwareStatus,
  isOld = false,
): SoftwareVerdict {
  if (state === softwareState.installed) {
    // Without an Activation State, the board's answer to the operation is all that can be had.
    if (operation === 'activate' && active !== false) return 'done';
    if (operation === 'deactivate' && active !== true) return 'done';
  }
  const row = tables[operation][state];
  return row?.[isFailure(result) && !isOld ? 1 : 0] ?? 'wait';
}
