import type { ErrorCode } from '../base/errors';
import type { Event } from '../base/event';
import type { PreflightCheck } from './preflight-checks';
import type { SoftwareOperation } from './software-states';

/** Phases of one update, in order; from `install` on those of software (object 9). */
export type UpdatePhase =
  | 'preflight' // is there an object 5, which state, does the package fit
  | 'reset' // State is not Idle: bring it there
  | 'push' // Block1 to 5/0/0
  | 'pull' // the board fetches what 5/0/1 names
  | 'interruption' // board or link is gone: wait for it, then go on
  | 'downloaded' // wait for State 2
  | 'apply' // execute 5/0/2
  | 'deferred' // the board applies it later
  | 'reboot' // wait for the next registration
  | 'confirm' // read Update Result and version
  | 'install' // 9/x/4
  | 'activate' // 9/x/10
  | 'deactivate' // 9/x/11
  | 'uninstall' // 9/x/6
  | 'done';

/** Whether the package goes over in that phase. */
export function isTransfer(phase: UpdatePhase): boolean {
  return phase === 'push' || phase === 'pull';
}

/** How a package says the same in fewer bytes: by a patch to what the board runs, or a compressed image. */
export type Reduction = 'patch' | 'compression';

/** What is pushed: bytes as they go over the wire, and what is known of them. */
export interface UpdatePackage {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Lower-case hex of SHA-256 over `bytes`. */
  readonly sha256: string;
  /** Version the board should report afterwards, if the package tells. */
  readonly version?: string;
  /** SUIT sequence number, if the package has one. */
  readonly sequence?: number;
  readonly claims?: PackageClaims;
  /** The package of the whole image, where `bytes` say the same in fewer, and how they do. */
  readonly full?: UpdatePackage;
  readonly reducedBy?: Reduction;
}

/** Whom a package says that it is for and from; the board is the judge of it. */
export interface PackageClaims {
  /** RFC 9562 UUIDs as 16 bytes. */
  readonly vendorId?: Uint8Array;
  readonly classId?: Uint8Array;
  /** Keys by which alone it is signed: SHA-256 of the SPKI DER, lower-case hex. */
  readonly keyIds: readonly string[];
}

export interface UpdateProgress {
  readonly phase: UpdatePhase;
  readonly bytesSent: number;
  readonly bytesTotal: number;
  /** Payload bytes per second over the last seconds of the push; 0 outside of it. */
  readonly bytesPerSecond: number;
  /** Estimated ms until the push is done; undefined until it can be told. */
  readonly remainingMs?: number;
  readonly retransmissions: number;
  /** Blocks that may be in flight during the push. */
  readonly window?: number;
  /** Payload rate ÷ line rate, 0 to 1, where the link has a line rate; during the push. */
  readonly lineUse?: number;
  /** Last known State (5/0/3) and Update Result (5/0/5). */
  readonly state?: number;
  readonly result?: number;
  /** What was found before the first byte; from the end of the preflight on. */
  readonly checks?: readonly PreflightCheck[];
}

/** What has changed of it; undefined takes away what was told. */
export type ProgressChange = { [K in keyof UpdateProgress]?: UpdateProgress[K] | undefined };

export type UpdateOutcome = 'succeeded' | 'failed' | 'cancelled' | 'interrupted';

/** What a job was for: firmware by object 5, components by object 33629, software by object 9. */
export type JobKind = 'firmware' | 'components' | SoftwareOperation;

/** One finished run, as it stands in the history. Plain JSON. */
export interface UpdateRecord {
  readonly id: string;
  readonly board: string;
  readonly link: string;
  /** `firmware` where it is absent. */
  readonly kind?: JobKind;
  /** Of object 9 or 33629. */
  readonly instances?: readonly number[];
  /** Of the package; of software without one, its name. */
  readonly packageName: string;
  /** Empty where no package went over from here. */
  readonly sha256: string;
  readonly fromVersion?: string;
  readonly toVersion?: string;
  readonly sequence?: number;
  readonly bytes: number;
  /** What the whole image would have taken, where less was sent. */
  readonly fullBytes?: number;
  readonly reducedBy?: Reduction;
  /** How much longer that would have taken at the rate of this push, ms. */
  readonly savedMs?: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** Of the push alone. */
  readonly pushDurationMs?: number;
  readonly bytesPerSecond?: number;
  readonly retransmissions: number;
  readonly outcome: UpdateOutcome;
  /** Phase it ended in. */
  readonly phase: UpdatePhase;
  readonly updateResult?: number;
  readonly error?: { readonly code: ErrorCode; readonly details: unknown };
}

/** What is known of a run so far; filled in while it goes, so that a failure has its facts too. */
export interface UpdateFacts {
  /** What it turned out to be about. */
  name?: string;
  fromVersion?: string;
  toVersion?: string;
  pushDurationMs?: number;
  progress: UpdateProgress;
}

/** Work on one board that is under way. */
export interface BoardJob {
  readonly id: string;
  readonly board: string;
  readonly progress: UpdateProgress;
  readonly onDidProgress: Event<UpdateProgress>;
  /** Resolves with the record, whatever the outcome; never rejects. */
  readonly finished: Promise<UpdateRecord>;
  cancel(): void;
}

/** An update of firmware by object 5. */
export interface UpdateJob extends BoardJob {
  readonly package: UpdatePackage;
}

/** Timeouts of the phases, ms. */
export interface UpdateTimeouts {
  readonly preflight: number;
  /** How long to wait for a board or link that goes away before the package is accepted; 0: not at all. */
  readonly interruption: number;
  readonly downloaded: number;
  readonly apply: number;
  /** How long a board may put the update off, where it does not tell its Maximum Defer Period (5/0/13). */
  readonly deferred: number;
  readonly reboot: number;
  readonly confirm: number;
}

/** Runs that the history keeps; the oldest go first. */
export const maxRecords = 500;

/** Where records are kept; VS Code's storage, a file for the terminal, memory in tests. */
export interface HistoryStore {
  load(): Promise<readonly UpdateRecord[]>;
  save(records: readonly UpdateRecord[]): Promise<void>;
}

export interface UpdateEvents {
  /** A job was started, moved on or ended. */
  readonly onDidChangeJobs: Event<UpdateJob>;
  readonly onDidChangeHistory: Event<readonly UpdateRecord[]>;
}
