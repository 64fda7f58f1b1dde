import { SlipwayError } from '../base/errors';
import { type CborValue, decodeCanonical } from './canonical-cbor';
import { asBytes, asMap, asText, asUint, malformed } from './cbor-shape';
import { condition, directive, manifestKey, parameter, reportingPolicy } from './suit-constants';
import { equalBytes, parseSuitDigest, sha256 } from './suit-digest';
import type { Command, ParsedManifest } from './suit-parse';
import type { VerifyPolicy } from './types';
import { formatUuid } from './uuid';

/** What the commands of a manifest came to. */
export interface ProcessedManifest {
  readonly vendorId: Uint8Array;
  readonly classId: Uint8Array;
  readonly payload: Uint8Array;
  readonly payloadSha256: Uint8Array;
}

/** Parameters of the one component, as override-parameters leaves them (draft-ietf-suit-manifest §8.4.8). */
export interface Parameters {
  readonly vendorId?: Uint8Array;
  readonly classId?: Uint8Array;
  readonly digest?: Uint8Array;
  readonly size?: number;
  readonly uri?: string;
}

const uuidSize = 16;

/**
 * Runs the commands of an authenticated manifest as a recipient with the policy's vendor and class would
 * (§6.4), short of writing and starting anything: fetch takes the integrated payload, invoke does nothing.
 *
 * Errors: `suit.vendor-mismatch`, `suit.class-mismatch`, `suit.missing-condition`, `suit.payload-missing` (with
 * an empty URI if the manifest fetches nothing), `suit.payload-size`, `suit.digest-mismatch`,
 * `suit.component-index`, `suit.unsupported`, `suit.malformed`.
 */
export function processManifest(
  manifest: ParsedManifest,
  payloads: ReadonlyMap<string, Uint8Array>,
  policy: Pick<VerifyPolicy, 'vendorId' | 'classId'>,
): ProcessedManifest {
  const recipient = new Recipient(payloads, policy);
  for (const [key, commands] of manifest.sequences) recipient.run(manifest.shared, commands, key);
  return recipient.result();
}

/** The parameters that an override-parameters directive sets, on top of `before`. */
export function overrideParameters(before: Parameters, argument: CborValue): Parameters {
  let after = before;
  for (const [key, value] of asMap(argument, 'parameters')) {
    after = { ...after, ...readParameter(key, value) };
  }
  return after;
}

function readParameter(key: CborValue, value: CborValue): Parameters {
  switch (key) {
    case parameter.vendorIdentifier:
      return { vendorId: asUuid(value, 'vendor id') };
    case parameter.classIdentifier:
      return { classId: asUuid(value, 'class id') };
    case parameter.imageDigest:
      return {
        digest: parseSuitDigest(
          decodeCanonical(asBytes(value, 'image digest'), 'image digest'),
          'image digest',
        ),
      };
    case parameter.imageSize:
      return { size: asUint(value, 'image size') };
    case parameter.uri:
      return { uri: asText(value, 'URI') };
    default:
      throw new SlipwayError('suit.unsupported', {
        what: `parameter ${typeof key === 'number' ? key : '?'}`,
      });
  }
}

class Recipient {
  private parameters: Parameters = {};
  private fetched: { readonly payload: Uint8Array; readonly sha256: Uint8Array } | undefined;
  private checkedVendor: Uint8Array | undefined;
  private checkedClass: Uint8Array | undefined;
  private validated = false;
  private readonly usedPayloads = new Set<string>();

  constructor(
    private readonly payloads: ReadonlyMap<string, Uint8Array>,
    private readonly policy: Pick<VerifyPolicy, 'vendorId' | 'classId'>,
  ) {}

  /** One procedure: the shared sequence goes before every other, and parameters start anew (§6.4). */
  run(shared: readonly Command[], commands: readonly Command[], key: number): void {
    this.parameters = {};
    for (const command of shared) this.execute(command, key);
    for (const command of commands) this.execute(command, key);
  }

  result(): ProcessedManifest {
    if (!this.fetched) throw new SlipwayError('suit.payload-missing', { uri: '' });
    if (!this.validated) throw missingCondition('image-match');
    for (const uri of this.payloads.keys()) {
      // Nothing authenticates a payload that the manifest doesn't fetch.
      if (!this.usedPayloads.has(uri)) throw malformed(`payload ${uri} is not fetched by the manifest`);
    }
    const { vendorId, classId } = this.identity();
    return { vendorId, classId, payload: this.fetched.payload, payloadSha256: this.fetched.sha256 };
  }

