import { SlipwayError } from '../base/errors';
import { toHex } from '../base/hex';
import { authenticate } from './suit-authenticate';
import { checkManifestDigest, type ParsedManifest, parseEnvelope, parseManifest } from './suit-parse';
import type { ProcessedComponent } from './suit-component-store';
import { processManifest } from './suit-process';
import type { VerifiedComponent, VerifiedEnvelope, VerifyPolicy } from './types';

/**
 * Verifies a SUIT envelope as a board would (draft-ietf-suit-manifest-37 §6.2): its encoding, the manifest's
 * digest, a signature or MAC by a key that is trusted, the sequence number, vendor and class, payload sizes and
 * digests. Payloads that aren't encrypted are views into `bytes`.
 *
 * Scope: integrated payloads, without dependencies of manifests on each other. Each refusal has a code of its own:
 * `suit.malformed`, `suit.not-canonical`, `suit.duplicate-key`, `suit.trailing-bytes`, `suit.unsigned`,
 * `suit.unknown-algorithm`, `suit.algorithm-mismatch`, `suit.untrusted-key`, `suit.untrusted-chain`,
 * `suit.bad-signature`, `suit.sequence-too-low`, and those of `processManifest`.
 */
export function verifyEnvelope(bytes: Uint8Array, policy: VerifyPolicy): VerifiedEnvelope {
  const envelope = parseEnvelope(bytes);
  checkManifestDigest(envelope);
  const authentications = authenticate(envelope, policy);

  const manifest = parseManifest(envelope);
  const { minimumSequence } = policy;
  if (minimumSequence !== undefined && manifest.sequence < minimumSequence) {
    throw new SlipwayError('suit.sequence-too-low', {
      sequence: manifest.sequence,
      minimum: minimumSequence,
    });
  }
  const { components, main } = processManifest(manifest, envelope.payloads, policy);
  const { description } = manifest.text;
  return {
    ...describe(main, manifest),
    sequence: manifest.sequence,
    ...(description !== undefined && { description }),
    components: components.map((component) => describe(component, manifest)),
    ...authentications[0],
    authentications,
    dialect: manifest.dialect,
  };
}

function describe(
  { index, payloadSha256, ...rest }: ProcessedComponent,
  manifest: ParsedManifest,
): VerifiedComponent {
  return {
    ...rest,
    payloadSha256: toHex(payloadSha256),
    componentId: manifest.componentIds[index]!,
    ...manifest.text.components[index],
  };
}
