import { SlipwayError } from '../base/errors';
import { detectImageKind } from '../image/image-kind';
import { coseTag, parseCose } from './cose-message';
import { manifestKey } from './suit-constants';
import type { Dialect } from './suit-dialect';
import { claimedParameters, type Parameters } from './suit-parameters';
import { parseEnvelope, parseManifest } from './suit-parse';
import { patchRole } from './suit-patch';
import type { ComponentText } from './suit-text';

/** What an envelope claims of one component. */
export interface UntrustedComponent extends ComponentText {
  readonly componentId: readonly string[];
  readonly vendorId?: Uint8Array;
  readonly classId?: Uint8Array;
  /** Bytes of the payload, if the manifest says. */
  readonly payloadBytes?: number;
}

/** What an envelope claims. Nobody has checked who says so: for showing and for asking early, not for trust. */
export interface UntrustedEnvelope extends UntrustedComponent {
  readonly sequence: number;
  readonly description?: string;
  /** In the manifest's order; what stands beside is said of the first. */
  readonly components: readonly UntrustedComponent[];
  /** Whether there is a signature or MAC at all, good or bad. */
  readonly signed: boolean;
  /**
   * Key ids (COSE `kid`, lower-case hex) of the signatures. None where that isn't all: a MAC, certificates or a
   * signature without an id can be good by other keys.
   */
  readonly keyIds: readonly string[];
  /** Whether a payload is encrypted. */
  readonly encrypted: boolean;
  readonly dialect: Dialect;
}

/** Whether `bytes` are a SUIT envelope by their first bytes; says nothing of the rest. */
export function isSuitEnvelope(bytes: Uint8Array): boolean {
  return detectImageKind(bytes) === 'SUIT envelope';
}

/** Whether an envelope brings a patch and no image. Errors as `peekEnvelope`. */
export function bringsPatch(bytes: Uint8Array): boolean {
  return peekEnvelope(bytes).components.some(({ componentId }) => patchRole(componentId) === 'patch');
}

/**
 * Reads what an envelope claims **without verifying it**; `verifyEnvelope` does that. Errors: `suit.malformed`,
 * `suit.not-canonical`, `suit.unsupported`, `suit.component-index`, `suit.digest-mismatch` (of severed members).
 */
export function peekEnvelope(bytes: Uint8Array): UntrustedEnvelope {
  const envelope = parseEnvelope(bytes);
  const { sequence, componentIds, shared, sequences, text, dialect } = parseManifest(envelope);
  const fetching = [manifestKey.payloadFetch, manifestKey.install].map((key) => sequences.get(key) ?? []);
  const parameters = claimedParameters([shared, ...fetching], componentIds.length, dialect);
  const components = componentIds.map((componentId, index) => ({
    ...text.components[index],
    componentId,
    ...claims(parameters[index]!),
  }));
  return {
    ...components[0]!,
    sequence,
    ...(text.description !== undefined && { description: text.description }),
    components,
    signed: envelope.authenticationBlocks.length > 0,
    keyIds: keyIdsOf(envelope.authenticationBlocks),
    encrypted: parameters.some(({ encryptionInfo }) => encryptionInfo !== undefined),
    dialect,
  };
}

function keyIdsOf(blocks: readonly Uint8Array[]): readonly string[] {
  try {
    const messages = blocks.map((block) => parseCose(block, 'authentication block'));
    const known = messages.flatMap(({ tag, keyId, chain }) =>
      tag === coseTag.sign1 && keyId !== undefined && chain.length === 0 ? [keyId] : [],
    );
    return known.length === messages.length ? known : [];
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    return [];
  }
}

function claims({ vendorId, classId, size }: Parameters): Omit<UntrustedComponent, 'componentId'> {
  return {
    ...(vendorId && { vendorId }),
    ...(classId && { classId }),
    ...(size !== undefined && { payloadBytes: size }),
  };
}
