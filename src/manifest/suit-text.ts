import { type CborValue, decodeCanonical, encodeCanonical } from './canonical-cbor';
import { asMap, asText } from './cbor-shape';
import { componentTextKey, textKey } from './suit-constants';
import { equalBytes } from './suit-digest';
import type { EnvelopeContent } from './types';

/** What people read of a manifest. */
export type ManifestText = Pick<EnvelopeContent, 'version' | 'vendorDomain' | 'modelName' | 'description'>;

/** The language the texts are filed under (RFC 9290, tag 38); users write them, so it is only a label. */
const language = 'en';

/**
 * SUIT_Text_Map of one component (draft-ietf-suit-manifest §8.4.4), encoded; undefined when there is no text.
 */
export function encodeText(text: ManifestText, component: CborValue): Uint8Array | undefined {
  const ofComponent = new Map<CborValue, CborValue>();
  if (text.modelName !== undefined) ofComponent.set(componentTextKey.modelName, text.modelName);
  if (text.vendorDomain !== undefined) ofComponent.set(componentTextKey.vendorDomain, text.vendorDomain);
  if (text.version !== undefined) ofComponent.set(componentTextKey.version, text.version);

  const texts = new Map<CborValue, CborValue>();
  if (text.description !== undefined) texts.set(textKey.manifestDescription, text.description);
  if (ofComponent.size > 0) texts.set(component, ofComponent);
  return texts.size > 0 ? encodeCanonical(new Map([[language, texts]])) : undefined;
}

/**
 * The texts for `component` in the first language of an encoded SUIT_Text_Map; texts this product doesn't show
 * are passed over. Errors: `suit.malformed`, `suit.not-canonical`.
 */
export function decodeText(bytes: Uint8Array, component: CborValue): ManifestText {
  const languages = asMap(decodeCanonical(bytes, 'text'), 'text');
  const [first] = languages.values();
  const texts = asMap(first, 'text of a language');
  const ofComponent = asMap(entryOf(texts, component) ?? new Map(), 'text of a component');
  return {
    ...optional('version', ofComponent.get(componentTextKey.version)),
    ...optional('vendorDomain', ofComponent.get(componentTextKey.vendorDomain)),
    ...optional('modelName', ofComponent.get(componentTextKey.modelName)),
    ...optional('description', texts.get(textKey.manifestDescription)),
  };
}

function optional(name: keyof ManifestText, value: CborValue | undefined): ManifestText {
  return value === undefined ? {} : { [name]: asText(value, `text of ${name}`) };
}

/** Map keys that are arrays are told apart by content. */
function entryOf(map: ReadonlyMap<CborValue, CborValue>, key: CborValue): CborValue | undefined {
  const wanted = encodeCanonical(key);
  for (const [candidate, value] of map) {
    if (equalBytes(encodeCanonical(candidate), wanted)) return value;
  }
  return undefined;
}
