import { SlipwayError } from '../base/errors';
import { type CborValue, decodeCanonical } from './canonical-cbor';
import { asArray, asBytes, asMap, asTagged, asText, asUint, malformed } from './cbor-shape';
import { commonKey, envelopeKey, manifestKey, suitEnvelopeTag, suitManifestVersion } from './suit-constants';
import { equalBytes, parseSuitDigest, sha256OfWrapped } from './suit-digest';
import { decodeText, type ManifestText } from './suit-text';

/** An envelope taken apart; nothing of it is authenticated yet. */
export interface ParsedEnvelope {
  /** SUIT_Digest of the manifest as encoded: what the authentication blocks sign. */
  readonly digest: Uint8Array;
  readonly authenticationBlocks: readonly Uint8Array[];
  readonly manifest: Uint8Array;
  /** Severable members by manifest key. */
  readonly severed: ReadonlyMap<number, Uint8Array>;
  /** Integrated payloads by URI. */
  readonly payloads: ReadonlyMap<string, Uint8Array>;
}

/** A condition or directive with its argument (draft-ietf-suit-manifest §8.4.6). */
export interface Command {
  readonly code: number;
  readonly argument: CborValue;
}

export interface ParsedManifest {
  readonly sequence: number;
  /** The one component's id. */
  readonly componentId: readonly string[];
  readonly shared: readonly Command[];
  /** Command sequences by manifest key. */
  readonly sequences: ReadonlyMap<number, readonly Command[]>;
  readonly text: ManifestText;
}

/** In the order in which a recipient runs them (§6.2, §6.3). */
const sequenceKeys = [
  manifestKey.payloadFetch,
  manifestKey.install,
  manifestKey.validate,
  manifestKey.load,
  manifestKey.invoke,
] as const;

const severableKeys: ReadonlySet<number> = new Set([
  manifestKey.payloadFetch,
  manifestKey.install,
  manifestKey.text,
]);

const knownManifestKeys: ReadonlySet<CborValue> = new Set(Object.values(manifestKey));

/**
 * Takes an envelope apart (§8.2, §8.3) without checking digest or signature. Errors: `suit.malformed`,
 * `suit.not-canonical`, `suit.unsupported`.
 */
export function parseEnvelope(bytes: Uint8Array): ParsedEnvelope {
  const tagged = decodeCanonical(bytes, 'envelope');
  const envelope = asMap(asTagged(tagged, suitEnvelopeTag, 'envelope'), 'envelope');
  const wrapper = asBytes(envelope.get(envelopeKey.authentication), 'authentication');
  const [digest, ...blocks] = asArray(decodeCanonical(wrapper, 'authentication'), 'authentication');

  const severed = new Map<number, Uint8Array>();
  const payloads = new Map<string, Uint8Array>();
  for (const [key, value] of envelope) {
    if (typeof key === 'string') payloads.set(key, asBytes(value, `payload ${key}`));
    else if (typeof key !== 'number') throw malformed('envelope has a key that is neither number nor text');
    else if (severableKeys.has(key)) severed.set(key, asBytes(value, `severable member ${key}`));
    else if (key !== envelopeKey.authentication && key !== envelopeKey.manifest) {
      throw new SlipwayError('suit.unsupported', { what: `envelope member ${key}` });
    }
  }
  return {
    digest: asBytes(digest, 'digest of the manifest'),
    authenticationBlocks: blocks.map((block) => asBytes(block, 'authentication block')),
    manifest: asBytes(envelope.get(envelopeKey.manifest), 'manifest'),
    severed,
    payloads,
  };
}

/** Errors: `suit.digest-mismatch`, and those of reading the digest. */
export function checkManifestDigest(envelope: ParsedEnvelope): void {
  const digest = parseSuitDigest(decodeCanonical(envelope.digest, 'digest'), 'digest of the manifest');
  if (!equalBytes(digest, sha256OfWrapped(envelope.manifest))) {
    throw new SlipwayError('suit.digest-mismatch', { what: 'manifest' });
  }
}

/**
 * Reads the manifest of an envelope (§8.4), with the members that were severed from it, each checked against
 * its digest. Errors: `suit.malformed`, `suit.not-canonical`, `suit.unsupported`, `suit.digest-mismatch`.
 */
