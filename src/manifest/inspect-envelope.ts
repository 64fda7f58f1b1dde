import { SlipwayError } from '../base/errors';
import { detectImageKind } from '../image/image-kind';
import type { Inspection, InspectionCheck, InspectionField } from '../image/inspection';
import { type CborItem, majorType, mapEntries, readItem, readWrapped } from './cbor-items';
import { checkEnvelope } from './inspect-checks';
import { commandFields, digestFields } from './inspect-commands';
import { coseFields } from './inspect-cose';
import { field, idText, itemText, reasonOf, wrappedField } from './inspect-item';
import {
  commonKey,
  componentTextKey,
  envelopeKey,
  manifestKey,
  suitEnvelopeTag,
  textKey,
} from './suit-constants';
import { type Dialect, manifestKeyIn } from './suit-dialect';
import type { VerifyPolicy } from './types';

/** What is there to judge an envelope by; rules that need what is left out aren't checked. */
export type InspectionKeys = Partial<VerifyPolicy>;

/**
 * Takes a SUIT envelope apart, each field in words with its place in the file, and checks every rule that can be
 * checked with the keys there are. It reads what the strict verifier refuses, as far as it goes, and throws nothing.
 */
export function inspectEnvelope(bytes: Uint8Array, keys: InspectionKeys = {}): Inspection {
  let fields: readonly InspectionField[];
  let broken: InspectionCheck[] = [];
  try {
    fields = envelopeFields(readItem(bytes, 0));
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    fields = [
      field('SUIT_Envelope', `can’t be read: ${reasonOf(error)}`, { offset: 0, length: bytes.length }),
    ];
    broken = [{ rule: 'The file is one CBOR item (RFC 8949).', verdict: 'broken', error }];
  }
  return {
    kind: 'SUIT envelope',
    size: bytes.length,
    fields,
    checks: broken.length > 0 ? broken : checkEnvelope(bytes, keys),
  };
}

function envelopeFields(item: CborItem): readonly InspectionField[] {
  const isTagged = item.major === majorType.tag;
  const map = isTagged ? item.items[0]! : item;
  const dialect = dialectOf(map);
  const value = isTagged ? `tag ${item.number!}` : 'no tag, as in draft-09';
  const name = item.number === suitEnvelopeTag ? 'SUIT_Envelope_Tagged' : 'SUIT_Envelope';
  return [
    field(
      name,
      value,
      item.at,
      mapEntries(map).map((entry) => memberField(entry, dialect)),
    ),
  ];
}

/** By the keys of the manifest alone: good enough to name its members, whatever is wrong elsewhere. */
function dialectOf(envelope: CborItem): Dialect {
  const manifest = mapEntries(envelope).find(([key]) => key.number === envelopeKey.manifest)?.[1];
  try {
    const keys = manifest ? mapEntries(readWrapped(manifest)).map(([key]) => key.number) : [];
    return keys.some((key) => key !== undefined && key >= 10 && key <= 13) ? 'draft-09' : 'draft-37';
  } catch {
    return 'draft-37';
  }
}

function memberField([key, value]: readonly [CborItem, CborItem], dialect: Dialect): InspectionField {
  if (key.major === majorType.text) return payloadField(itemText(key), value);
  if (key.number === envelopeKey.authentication) {
    return wrappedField('suit-authentication-wrapper', value, ({ items }) => items.map(authenticationField));
  }
  if (key.number === envelopeKey.manifest) {
    return wrappedField('suit-manifest', value, (manifest) =>
      mapEntries(manifest).map((entry) => manifestField(entry, dialect)),
    );
  }
  return manifestField([key, value], dialect);
}

function authenticationField(item: CborItem): InspectionField {
  try {
    const inner = readWrapped(item);
    if (inner.major === majorType.tag) return { ...coseFields(inner), at: item.at };
    return field('SUIT_Digest', '', item.at, digestFields(inner));
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    return field('authentication block', `can’t be read: ${reasonOf(error)}`, item.at);
  }
}

function payloadField(name: string, value: CborItem): InspectionField {
  const { content = new Uint8Array() } = value;
  const kind = detectImageKind(content) ?? 'flat binary or encrypted';
  return field(`integrated payload ${name}`, `${content.length} bytes, ${kind}`, value.at);
}

const sequences = ['payloadFetch', 'install', 'validate', 'load', 'invoke'] as const;
const sequenceNames = {
  payloadFetch: 'suit-payload-fetch',
  install: 'suit-install',
  validate: 'suit-validate',
  load: 'suit-load',
  invoke: 'suit-invoke',
} as const;

function manifestField([key, value]: readonly [CborItem, CborItem], dialect: Dialect): InspectionField {
  const { number } = key;
  const sequence = sequences.find((member) => manifestKeyIn(dialect, member) === number);
  if (sequence) {
    const name = sequenceNames[sequence];
    if (value.major === majorType.array) return field(name, 'severed', value.at, digestFields(value));
    return wrappedField(name, value, commandFields);
  }
  if (number === manifestKeyIn(dialect, 'text')) {
    if (value.major === majorType.array) return field('suit-text', 'severed', value.at, digestFields(value));
    return wrappedField('suit-text', value, textFields);
  }
  switch (number) {
    case manifestKey.version:
      return field('suit-manifest-version', itemText(value), value.at);
    case manifestKey.sequence:
      return field('suit-manifest-sequence-number', itemText(value), value.at);
    case manifestKey.referenceUri:
      return field('suit-reference-uri', itemText(value), value.at);
    case manifestKey.common:
      return wrappedField('suit-common', value, (common) => mapEntries(common).map(commonField));
    default:
      return field(`member ${itemText(key)}`, itemText(value), value.at);
  }
}

function commonField([key, value]: readonly [CborItem, CborItem]): InspectionField {
  if (key.number === commonKey.sharedSequence) {
    return wrappedField('suit-shared-sequence', value, commandFields);
  }
  if (key.number !== commonKey.components) return field(`member ${itemText(key)}`, itemText(value), value.at);
  return field(
    'suit-components',
    '',
    value.at,
    value.items.map((id, index) => field(`component ${index}`, idText(id), id.at)),
  );
}

/** SUIT_Text_Map (§8.4.4): texts by language, those of components by the component's id. */
const textNames: ReadonlyMap<number | undefined, string> = new Map([
  [textKey.manifestDescription, 'suit-text-manifest-description'],
  [2, 'suit-text-update-description'],
]);
const componentTextNames: ReadonlyMap<number | undefined, string> = new Map([
  [1, 'suit-text-vendor-name'],
  [componentTextKey.modelName, 'suit-text-model-name'],
  [componentTextKey.vendorDomain, 'suit-text-vendor-domain'],
  [4, 'suit-text-model-info'],
  [5, 'suit-text-component-description'],
  [componentTextKey.version, 'suit-text-component-version'],
]);

function textFields(languages: CborItem): readonly InspectionField[] {
  return mapEntries(languages).map(([language, texts]) =>
    field(`texts in ${itemText(language)}`, '', texts.at, mapEntries(texts).map(textField)),
  );
}

function textField([key, value]: readonly [CborItem, CborItem]): InspectionField {
  if (value.major !== majorType.map) {
    return field(textNames.get(key.number) ?? `text ${itemText(key)}`, itemText(value), value.at);
  }
  const texts = mapEntries(value).map(([name, text]) =>
    field(componentTextNames.get(name.number) ?? `text ${itemText(name)}`, itemText(text), text.at),
  );
  return field(`texts of ${idText(key)}`, '', value.at, texts);
}
