import { type CborValue, decodeCanonical, encodeCanonical } from './canonical-cbor';
import { asMap, asText } from './cbor-shape';
import { componentTextKey, textKey } from './suit-constants';
import { equalBytes } from './suit-digest';
import type { ComponentContent } from './types';

/** What people read of a component. */
export type ComponentText = Pick<ComponentContent, 'version' | 'vendorDomain' | 'modelName'>;

/** What people read of a manifest. */
export interface ManifestText {
  readonly description?: string;
  /** In the order of the components. */
  readonly components: readonly ComponentText[];
}

/** The language the texts are filed under (RFC 9290, tag 38); users write them, so it is only a label. */
const language = 'en';

/**
 * SUIT_Text_Map (draft-ietf-suit-manifest §8.4.4), encoded; undefined when there is no text. `ids` are the
 * components' in the order of their texts.
 */
export function encodeText(text: ManifestText, ids: readonly CborValue[]): Uint8Array | undefined {
  const texts = new Map<CborValue, CborValue>();
  if (text.description !== undefined) texts.set(textKey.manifestDescription, text.description);
  text.components.forEach(({ modelName, vendorDomain, version }, index) => {
    const ofComponent = new Map<CborValue, CborValue>();
    if (modelName !== undefined) ofComponent.set(componentTextKey.modelName, modelName);
    if (vendorDomain !== undefined) ofComponent.set(componentTextKey.vendorDomain, vendorDomain);
    if (version !== undefined) ofComponent.set(componentTextKey.version, version);
    if (ofComponent.size > 0) texts.set(ids[index]!, ofComponent);
  });
  return texts.size > 0 ? encodeCanonical(new Map([[language, texts]])) : undefined;
}

/**
 * The texts of the manifest and of components with those `ids`, in the first language of an encoded SUIT_Text_Map;
 * texts this product doesn't show are passed over. Errors: `suit.malformed`, `suit.not-canonical`.
 */
export function decodeText(bytes: Uint8Array, ids: readonly CborValue[]): ManifestText {
  const languages = asMap(decodeCanonical(bytes, 'text'), 'text');
  const [first] = languages.values();
  const texts = asMap(first, 'text of a language');
  return {
    ...optional('description', texts.get(textKey.manifestDescription)),
    components: ids.map((id) => {
      const ofComponent = asMap(entryOf(texts, id) ?? new Map(), 'text of a component');
      return {
        ...optional('version', ofComponent.get(componentTextKey.version)),
        ...optional('vendorDomain', ofComponent.get(componentTextKey.vendorDomain)),
        ...optional('modelName', ofComponent.get(componentTextKey.modelName)),
      };
    }),
  };
}

function optional<Name extends string>(
  name: Name,
  value: CborValue | undefined,
): Partial<Readonly<Record<Name, string>>> {
  if (value === undefined) return {};
  return { [name]: asText(value, `text of ${name}`) } as Record<Name, string>;
}

/** Map keys that are arrays are told apart by content. */
function entryOf(map: ReadonlyMap<CborValue, CborValue>, key: CborValue): CborValue | undefined {
  const wanted = encodeCanonical(key);
  for (const [candidate, value] of map) {
    if (equalBytes(encodeCanonical(candidate), wanted)) return value;
  }
  return undefined;
}