  private execute({ code, argument }: Command, key: number): void {
    switch (code) {
      case directive.overrideParameters:
        this.parameters = overrideParameters(this.parameters, argument);
        return;
      case directive.setComponentIndex:
        return checkComponentIndex(argument);
      case condition.vendorIdentifier:
        checkPolicy(argument);
        this.checkedVendor = this.matchVendor();
        return;
      case condition.classIdentifier:
        checkPolicy(argument);
        this.checkedClass = this.matchClass();
        return;
      case condition.imageMatch:
        checkPolicy(argument);
        this.matchImage();
        if (key === manifestKey.validate) this.validated = true;
        return;
      case directive.fetch:
        checkPolicy(argument);
        return this.fetch();
      case directive.invoke:
        return checkPolicy(argument);
      default:
        throw new SlipwayError('suit.unsupported', { what: `command ${code}` });
    }
  }

  private matchVendor(): Uint8Array {
    const actual = this.parameters.vendorId;
    if (!actual) throw malformed('vendor condition without a vendor id');
    const expected = this.policy.vendorId;
    if (expected && !equalBytes(expected, actual)) {
      throw new SlipwayError('suit.vendor-mismatch', {
        expected: formatUuid(expected),
        actual: formatUuid(actual),
      });
    }
    return actual;
  }

  private matchClass(): Uint8Array {
    const actual = this.parameters.classId;
    if (!actual) throw malformed('class condition without a class id');
    const expected = this.policy.classId;
    if (expected && !equalBytes(expected, actual)) {
      throw new SlipwayError('suit.class-mismatch', {
        expected: formatUuid(expected),
        actual: formatUuid(actual),
      });
    }
    return actual;
  }

  /** Vendor and class must have been checked before anything is touched (§7.1, compatibility check). */
  private identity(): { readonly vendorId: Uint8Array; readonly classId: Uint8Array } {
    if (!this.checkedVendor) throw missingCondition('vendor-identifier');
    if (!this.checkedClass) throw missingCondition('class-identifier');
    return { vendorId: this.checkedVendor, classId: this.checkedClass };
  }

  private fetch(): void {
    this.identity();
    const uri = this.parameters.uri;
    if (uri === undefined) throw malformed('fetch without a URI');
    const payload = this.payloads.get(uri);
    if (!payload) throw new SlipwayError('suit.payload-missing', { uri });
    this.usedPayloads.add(uri);
    this.fetched = { payload, sha256: sha256(payload) };
  }

  private matchImage(): void {
    const { digest, size } = this.parameters;
    if (!digest) throw malformed('image-match without an image digest');
    if (!this.fetched) throw new SlipwayError('suit.payload-missing', { uri: this.parameters.uri ?? '' });
    const actual = this.fetched.payload.length;
    if (size !== undefined && size !== actual) {
      throw new SlipwayError('suit.payload-size', { expected: size, actual });
    }
    if (!equalBytes(digest, this.fetched.sha256)) {
      throw new SlipwayError('suit.digest-mismatch', { what: 'payload' });
    }
  }
}

function asUuid(value: CborValue, what: string): Uint8Array {
  const uuid = asBytes(value, what);
  if (uuid.length !== uuidSize) throw malformed(`${what} is not a UUID`);
  return uuid;
}

/** There is one component: index 0, `true` (all of them), or a list of just 0 (§8.4.10.1). */
function checkComponentIndex(argument: CborValue): void {
  if (argument === true) return;
  for (const item of Array.isArray(argument) ? (argument as readonly CborValue[]) : [argument]) {
    const index = asUint(item, 'component index');
    if (index !== 0) throw new SlipwayError('suit.component-index', { index, count: 1 });
  }
}

/** SUIT_Rep_Policy (§8.4.7). */
function checkPolicy(argument: CborValue): void {
  if (asUint(argument, 'reporting policy') > reportingPolicy.all) {
    throw malformed('reporting policy has unknown bits');
  }
}

function missingCondition(name: string): SlipwayError {
  return new SlipwayError('suit.missing-condition', { condition: name });
}
