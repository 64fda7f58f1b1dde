import { detectImageKind } from '../image/image-kind';
import { directive, manifestKey } from './suit-constants';
import { parseEnvelope, parseManifest } from './suit-parse';
import { overrideParameters, type Parameters } from './suit-process';
import type { ManifestText } from './suit-text';

/** What an envelope claims. Nobody has checked who says so: for showing and for asking early, not for trust. */
export interface UntrustedEnvelope extends ManifestText {
  readonly sequence: number;
  readonly componentId: readonly string[];
  readonly vendorId?: Uint8Array;
  readonly classId?: Uint8Array;
  /** Bytes of the payload, if the manifest says. */
  readonly payloadBytes?: number;
  /** Whether there is a signature at all, good or bad. */
  readonly signed: boolean;
}

/** Whether `bytes` are a SUIT envelope by their first bytes; says nothing of the rest. */
export function isSuitEnvelope(bytes: Uint8Array): boolean {
  return detectImageKind(bytes) === 'SUIT envelope';
}

/**
 * Reads what an envelope claims **without verifying it**; `verifyEnvelope` does that. Errors: `suit.malformed`,
 * `suit.not-canonical`, `suit.unsupported`, `suit.digest-mismatch` (of severed members).
 */
export function peekEnvelope(bytes: Uint8Array): UntrustedEnvelope {
  const envelope = parseEnvelope(bytes);
  const manifest = parseManifest(envelope);
  let parameters: Parameters = {};
  for (const { code, argument } of [
    ...manifest.shared,
    ...(manifest.sequences.get(manifestKey.install) ?? []),
  ]) {
    if (code === directive.overrideParameters) parameters = overrideParameters(parameters, argument);
  }
  const { vendorId, classId, size } = parameters;
  return {
    ...manifest.text,
    sequence: manifest.sequence,
    componentId: manifest.componentId,
    ...(vendorId && { vendorId }),
    ...(classId && { classId }),
    ...(size !== undefined && { payloadBytes: size }),
    signed: envelope.authenticationBlocks.length > 0,
  };
}