export function parseManifest(envelope: ParsedEnvelope): ParsedManifest {
  const manifest = asMap(decodeCanonical(envelope.manifest, 'manifest'), 'manifest');
  for (const key of manifest.keys()) {
    if (!knownManifestKeys.has(key)) {
      const name = typeof key === 'object' ? 'of an odd kind' : String(key);
      throw new SlipwayError('suit.unsupported', { what: `manifest member ${name}` });
    }
  }
  const version = asUint(manifest.get(manifestKey.version), 'manifest version');
  if (version !== suitManifestVersion) {
    throw new SlipwayError('suit.unsupported', { what: `manifest version ${version}` });
  }
  const sequence = asUint(manifest.get(manifestKey.sequence), 'sequence number');
  if (manifest.has(manifestKey.referenceUri)) asText(manifest.get(manifestKey.referenceUri), 'reference URI');

  const { component, shared } = parseCommon(asBytes(manifest.get(manifestKey.common), 'common'));
  const members = resolveMembers(manifest, envelope.severed);
  const sequences = new Map<number, readonly Command[]>();
  for (const key of sequenceKeys) {
    const member = members.get(key);
    if (member) sequences.set(key, parseCommands(member, `command sequence ${key}`));
  }
  const text = members.get(manifestKey.text);
  return {
    sequence,
    componentId: component.map(componentSegment),
    shared,
    sequences,
    text: text ? decodeText(text, component) : {},
  };
}

/** SUIT_Common (§8.4.5). */
function parseCommon(bytes: Uint8Array): { component: readonly CborValue[]; shared: readonly Command[] } {
  const common = asMap(decodeCanonical(bytes, 'common'), 'common');
  for (const key of common.keys()) {
    if (key !== commonKey.components && key !== commonKey.sharedSequence) {
      throw new SlipwayError('suit.unsupported', { what: 'dependencies or extensions of common' });
    }
  }
  const components = asArray(common.get(commonKey.components), 'components');
  if (components.length > 1) {
    throw new SlipwayError('suit.unsupported', { what: `${components.length} components` });
  }
  const shared = common.get(commonKey.sharedSequence);
  return {
    component: asArray(components[0], 'component id'),
    shared: shared === undefined ? [] : parseCommands(asBytes(shared, 'shared sequence'), 'shared sequence'),
  };
}

/**
 * Severable members stand in the manifest, or their digest does and they in the envelope (§8.5). The text may
 * have been left out on the way; a command sequence may not, since the board would have to fetch it.
 */
function resolveMembers(
  manifest: ReadonlyMap<CborValue, CborValue>,
  severed: ReadonlyMap<number, Uint8Array>,
): ReadonlyMap<number, Uint8Array> {
  const members = new Map<number, Uint8Array>();
  for (const key of [...sequenceKeys, manifestKey.text]) {
    const value = manifest.get(key);
    const apart = severed.get(key);
    if (!severableKeys.has(key) || !Array.isArray(value)) {
      // Nothing authenticates a member of the envelope that the manifest has no digest of.
      if (apart) throw malformed(`severable member ${key} has no digest in the manifest`);
      if (value !== undefined) members.set(key, asBytes(value, `manifest member ${key}`));
      continue;
    }
    const digest = parseSuitDigest(value, `digest of member ${key}`);
    if (!apart) {
      if (key === manifestKey.text) continue;
      throw malformed(`command sequence ${key} was severed and is missing`);
    }
    if (!equalBytes(digest, sha256OfWrapped(apart))) {
      throw new SlipwayError('suit.digest-mismatch', { what: 'severable' });
    }
    members.set(key, apart);
  }
  return members;
}

/** SUIT_Command_Sequence (§8.4.6): codes and arguments in turn, at least one pair. */
function parseCommands(bytes: Uint8Array, what: string): readonly Command[] {
  const items = asArray(decodeCanonical(bytes, what), what);
  if (items.length === 0 || items.length % 2 !== 0) throw malformed(`${what} is not made of pairs`);
  const commands: Command[] = [];
  for (let index = 0; index < items.length; index += 2) {
    const code = items[index];
    if (typeof code !== 'number') throw malformed(`${what} has a command that is not a number`);
    commands.push({ code, argument: items[index + 1]! });
  }
  return commands;
}

function componentSegment(value: CborValue): string {
  const bytes = asBytes(value, 'segment of the component id');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SlipwayError('suit.unsupported', { what: 'a component id that is not text' });
  }
}
