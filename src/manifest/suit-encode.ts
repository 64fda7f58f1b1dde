import { type CborValue, CborTag, encodeCanonical } from './canonical-cbor';
import { malformed } from './cbor-shape';
import { signCose } from './cose';
import { encryptPayload } from './cose-encrypt';
import { macCose } from './cose-mac';
import { encodeCommon, encodeFetch, encodeInstall, encodeInvoke, encodeValidate } from './suit-commands';
import {
  envelopeKey,
  type manifestKey,
  severableMinimum,
  suitEnvelopeTag,
  suitManifestVersion,
} from './suit-constants';
import { manifestKeyIn } from './suit-dialect';
import { sha256OfWrapped, suitDigest } from './suit-digest';
import { encodePatchInstall, patchComponents, patchUri } from './suit-patch';
import { encodeText } from './suit-text';
import { verifyEnvelope } from './suit-verify';
import type {
  ComponentContent,
  EnvelopeContent,
  PackageContent,
  PackageOptions,
  PatchBase,
  Signer,
} from './types';

/** A component on its way into an envelope. */
export interface EncodedComponent {
  readonly content: ComponentContent;
  readonly id: CborValue;
  /** A fragment-only reference into the envelope (draft-ietf-suit-manifest §7.5, integrated payload). */
  readonly uri: string;
  /** What the reference leads to. */
  readonly integrated: Uint8Array;
  readonly encryptionInfo?: Uint8Array;
}

/** Makes and signs the envelope of one component. Errors as `createPackage`. */
export async function createEnvelope(
  { sequence, description, ...component }: EnvelopeContent,
  signer: Signer,
): Promise<Uint8Array> {
  const content = { sequence, components: [component], ...(description !== undefined && { description }) };
  const { certificateChain: chain } = signer;
  return await createPackage(content, { signers: [{ signer, ...(chain && { chain }) }] });
}

/**
 * Makes and signs an envelope with its payloads inside: SUIT_Envelope_Tagged of draft-ietf-suit-manifest-37, by the
 * templates compatibility check, firmware download with integrated payload, and secure boot. The text is severable
 * (§8.4.4), so that what a board keeps can be small. The same content and Ed25519 keys give the same bytes, unless
 * payloads are encrypted. With `content.patch` the patch is inside instead of the image (see suit-patch.ts).
 *
 * The result is verified against the signers' public keys before it is returned: a signer may be a device or a
 * command that answers with the wrong key. Errors: `suit.malformed` for content that no envelope can carry,
 * `suit.unsigned` without a key, `suit.bad-signature`, those of `signCose` and `encryptPayload`.
 */
export async function createPackage(content: PackageContent, options: PackageOptions): Promise<Uint8Array> {
  checkContent(content, options);
  const { dialect = 'draft-37', encryptionKey } = options;
  if (encryptionKey && dialect !== 'draft-37') throw malformed(`${dialect} has no encryption`);
  const { patch } = content;
  const components = content.components.map((component, index) => {
    const encoded = encodeComponent(component, index, options);
    return patch ? { ...encoded, uri: patchUri, integrated: patch.bytes } : encoded;
  });
  const { manifest, severed } = encodeManifest(content, components, options);
  const digest = encodeCanonical(suitDigest(sha256OfWrapped(manifest), dialect));
  const envelope = new Map<CborValue, CborValue>([
    [envelopeKey.authentication, encodeCanonical(await authenticate(digest, options))],
    [envelopeKey.manifest, manifest],
    ...severed,
    ...components.map(({ uri, integrated }) => [uri, integrated] as const),
  ]);
  const bytes = encodeCanonical(dialect === 'draft-37' ? new CborTag(suitEnvelopeTag, envelope) : envelope);
  checkResult(bytes, options, patch?.base);
  return bytes;
}

function encodeComponent(
  content: ComponentContent,
  index: number,
  { encryptionKey }: PackageOptions,
): EncodedComponent {
  const id = encodeId(content.componentId);
  // Numbered, so that no two have the same name whatever the components are called.
  const uri = index === 0 ? '#firmware' : `#${index}-${encodeURIComponent(content.componentId.at(-1)!)}`;
  if (!encryptionKey) return { content, id, uri, integrated: content.payload };
  const { ciphertext, info } = encryptPayload(content.payload, encryptionKey);
  return { content, id, uri, integrated: ciphertext, encryptionInfo: info };
}

function encodeId(componentId: readonly string[]): CborValue {
  return componentId.map((segment) => Uint8Array.from(Buffer.from(segment, 'utf8')));
}

