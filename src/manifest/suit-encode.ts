import { type CborValue, CborTag, encodeCanonical } from './canonical-cbor';
import { malformed } from './cbor-shape';
import { signCose } from './cose';
import {
  commonKey,
  condition,
  directive,
  envelopeKey,
  manifestKey,
  parameter,
  reportingPolicy,
  severableMinimum,
  suitEnvelopeTag,
  suitManifestVersion,
} from './suit-constants';
import { sha256, sha256OfWrapped, suitDigest } from './suit-digest';
import { encodeText } from './suit-text';
import { verifyEnvelope } from './suit-verify';
import type { EnvelopeContent, Signer } from './types';

/** A fragment-only reference into the envelope (draft-ietf-suit-manifest §7.5, integrated payload). */
const payloadUri = '#firmware';

/**
 * Makes and signs the envelope of one component with its payload inside: SUIT_Envelope_Tagged of
 * draft-ietf-suit-manifest-37, by the templates compatibility check, firmware download with integrated payload,
 * and secure boot. The text is severable (§8.4.4), so that what a board keeps can be small. The same content and
 * an Ed25519 key give the same bytes.
 *
 * The result is verified against the signer's public key before it is returned: a signer may be a device or a
 * command that answers with the wrong key. Errors: `suit.malformed` for content that no envelope can carry,
 * `suit.bad-signature`, and what the signer throws.
 */
export async function createEnvelope(content: EnvelopeContent, signer: Signer): Promise<Uint8Array> {
  checkContent(content);
  const component = content.componentId.map((segment) => Uint8Array.from(Buffer.from(segment, 'utf8')));
  const text = encodeText(content, component);
  const severed = text && text.length > severableMinimum;
  const manifest = encodeCanonical(
    new Map<CborValue, CborValue>([
      [manifestKey.version, suitManifestVersion],
      [manifestKey.sequence, content.sequence],
      [manifestKey.common, encodeCommon(content, component)],
      [manifestKey.validate, encodeCanonical([condition.imageMatch, reportingPolicy.all])],
      [manifestKey.invoke, encodeCanonical([directive.invoke, reportingPolicy.recordFailure])],
      [manifestKey.install, encodeInstall()],
      ...(text ? ([[manifestKey.text, severed ? suitDigest(sha256OfWrapped(text)) : text]] as const) : []),
    ]),
  );
  const digest = encodeCanonical(suitDigest(sha256OfWrapped(manifest)));
  const block = await signCose(digest, signer);
  const envelope = encodeCanonical(
    new CborTag(
      suitEnvelopeTag,
      new Map<CborValue, CborValue>([
        [envelopeKey.authentication, encodeCanonical([digest, block])],
        [envelopeKey.manifest, manifest],
        ...(severed ? ([[manifestKey.text, text]] as const) : []),
        [payloadUri, content.payload],
      ]),
    ),
  );
  verifyEnvelope(envelope, { trustAnchors: [signer] });
  return envelope;
}

/** SUIT_Common (§8.4.5): what is installed, and which boards it is for, checked before every sequence. */
function encodeCommon(content: EnvelopeContent, component: CborValue): Uint8Array {
  const parameters = new Map<CborValue, CborValue>([
    [parameter.vendorIdentifier, content.vendorId],
    [parameter.classIdentifier, content.classId],
    [parameter.imageDigest, encodeCanonical(suitDigest(sha256(content.payload)))],
    [parameter.imageSize, content.payload.length],
  ]);
  const shared = encodeCanonical([
    directive.overrideParameters,
    parameters,
    condition.vendorIdentifier,
    reportingPolicy.all,
    condition.classIdentifier,
    reportingPolicy.all,
  ]);
  return encodeCanonical(
    new Map<CborValue, CborValue>([
      [commonKey.components, [component]],
      [commonKey.sharedSequence, shared],
    ]),
  );
}

/** suit-install: where the payload is, fetch it, check it. */
function encodeInstall(): Uint8Array {
  return encodeCanonical([
    directive.overrideParameters,
    new Map([[parameter.uri, payloadUri]]),
    directive.fetch,
    reportingPolicy.recordFailure,
    condition.imageMatch,
    reportingPolicy.all,
  ]);
}

function checkContent(content: EnvelopeContent): void {
  const { payload, sequence, vendorId, classId, componentId } = content;
  if (payload.length === 0) throw malformed('the payload is empty');
  if (!Number.isSafeInteger(sequence) || sequence < 0) throw malformed('the sequence number is out of range');
  if (vendorId.length !== 16) throw malformed('the vendor id is not a UUID');
  if (classId.length !== 16) throw malformed('the class id is not a UUID');
  if (componentId.length === 0) throw malformed('the component id is empty');
  for (const text of [
    content.version,
    content.vendorDomain,
    content.modelName,
    content.description,
    ...componentId,
  ]) {
    // Lone surrogates have no UTF-8.
    if (text !== undefined && /\p{Surrogate}/u.test(text)) throw malformed('a text is not Unicode');
  }
}
