import { SlipwayError } from '../base/errors';
import { toHex } from '../base/hex';
import { coseErrorRank, verifyCose } from './cose';
import { checkManifestDigest, type ParsedEnvelope, parseEnvelope, parseManifest } from './suit-parse';
import { processManifest } from './suit-process';
import type { TrustAnchor, VerifiedEnvelope, VerifyPolicy } from './types';

/**
 * Verifies a SUIT envelope as a board would (draft-ietf-suit-manifest-37 §6.2): its encoding, the manifest's
 * digest, a signature by a trust anchor, the sequence number, vendor and class, payload size and digest. The
 * payload it returns is a view into `bytes`.
 *
 * Scope: one component with an integrated payload. Each refusal has a code of its own: `suit.malformed`,
 * `suit.not-canonical`, `suit.unsigned`, `suit.unknown-algorithm`, `suit.algorithm-mismatch`,
 * `suit.untrusted-key`, `suit.bad-signature`, `suit.digest-mismatch`, `suit.sequence-too-low`,
 * `suit.vendor-mismatch`, `suit.class-mismatch`, `suit.missing-condition`, `suit.payload-missing`,
 * `suit.payload-size`, `suit.component-index`, `suit.unsupported`.
 */
export function verifyEnvelope(bytes: Uint8Array, policy: VerifyPolicy): VerifiedEnvelope {
  const envelope = parseEnvelope(bytes);
  checkManifestDigest(envelope);
  const anchor = authenticate(envelope, policy.trustAnchors);

  const manifest = parseManifest(envelope);
  const { minimumSequence } = policy;
  if (minimumSequence !== undefined && manifest.sequence < minimumSequence) {
    throw new SlipwayError('suit.sequence-too-low', {
      sequence: manifest.sequence,
      minimum: minimumSequence,
    });
  }
  const { vendorId, classId, payload, payloadSha256 } = processManifest(manifest, envelope.payloads, policy);
  return {
    payload,
    payloadSha256: toHex(payloadSha256),
    sequence: manifest.sequence,
    vendorId,
    classId,
    componentId: manifest.componentId,
    ...manifest.text,
    keyId: anchor.keyId,
    algorithm: anchor.algorithm,
  };
}

/** One good authentication block suffices: others may be for verifiers with other algorithms (§8.3). */
function authenticate(envelope: ParsedEnvelope, anchors: readonly TrustAnchor[]): TrustAnchor {
  let nearest: SlipwayError = new SlipwayError('suit.unsigned', {});
  for (const block of envelope.authenticationBlocks) {
    try {
      return verifyCose(block, envelope.digest, anchors);
    } catch (error) {
      if (!SlipwayError.is(error)) throw error;
      if (nearest.code === 'suit.unsigned' || coseErrorRank(error.code) > coseErrorRank(nearest.code)) {
        nearest = error;
      }
    }
  }
  throw nearest;
}
