import type { InspectionField } from '../image/inspection';
import { type CborItem, majorType, mapEntries } from './cbor-items';
import { coseFields, algorithmName } from './inspect-cose';
import { bytesText, field, itemText, wrappedField } from './inspect-item';
import { condition, directive, parameter, reportingPolicy } from './suit-constants';
import { formatUuid } from './uuid';

/** Names of commands and parameters as the draft has them, by number. */
const commandNames: ReadonlyMap<number | undefined, string> = new Map([
  ...dashed(condition, 'condition'),
  ...dashed(directive, 'directive'),
]);
const parameterNames: ReadonlyMap<number | undefined, string> = new Map(dashed(parameter, 'parameter'));

/** Bits of SUIT_Rep_Policy (§8.4.7). */
const policyBits = ['record-success', 'record-failure', 'sysinfo-success', 'sysinfo-failure'];

function dashed(table: Readonly<Record<string, number>>, kind: string): [number, string][] {
  return Object.entries(table).map(([name, code]) => [
    code,
    `suit-${kind}-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  ]);
}

/** The commands of a sequence (§8.4.6), in order. */
export function commandFields(sequence: CborItem): readonly InspectionField[] {
  const { items } = sequence;
  return items.flatMap((code, index) => {
    const argument = items[index + 1];
    return index % 2 === 0 && argument ? [commandField(code, argument)] : [];
  });
}

function commandField(code: CborItem, argument: CborItem): InspectionField {
  const name = commandNames.get(code.number) ?? `command ${itemText(code)}`;
  const at = { offset: code.at.offset, length: code.at.length + argument.at.length };
  switch (code.number) {
    case directive.overrideParameters:
    case directive.setParameters:
      return field(name, '', at, mapEntries(argument).map(parameterField));
    case directive.setComponentIndex:
      return field(name, itemText(argument) === 'true' ? 'all components' : itemText(argument), at);
    case directive.tryEach:
      return field(name, '', at, argument.items.map(alternativeField));
    case directive.runSequence:
      return wrappedField(name, argument, commandFields);
    default:
      return field(name, policyText(argument), at);
  }
}

function alternativeField(item: CborItem, index: number): InspectionField {
  if (item.major === majorType.simple) return field('otherwise', 'nothing', item.at);
  return wrappedField(`alternative ${index + 1}`, item, commandFields);
}

function parameterField([key, value]: readonly [CborItem, CborItem]): InspectionField {
  const name = parameterNames.get(key.number) ?? `parameter ${itemText(key)}`;
  switch (key.number) {
    case parameter.vendorIdentifier:
    case parameter.classIdentifier:
    case parameter.deviceIdentifier:
      return field(name, uuidText(value), value.at);
    case parameter.imageDigest:
      return wrappedField(name, value, digestFields);
    case parameter.encryptionInfo:
      return wrappedField(name, value, (message) => [coseFields(message)]);
    case parameter.imageSize:
      return field(name, `${itemText(value)} bytes`, value.at);
    default:
      return field(name, itemText(value), value.at);
  }
}

/** SUIT_Digest (§10). */
export function digestFields(digest: CborItem): readonly InspectionField[] {
  const [algorithm, bytes] = digest.items;
  return [
    ...(algorithm
      ? [
          field(
            'suit-digest-algorithm-id',
            algorithm.number === 2 ? 'SHA-256 (2, of draft-09)' : algorithmName(algorithm),
            algorithm.at,
          ),
        ]
      : []),
    ...(bytes ? [field('suit-digest-bytes', itemText(bytes), bytes.at)] : []),
  ];
}

function uuidText(item: CborItem): string {
  const { content = new Uint8Array() } = item;
  return content.length === 16 ? formatUuid(content) : bytesText(content);
}

function policyText(argument: CborItem): string {
  const { number } = argument;
  if (number === undefined || number < 0 || number > reportingPolicy.all) return itemText(argument);
  if (number === 0) return 'no report';
  return policyBits.filter((_, bit) => number & (1 << bit)).join(', ');
}
