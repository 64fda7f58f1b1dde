import { SlipwayError } from '../base/errors';
import { classIdOf, formatUuid, vendorIdOf } from '../manifest/uuid';
import type { Delivery } from './delivery';
import { startFrom } from './firmware-states';
import type { UpdatePackage } from './types';
import { isOlder } from './version-order';

/** Rules that package and board are held against before the first byte, in the order they are told. */
export type PreflightRule =
  | 'object' // it offers object 5
  | 'state' // State (5/0/3) lets a package begin
  | 'delivery' // 5/0/8 and 5/0/9
  | 'room' // Memory Free (3/0/10)
  | 'version' // Firmware Version (3/0/3) or PkgVersion (5/0/7)
  | 'sequence'
  | 'vendor'
  | 'class'
  | 'key';

/**
 * - `failed`: the board would surely refuse the package
 * - `warning`: it may take it, and only the user knows whether that is meant
 * - `unknown`: one of them does not tell; never counts as good
 */
export type PreflightVerdict = 'passed' | 'failed' | 'warning' | 'unknown';

/** A rule with what came of it. Words for it are made in `ui/`. */
export interface PreflightCheck {
  readonly rule: PreflightRule;
  /** The component that the package is for, where the board has several (object 33629). */
  readonly component?: string;
  readonly verdict: PreflightVerdict;
  /** What the package says of it, and the board, as far as each does. */
  readonly ofPackage?: string | number;
  readonly ofBoard?: string | number;
  /** What is thrown for one that failed, or for a warning that nobody waves through. */
  readonly error?: SlipwayError;
}

/** What is known of the board; absent is what it doesn't tell. */
export interface PreflightFacts {
  readonly board: string;
  /** Name of the component that the package is for: an instance of object 33629. Without it, it is for object 5. */
  readonly component?: string;
  readonly hasObject: boolean;
  /** 5/0/3, or 3 of the component's instance. */
  readonly state?: number;
  /** How the package gets there, or why it can't. */
  readonly delivery?: Delivery | SlipwayError;
  /** Bytes, from 3/0/10. */
  readonly memoryFree?: number;
  readonly version?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly sequence?: number;
  /** 16 bytes each. */
  readonly vendorId?: Uint8Array;
  readonly classId?: Uint8Array;
  /** SHA-256 of the SPKI DER of the keys it trusts, lower-case hex. */
  readonly keyIds?: readonly string[];
}

/** Holds a package against what a board tells. Rules about which the package says nothing are left out. */
export function preflightChecks(pkg: UpdatePackage, facts: PreflightFacts): readonly PreflightCheck[] {
  const { board, component, hasObject } = facts;
  if (!hasObject) {
    const objectId = component === undefined ? 5 : 33629;
    const error = new SlipwayError('update.no-object', { board, objectId });
    return [{ rule: 'object', verdict: 'failed', error }];
  }
  if (component === undefined) return rulesOf(pkg, facts);
  // What is wrong is told of the component.
  const checks = rulesOf(pkg, { ...facts, board: `${board} (${component})` });
  return checks.map((check) => ({ ...check, component }));
}

function rulesOf(pkg: UpdatePackage, facts: PreflightFacts): readonly PreflightCheck[] {
  return [
    { rule: 'object', verdict: 'passed' },
    stateCheck(facts),
    deliveryCheck(facts),
    roomCheck(pkg, facts),
    versionCheck(pkg, facts),
    ...(pkg.sequence === undefined ? [] : [sequenceCheck(pkg.sequence, facts)]),
    ...(pkg.claims ? identityChecks(pkg.claims, facts) : []),
  ];
}

function stateCheck({ board, state }: PreflightFacts): PreflightCheck {
  if (state === undefined) return { rule: 'state', verdict: 'unknown' };
  if (startFrom(state) !== 'refuse') return { rule: 'state', verdict: 'passed', ofBoard: state };
  const error = new SlipwayError('update.wrong-state', { board, state });
  return { rule: 'state', verdict: 'failed', ofBoard: state, error };
}

function deliveryCheck({ delivery }: PreflightFacts): PreflightCheck {
  if (delivery === undefined) return { rule: 'delivery', verdict: 'unknown' };
  if (SlipwayError.is(delivery)) return { rule: 'delivery', verdict: 'failed', error: delivery };
  return { rule: 'delivery', verdict: 'passed', ofBoard: delivery };
}

