import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import type { Board } from '../lwm2m/board';
import type { DeliveryPreference } from './delivery';
import type { PackageSource } from './package-source';
import type { PreflightCheck } from './preflight-checks';
import type { UpdateProgress, UpdateTimeouts } from './types';

/** What a run on a board is given, whatever it updates. */
export interface RunOptions {
  readonly board: Board;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeouts: UpdateTimeouts;
  readonly delivery: DeliveryPreference;
  readonly packages: PackageSource | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: UpdateProgress) => void;
}

/** What a run of firmware is given besides, by object 5 or object 33629. */
export interface FirmwareRunOptions extends RunOptions {
  /** Severity (5/0/11, 33629/x/11); undefined leaves it as it is. */
  readonly severity: number | undefined;
  /** Whether the push goes on in spite of a warning. */
  readonly confirm: (warning: PreflightCheck) => Promise<boolean>;
}
