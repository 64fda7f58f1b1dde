import { SlipwayError } from '../base/errors';
import { toHex } from '../base/hex';
import { type CborValue, CborTag, decodeCanonical, encodeCanonical } from './canonical-cbor';
import { asArray, asBytes, asMap, asTagged, asText, asUint, malformed } from './cbor-shape';
import { parseCose } from './cose-message';
import { commonKey, envelopeKey, manifestKey, suitEnvelopeTag, suitManifestVersion } from './suit-constants';
import {
  checkCommand,
  type Dialect,
  dialectOfDigest,
  dialectOfManifest,
  manifestKeyIn,
  withCurrentKeys,
} from './suit-dialect';
import { equalBytes, parseSuitDigest, sha256OfWrapped } from './suit-digest';
import { decodeText, type ManifestText } from './suit-text';

/** An envelope taken apart; nothing of it is authenticated yet. */
export interface ParsedEnvelope {
  /** SUIT_Digest of the manifest as encoded: what the authentication blocks sign. */
  readonly digest: Uint8Array;
  readonly authenticationBlocks: readonly Uint8Array[];
  /** Whether each block carries the digest as its payload, as in draft-09. */
  readonly attached: boolean;
  readonly manifest: Uint8Array;
  /** Members apart from the manifest by their key in the envelope, in whatever dialect. */
  readonly severed: ReadonlyMap<CborValue, Uint8Array>;
  /** Integrated payloads by URI. */
  readonly payloads: ReadonlyMap<string, Uint8Array>;
  /** As the envelope and the digest have it; the manifest may be older. */
  readonly dialect: Dialect;
}

/** A condition or directive with its argument (draft-ietf-suit-manifest §8.4.6). */
export interface Command {
  readonly code: number;
  readonly argument: CborValue;
}

export interface ParsedManifest {
  readonly sequence: number;
  /** Ids of the components in the order of their index. */
  readonly componentIds: readonly (readonly string[])[];
  readonly shared: readonly Command[];
  /** Command sequences by manifest key of the current draft. */
  readonly sequences: ReadonlyMap<number, readonly Command[]>;
  /** Sequences that were severed and aren't there. */
  readonly missing: readonly number[];
  readonly text: ManifestText;
  readonly dialect: Dialect;
}

/** In the order in which a recipient runs them (§6.2, §6.3). */
const sequenceMembers = ['payloadFetch', 'install', 'validate', 'load', 'invoke'] as const;

const severable = ['payloadFetch', 'install', 'text'] as const;
const severableKeys: ReadonlySet<number> = new Set(severable.map((member) => manifestKey[member]));

const knownManifestKeys: ReadonlySet<CborValue> = new Set(Object.values(manifestKey));

/**
 * Takes an envelope apart (§8.2, §8.3), in whichever dialect, without checking digest or signature. Errors:
 * `suit.malformed`, `suit.not-canonical`, `suit.duplicate-key`, `suit.trailing-bytes`, `suit.unsupported`.
 */
export function parseEnvelope(bytes: Uint8Array): ParsedEnvelope {
  const item = decodeCanonical(bytes, 'envelope');
  const envelope = asMap(
    item instanceof CborTag ? asTagged(item, suitEnvelopeTag, 'envelope') : item,
    'envelope',
  );
  const wrapper = asBytes(envelope.get(envelopeKey.authentication), 'authentication');
  const { digest, blocks, attached } = parseAuthentication(
    asArray(decodeCanonical(wrapper, 'authentication'), 'authentication'),
  );
  const dialect = dialectOfDigest(digestId(digest)) ?? 'draft-37';
  // Without a tag nothing says that this is an envelope; only draft-09 left it out.
  if (dialect === 'draft-37') asTagged(item, suitEnvelopeTag, 'envelope');

  const severed = new Map<CborValue, Uint8Array>();
  const payloads = new Map<string, Uint8Array>();
  for (const [key, value] of envelope) {
    if (typeof key === 'string') payloads.set(key, asBytes(value, `payload ${key}`));
    else if (typeof key !== 'number') throw malformed('envelope has a key that is neither number nor text');
    else if (key !== envelopeKey.authentication && key !== envelopeKey.manifest) {
      if (!isSeverable(key)) throw new SlipwayError('suit.unsupported', { what: `envelope member ${key}` });
      severed.set(key, asBytes(value, `severable member ${key}`));
    }
  }
  const manifest = asBytes(envelope.get(envelopeKey.manifest), 'manifest');
  return { digest, authenticationBlocks: blocks, attached, manifest, severed, payloads, dialect };
}

/** Of either dialect: which one it is, only the manifest tells. */
function isSeverable(key: number): boolean {
  return severable.some((member) => key === manifestKey[member] || key === manifestKeyIn('draft-09', member));
}

/**
 * SUIT_Authentication (§8.3): the digest, then the blocks that sign it. In draft-09 there were blocks alone, and each
 * carries the digest as its payload; that they all carry the same is checked where they are verified.
 */
function parseAuthentication(items: readonly CborValue[]): {
  readonly digest: Uint8Array;
  readonly blocks: readonly Uint8Array[];
  readonly attached: boolean;
} {
  const members = items.map((item) => asBytes(item, 'authentication block'));
  const [first, ...rest] = members;
  if (!first) throw malformed('authentication is empty');
  if (!(decodeCanonical(first, 'digest') instanceof CborTag)) {
    return { digest: first, blocks: rest, attached: false };
  }
  const { payload } = parseCose(first, 'authentication block');
  if (!payload) throw malformed('authentication has no digest of the manifest');
  return { digest: payload, blocks: members, attached: true };
}

