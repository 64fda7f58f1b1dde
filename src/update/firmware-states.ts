/** State of object 5 (OMA Firmware Update 1.1, resource 5/0/3). */
export const firmwareState = { idle: 0, downloading: 1, downloaded: 2, updating: 3 } as const;

/** Update Result of object 5 (resource 5/0/5). */
export const firmwareResult = {
  initial: 0,
  success: 1,
  notEnoughFlash: 2,
  outOfRam: 3,
  connectionLost: 4,
  integrityCheckFailed: 5,
  unsupportedPackageType: 6,
  invalidUri: 7,
  updateFailed: 8,
  unsupportedProtocol: 9,
  cancelled: 10,
  deferred: 11,
  // Of object 33629 only.
  conflictingState: 12,
  dependencyError: 13,
} as const;

/** What the pair of State and Update Result means to a workflow that waits. */
export type Verdict =
  | 'wait' // nothing decided yet
  | 'downloaded' // the package is there and was accepted
  | 'updating' // the board went on to apply it by itself
  | 'succeeded'
  | 'deferred' // accepted, to be applied later; State stays Downloaded
  | 'failed';

/** Where the workflow waits: for the download to be accepted, or for the update to come out. */
export type Waiting = 'for-download' | 'for-update';

/** The classes that Update Results fall into; what is beyond 11 is a failure that has no name yet. */
type ResultClass = 'initial' | 'success' | 'deferred' | 'failure';

function classOf(result: number): ResultClass {
  if (result === firmwareResult.initial) return 'initial';
  if (result === firmwareResult.success) return 'success';
  if (result === firmwareResult.deferred) return 'deferred';
  return 'failure';
}

type VerdictRow = Readonly<Record<ResultClass, Verdict>>;
type VerdictTable = Readonly<Record<number, VerdictRow>>;

const always = (verdict: Verdict): VerdictRow => ({
  initial: verdict,
  success: verdict,
  deferred: verdict,
  failure: verdict,
});

/**
 * Rows are States. The package was written: a 2.04 to the last block decides nothing, State does. A result of
 * success in Idle is the one of the update before, still standing until the board begins to download.
 */
const forDownload: VerdictTable = {
  [firmwareState.idle]: { initial: 'wait', success: 'wait', deferred: 'failed', failure: 'failed' },
  [firmwareState.downloading]: always('wait'),
  [firmwareState.downloaded]: always('downloaded'),
  [firmwareState.updating]: always('updating'),
};

/**
 * Update was executed: a board ends in Idle, or stays Downloaded when applying failed or was put off. While
 * Updating the result is that of before.
 */
const forUpdate: VerdictTable = {
  [firmwareState.idle]: { initial: 'wait', success: 'succeeded', deferred: 'failed', failure: 'failed' },
  [firmwareState.downloading]: always('wait'),
  [firmwareState.downloaded]: { initial: 'wait', success: 'wait', deferred: 'deferred', failure: 'failed' },
  [firmwareState.updating]: always('wait'),
};

const tables: Readonly<Record<Waiting, VerdictTable>> = {
  'for-download': forDownload,
  'for-update': forUpdate,
};

/** What `state` and `result`, as the board reports them, mean while waiting; unknown numbers of State say nothing. */
export function judge(waiting: Waiting, state: number, result: number): Verdict {
  return tables[waiting][state]?.[classOf(result)] ?? 'wait';
}

/** How to begin from the State that preflight found: at once, after a reset, or not at all. */
export function startFrom(state: number): 'push' | 'reset' | 'refuse' {
  switch (state) {
    case firmwareState.idle:
      return 'push';
    case firmwareState.downloading:
    case firmwareState.downloaded:
      return 'reset';
    default:
      return 'refuse';
  }
}
