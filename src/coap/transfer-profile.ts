/** What pushes to a board have shown about it, for the next ones. Plain JSON. */
export interface TransferProfile {
  /** Block size that it takes, exponent 0…6. */
  readonly szx: number;
  /** Blocks in flight that it kept pace with; 0 where it must never have more than one again. */
  readonly window: number;
}

/** Keeps the profiles of boards by endpoint name. */
export interface TransferProfiles {
  get(endpoint: string): TransferProfile | undefined;
  set(endpoint: string, profile: TransferProfile): void;
}

/** Profiles that last as long as the process. */
export function transientProfiles(): TransferProfiles {
  return new Map<string, TransferProfile>();
}

/** Whether something read from storage is a profile. */
export function isTransferProfile(value: unknown): value is TransferProfile {
  if (typeof value !== 'object' || value === null) return false;
  const { szx, window } = value as Readonly<Record<string, unknown>>;
  return isIntegerUpTo(szx, 6) && isIntegerUpTo(window, 16);
}

function isIntegerUpTo(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}
