import { SlipwayError } from '../base/errors';
import { type CborValue, decodeCanonical } from './canonical-cbor';
import { asBytes, asMap, asText, asUint, malformed } from './cbor-shape';
import { directive, parameter } from './suit-constants';
import type { Dialect } from './suit-dialect';
import { parseSuitDigest } from './suit-digest';
import { type Command, parseCommands } from './suit-parse';

/** Parameters of one component, as override-parameters leaves them (draft-ietf-suit-manifest §8.4.8). */
export interface Parameters {
  readonly vendorId?: Uint8Array;
  readonly classId?: Uint8Array;
  readonly deviceId?: Uint8Array;
  readonly digest?: Uint8Array;
  readonly size?: number;
  readonly uri?: string;
  readonly slot?: number;
  readonly content?: Uint8Array;
  /** Index of the component to copy from or swap with. */
  readonly source?: number;
  /** A tagged COSE message, see `decryptPayload`. */
  readonly encryptionInfo?: Uint8Array;
  /** Of the sequence, not of the component: whether a condition that fails ends just that sequence. */
  readonly softFailure?: boolean;
}

const uuidSize = 16;

/**
 * What an override-parameters directive sets. Errors: `suit.malformed`, `suit.unknown-algorithm`, and
 * `suit.unsupported` for other parameters and those that `dialect` means something else by.
 */
export function readParameters(argument: CborValue, dialect: Dialect): Parameters {
  let parameters: Parameters = {};
  for (const [key, value] of asMap(argument, 'parameters')) {
    parameters = { ...parameters, ...readParameter(key, value, dialect) };
  }
  return parameters;
}

function readParameter(key: CborValue, value: CborValue, dialect: Dialect): Parameters {
  if (dialect === 'draft-09' && notInDraft09.has(key)) throw unsupported(key);
  switch (key) {
    case parameter.vendorIdentifier:
      return { vendorId: asUuid(value, 'vendor id') };
    case parameter.classIdentifier:
      return { classId: asUuid(value, 'class id') };
    case parameter.deviceIdentifier:
      return { deviceId: asUuid(value, 'device id') };
    case parameter.imageDigest: {
      const what = 'image digest';
      return { digest: parseSuitDigest(decodeCanonical(asBytes(value, what), what), what) };
    }
    case parameter.imageSize:
      return { size: asUint(value, 'image size') };
    case parameter.uri:
      return { uri: asText(value, 'URI') };
    case parameter.componentSlot:
      return { slot: asUint(value, 'slot') };
    case parameter.content:
      return { content: asBytes(value, 'content') };
    case parameter.sourceComponent:
      return { source: asUint(value, 'source component') };
    case parameter.encryptionInfo:
      return { encryptionInfo: asBytes(value, 'encryption info') };
    case parameter.softFailure:
      return { softFailure: asFlag(value, 'soft failure') };
    case parameter.strictOrder:
      // False allows another order (§8.4.8.11); the written one is always right.
      asFlag(value, 'strict order');
      return {};
    default:
      throw unsupported(key);
  }
}

/** There, 5 was an offset, 19 a compression, and the others weren't. */
const notInDraft09: ReadonlySet<CborValue> = new Set([
  parameter.componentSlot,
  parameter.encryptionInfo,
  parameter.content,
]);

/**
 * What each component's parameters are if every command is taken in turn and every alternative of a try-each too:
 * good for showing, not for trust. Errors as `readParameters`.
 */
export function claimedParameters(
  sequences: readonly (readonly Command[])[],
  count: number,
  dialect: Dialect,
): readonly Parameters[] {
  const claimed: Parameters[] = Array.from({ length: count }, () => ({}));
  const walk = (commands: readonly Command[], start: readonly number[], depth: number): void => {
    let current = start;
    for (const { code, argument } of commands) {
      if (code === directive.setComponentIndex) current = componentIndices(argument, count);
      else if (code === directive.overrideParameters || code === directive.setParameters) {
        const set = readParameters(argument, dialect);
        for (const index of current) claimed[index] = { ...claimed[index], ...set };
      } else {
        const inner = innerSequences({ code, argument }, dialect, depth);
        for (const sequence of inner) walk(sequence, current, depth + 1);
      }
    }
  };
  for (const commands of sequences) walk(commands, [0], 0);
  return claimed;
}

/** Sequences in sequences: nobody needs more, and each level costs stack. */
const maxDepth = 8;

/**
 * The sequences inside a try-each (§8.4.10.2) or run-sequence (§8.4.10.8); none in other commands. `depth` counts the
 * sequences around the command. Errors: `suit.malformed`, `suit.not-canonical`, `suit.unsupported`.
 */
export function innerSequences(
  { code, argument }: Command,
  dialect: Dialect,
  depth: number,
): readonly (readonly Command[])[] {
  if (code !== directive.runSequence && code !== directive.tryEach) return [];
  if (depth >= maxDepth) throw malformed(`sequences nest deeper than ${maxDepth} levels`);
  if (code === directive.runSequence) {
    return [parseCommands(asBytes(argument, 'run-sequence'), 'run-sequence', dialect)];
  }
  if (!Array.isArray(argument)) throw malformed('try-each is not an array');
  return (argument as readonly CborValue[])
    .filter((item) => item !== null)
    .map((item) => parseCommands(asBytes(item, 'try-each'), 'try-each', dialect));
}

/** An index, `true` for all of them, or a list (§8.4.10.1). Errors: `suit.component-index`, `suit.malformed`. */
export function componentIndices(argument: CborValue, count: number): readonly number[] {
  if (argument === true) return Array.from({ length: count }, (_, index) => index);
  const items = Array.isArray(argument) ? (argument as readonly CborValue[]) : [argument];
  if (items.length === 0) throw malformed('set-component-index names no component');
  return items.map((item) => checkIndex(asUint(item, 'component index'), count));
}

/** Errors: `suit.component-index`. */
export function checkIndex(index: number, count: number): number {
  if (index >= count) throw new SlipwayError('suit.component-index', { index, count });
  return index;
}

function asUuid(value: CborValue, what: string): Uint8Array {
  const uuid = asBytes(value, what);
  if (uuid.length !== uuidSize) throw malformed(`${what} is not a UUID`);
  return uuid;
}

function asFlag(value: CborValue, what: string): boolean {
  if (typeof value === 'boolean') return value;
  throw malformed(`${what} is neither true nor false`);
}

function unsupported(key: CborValue): SlipwayError {
  return new SlipwayError('suit.unsupported', { what: `parameter ${typeof key === 'number' ? key : '?'}` });
}
