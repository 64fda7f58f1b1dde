import type { Faults } from '../board/faults';

/** A virtual board that is asked for; everything has a default. */
export interface VirtualBoardRequest {
  /** Endpoint name; the next free one by default. */
  readonly name?: string;
  readonly faults?: Faults;
  /** Comes from the factory, and asks the desk for its account and key. */
  readonly bootstrap?: boolean;
  /** Whether it tells by what it judges packages, as by default; one that doesn't refuses them once they are there. */
  readonly tellsPolicy?: boolean;
  /** Offers an application and a radio by object 33629 too. */
  readonly components?: boolean;
  /** How long it listens before it sleeps, ms; always by default. */
  readonly awakeMs?: number;
  /** How long a reboot takes, ms. */
  readonly rebootMs?: number;
  /** Rate of its line, bit/s; that of the settings by default, 0 for none. */
  readonly lineRate?: number;
}

type Checks<T> = { readonly [K in keyof T]-?: (value: unknown) => boolean };

const isNumber = (value: unknown): boolean =>
  typeof value === 'number' && value >= 0 && Number.isFinite(value);
const isBoolean = (value: unknown): boolean => typeof value === 'boolean';
const isName = (value: unknown): boolean => typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value);

const impairmentChecks: Checks<NonNullable<Faults['impairments']>> = {
  loss: isNumber,
  corruption: isNumber,
  delayMs: (value) => isNumber(value) || matches(value, { min: isNumber, max: isNumber }),
};

const faultChecks: Checks<Faults> = {
  impairments: (value) => matches(value, impairmentChecks),
  seed: isNumber,
  downloadResult: isNumber,
  updateResult: isNumber,
  installResult: isNumber,
  uninstallResult: isNumber,
  deferMs: isNumber,
  protocols: (value) => Array.isArray(value) && value.every(isNumber),
  delivery: (value) => value === 0 || value === 1,
  resetAtBlock: isNumber,
  resetTimes: isNumber,
  vanishAtBlock: isNumber,
  tooLarge: (value) => matches(value, { szx: isNumber, hint: isBoolean }),
  busyAtBlock: (value) => matches(value, { num: isNumber, times: isNumber }),
  incompleteAtBlock: isNumber,
  loseNotifications: isBoolean,
  neverReturns: isBoolean,
  refusesObjects: (value) => Array.isArray(value) && value.every((id) => typeof id === 'number'),
  refusesPatches: isBoolean,
  rollsBack: isBoolean,
};

const requestChecks: Checks<VirtualBoardRequest> = {
  name: isName,
  faults: (value) => matches(value, faultChecks),
  bootstrap: isBoolean,
  tellsPolicy: isBoolean,
  components: isBoolean,
  awakeMs: isNumber,
  rebootMs: isNumber,
  lineRate: isNumber,
};

/**
 * The request in a command's argument, so that a key binding can start a board that misbehaves. Undefined for anything
 * that is none, also where VS Code passes something of its own.
 */
export function virtualBoardRequestOf(argument: unknown): VirtualBoardRequest | undefined {
  return matches(argument, requestChecks) ? (argument as VirtualBoardRequest) : undefined;
}

/** Whether `value` is an object with nothing but fields that are checked, each of its kind. */
function matches(value: unknown, checks: Readonly<Record<string, (value: unknown) => boolean>>): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(([name, field]) => Object.hasOwn(checks, name) && checks[name]?.(field));
}