function digestId(digest: Uint8Array): CborValue | undefined {
  const value = decodeCanonical(digest, 'digest');
  return Array.isArray(value) ? (value as readonly CborValue[])[0] : undefined;
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
  const encoded = asMap(decodeCanonical(envelope.manifest, 'manifest'), 'manifest');
  const dialect = dialectOfManifest(encoded, envelope.dialect);
  const manifest = withCurrentKeys(encoded, dialect);
  for (const key of manifest.keys()) {
    if (!knownManifestKeys.has(key)) {
      throw new SlipwayError('suit.unsupported', { what: `manifest member ${keyText(key)}` });
    }
  }
  const version = asUint(manifest.get(manifestKey.version), 'manifest version');
  if (version !== suitManifestVersion) {
    throw new SlipwayError('suit.unsupported', { what: `manifest version ${version}` });
  }
  const sequence = asUint(manifest.get(manifestKey.sequence), 'sequence number');
  if (manifest.has(manifestKey.referenceUri)) asText(manifest.get(manifestKey.referenceUri), 'reference URI');

  const { components, shared } = parseCommon(asBytes(manifest.get(manifestKey.common), 'common'), dialect);
  const { members, missing } = resolveMembers(manifest, withCurrentKeys(envelope.severed, dialect));
  const sequences = new Map<number, readonly Command[]>();
  for (const member of sequenceMembers) {
    const bytes = members.get(manifestKey[member]);
    if (bytes) {
      sequences.set(manifestKey[member], parseCommands(bytes, `command sequence ${member}`, dialect));
    }
  }
  const text = members.get(manifestKey.text);
  return {
    sequence,
    componentIds: components.map((component) => component.map(componentSegment)),
    shared,
    sequences,
    missing,
    text: text ? decodeText(text, components) : { components: components.map(() => ({})) },
    dialect,
  };
}

/** SUIT_Common (§8.4.5). */
function parseCommon(
  bytes: Uint8Array,
  dialect: Dialect,
): { readonly components: readonly (readonly CborValue[])[]; readonly shared: readonly Command[] } {
  const common = asMap(decodeCanonical(bytes, 'common'), 'common');
  for (const key of common.keys()) {
    if (key !== commonKey.components && key !== commonKey.sharedSequence) {
      throw new SlipwayError('suit.unsupported', { what: 'dependencies or extensions of common' });
    }
  }
  const ids = asArray(common.get(commonKey.components), 'components');
  if (ids.length === 0) throw malformed('there are no components');
  const components = ids.map((id) => asArray(id, 'component id'));
  if (new Set(ids.map((id) => toHex(encodeCanonical(id)))).size < ids.length) {
    throw malformed('two components have the same id');
  }
  const shared = common.get(commonKey.sharedSequence);
  return {
    components,
    shared:
      shared === undefined
        ? []
        : parseCommands(asBytes(shared, 'shared sequence'), 'shared sequence', dialect),
  };
}

/**
 * Severable members stand in the manifest, or their digest does and they in the envelope (§8.5), if they weren't left
 * out on the way. Keys are those of the current draft.
 */
function resolveMembers(
  manifest: ReadonlyMap<CborValue, CborValue>,
  severed: ReadonlyMap<CborValue, Uint8Array>,
): { readonly members: ReadonlyMap<number, Uint8Array>; readonly missing: readonly number[] } {
  for (const key of severed.keys()) {
    if (!severableKeys.has(key as number)) {
      throw new SlipwayError('suit.unsupported', { what: `envelope member ${keyText(key)}` });
    }
  }
  const members = new Map<number, Uint8Array>();
  const missing: number[] = [];
  for (const member of [...sequenceMembers, 'text'] as const) {
    const key = manifestKey[member];
    const value = manifest.get(key);
    const apart = severed.get(key);
    if (!severableKeys.has(key) || !Array.isArray(value)) {
      // Nothing authenticates a member of the envelope that the manifest has no digest of.
      if (apart) throw malformed(`severable member ${member} has no digest in the manifest`);
      if (value !== undefined) members.set(key, asBytes(value, `manifest member ${member}`));
      continue;
    }
    const digest = parseSuitDigest(value, `digest of member ${member}`);
    if (!apart) {
      missing.push(key);
      continue;
    }
    if (!equalBytes(digest, sha256OfWrapped(apart))) {
      throw new SlipwayError('suit.digest-mismatch', { what: 'severable' });
    }
    members.set(key, apart);
  }
  return { members, missing };
}

/**
 * SUIT_Command_Sequence (§8.4.6): codes and arguments in turn, at least one pair. Errors: `suit.malformed`,
 * `suit.not-canonical`, `suit.unsupported` for commands that mean something else in the current draft.
 */
export function parseCommands(bytes: Uint8Array, what: string, dialect: Dialect): readonly Command[] {
  const items = asArray(decodeCanonical(bytes, what), what);
  if (items.length === 0 || items.length % 2 !== 0) throw malformed(`${what} is not made of pairs`);
  const commands: Command[] = [];
  for (let index = 0; index < items.length; index += 2) {
    const code = items[index];
    if (typeof code !== 'number') throw malformed(`${what} has a command that is not a number`);
    checkCommand(code, dialect);
    commands.push({ code, argument: items[index + 1]! });
  }
  return commands;
}

/** A key as errors show it. */
function keyText(key: CborValue): string {
  return typeof key === 'object' ? 'of an odd kind' : String(key);
}

function componentSegment(value: CborValue): string {
  const bytes = asBytes(value, 'segment of the component id');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SlipwayError('suit.unsupported', { what: 'a component id that is not text' });
  }
}