/** SUIT_Manifest (§8.4), and the members of it that are severed (§8.5): there they are digests. */
function encodeManifest(
  { sequence, description, components: contents, patch }: PackageContent,
  components: readonly EncodedComponent[],
  { dialect = 'draft-37', fetchFirst = false, severable = false }: PackageOptions,
): { readonly manifest: Uint8Array; readonly severed: readonly (readonly [number, Uint8Array])[] } {
  const severed: [number, Uint8Array][] = [];
  const key = (member: keyof typeof manifestKey): number => manifestKeyIn(dialect, member);
  const apart = (
    member: 'text' | 'install' | 'payloadFetch',
    content: Uint8Array | undefined,
    sever: boolean,
  ): [CborValue, CborValue][] => {
    if (!content) return [];
    if (!sever || content.length <= severableMinimum) return [[key(member), content]];
    severed.push([key(member), content]);
    return [[key(member), suitDigest(sha256OfWrapped(content), dialect)]];
  };
  const ids = components.map(({ id }) => id);
  const further = patch ? patchComponents(contents[0]!.componentId).map(encodeId) : [];
  const install = patch ? encodePatchInstall(patch, dialect) : encodeInstall(components, !fetchFirst);
  const text = encodeText({ ...(description !== undefined && { description }), components: contents }, ids);
  const manifest = encodeCanonical(
    new Map<CborValue, CborValue>([
      [key('version'), suitManifestVersion],
      [key('sequence'), sequence],
      [key('common'), encodeCommon(components, further, dialect)],
      [key('validate'), encodeValidate(components)],
      [key('invoke'), encodeInvoke(components)],
      ...apart('payloadFetch', fetchFirst ? encodeFetch(components) : undefined, severable),
      ...apart('install', install, severable),
      ...apart('text', text, true),
    ]),
  );
  return { manifest, severed };
}

/** SUIT_Authentication (§8.3); in draft-09 the digest stands in each block instead of before them. */
async function authenticate(
  digest: Uint8Array,
  { signers = [], macKeys = [], dialect = 'draft-37' }: PackageOptions,
): Promise<readonly Uint8Array[]> {
  const asInDraft09 = dialect === 'draft-09';
  const blocks: Uint8Array[] = [];
  for (const { signer, chain = [] } of signers) {
    blocks.push(await signCose(digest, signer, { chain, asInDraft09 }));
  }
  for (const key of macKeys) blocks.push(macCose(digest, key, asInDraft09));
  return asInDraft09 ? blocks : [digest, ...blocks];
}

/** Each key alone must do: a board has one of them. */
function checkResult(
  bytes: Uint8Array,
  { signers = [], macKeys = [], encryptionKey }: PackageOptions,
  running: PatchBase | undefined,
): void {
  const has = { decryptionKeys: encryptionKey ? [encryptionKey] : [], ...(running && { running }) };
  if (signers.length + macKeys.length === 0) verifyEnvelope(bytes, { trustAnchors: [] });
  for (const { signer } of signers) verifyEnvelope(bytes, { ...has, trustAnchors: [signer] });
  for (const key of macKeys) verifyEnvelope(bytes, { ...has, trustAnchors: [], macKeys: [key] });
}

function checkContent(
  { sequence, description, components, patch }: PackageContent,
  { encryptionKey, fetchFirst }: PackageOptions,
): void {
  if (patch && (components.length > 1 || encryptionKey || fetchFirst)) {
    throw malformed('a patch is sent of one component, in the clear, and fetched when it is installed');
  }
  if (!Number.isSafeInteger(sequence) || sequence < 0) throw malformed('the sequence number is out of range');
  if (components.length === 0) throw malformed('there are no components');
  for (const { payload, vendorId, classId, componentId, version, vendorDomain, modelName } of components) {
    if (payload.length === 0) throw malformed('the payload is empty');
    if (vendorId.length !== 16) throw malformed('the vendor id is not a UUID');
    if (classId.length !== 16) throw malformed('the class id is not a UUID');
    if (componentId.length === 0) throw malformed('the component id is empty');
    for (const text of [version, vendorDomain, modelName, description, ...componentId]) {
      // Lone surrogates have no UTF-8.
      if (text !== undefined && /\p{Surrogate}/u.test(text)) throw malformed('a text is not Unicode');
    }
  }
  const ids = new Set(components.map(({ componentId }) => componentId.join('\0')));
  if (ids.size < components.length) throw malformed('two components have the same id');
}