function roomCheck({ bytes }: UpdatePackage, { board, state, memoryFree }: PreflightFacts): PreflightCheck {
  const check = { rule: 'room', ofPackage: bytes.length } as const;
  // A board in Downloaded holds a package whose room the reset will give back.
  const canTell = state === undefined || startFrom(state) === 'push';
  if (memoryFree === undefined || !canTell) return { ...check, verdict: 'unknown' };
  if (bytes.length <= memoryFree) return { ...check, verdict: 'passed', ofBoard: memoryFree };
  const error = new SlipwayError('update.too-large', { board, bytes: bytes.length, limit: memoryFree });
  return { ...check, verdict: 'failed', ofBoard: memoryFree, error };
}

function versionCheck({ version }: UpdatePackage, facts: PreflightFacts): PreflightCheck {
  const { board, version: running } = facts;
  const check: Omit<PreflightCheck, 'verdict'> = {
    rule: 'version',
    ...(version !== undefined && { ofPackage: version }),
    ...(running !== undefined && { ofBoard: running }),
  };
  const older = version === undefined || running === undefined ? undefined : isOlder(version, running);
  if (older === undefined) return { ...check, verdict: 'unknown' };
  if (!older) return { ...check, verdict: 'passed' };
  const error = new SlipwayError('update.downgrade', { board, version: version!, running: running! });
  return { ...check, verdict: 'warning', error };
}

function sequenceCheck(sequence: number, { board, sequence: minimum }: PreflightFacts): PreflightCheck {
  const check = { rule: 'sequence', ofPackage: sequence } as const;
  if (minimum === undefined) return { ...check, verdict: 'unknown' };
  if (sequence >= minimum) return { ...check, verdict: 'passed', ofBoard: minimum };
  const error = new SlipwayError('update.sequence-too-low', { board, sequence, minimum });
  return { ...check, verdict: 'failed', ofBoard: minimum, error };
}

function identityChecks(
  { vendorId, classId, keyIds }: NonNullable<UpdatePackage['claims']>,
  facts: PreflightFacts,
): readonly PreflightCheck[] {
  const { board, manufacturer, model } = facts;
  // Ids made of names (draft-ietf-suit-manifest §8.4.8) match boards that call themselves by those names.
  const vendorName = vendorId && manufacturer !== undefined && sameBytes(vendorIdOf(manufacturer), vendorId);
  const className =
    vendorId && classId && model !== undefined && sameBytes(classIdOf(vendorId, model), classId);
  return [
    ...(vendorId
      ? [
          idCheck(
            'vendor',
            vendorId,
            facts.vendorId,
            vendorName ? manufacturer : undefined,
            (expected, actual) => new SlipwayError('update.vendor-mismatch', { board, expected, actual }),
          ),
        ]
      : []),
    ...(classId
      ? [
          idCheck(
            'class',
            classId,
            facts.classId,
            className ? model : undefined,
            (expected, actual) => new SlipwayError('update.class-mismatch', { board, expected, actual }),
          ),
        ]
      : []),
    ...(keyIds.length > 0 ? [keyCheck(keyIds, facts)] : []),
  ];
}

function idCheck(
  rule: 'vendor' | 'class',
  id: Uint8Array,
  ofBoard: Uint8Array | undefined,
  name: string | undefined,
  mismatch: (expected: string, actual: string) => SlipwayError,
): PreflightCheck {
  const check = { rule, ofPackage: formatUuid(id) } as const;
  if (!ofBoard) {
    return name === undefined
      ? { ...check, verdict: 'unknown' }
      : { ...check, verdict: 'passed', ofBoard: name };
  }
  const expected = formatUuid(ofBoard);
  if (sameBytes(ofBoard, id)) return { ...check, verdict: 'passed', ofBoard: expected };
  return { ...check, verdict: 'failed', ofBoard: expected, error: mismatch(expected, check.ofPackage) };
}

/** Only ids are compared here; whether the signature is by that key, the board finds out. */
function keyCheck(keyIds: readonly string[], { board, keyIds: trusted }: PreflightFacts): PreflightCheck {
  const check = { rule: 'key', ofPackage: keyIds[0]! } as const;
  if (!trusted || trusted.length === 0) return { ...check, verdict: 'unknown' };
  const common = keyIds.find((keyId) => trusted.includes(keyId));
  if (common !== undefined) {
    return { ...check, ofPackage: common, verdict: 'passed', ofBoard: common };
  }
  const ofBoard = trusted.join(', ');
  const error = new SlipwayError('update.untrusted-key', { board, keyId: keyIds[0]!, trusted });
  return { ...check, verdict: 'failed', ofBoard, error };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
