import { type CborValue, encodeCanonical } from './canonical-cbor';
import { commonKey, condition, directive, parameter, reportingPolicy } from './suit-constants';
import type { Dialect } from './suit-dialect';
import { sha256, suitDigest } from './suit-digest';
import type { EncodedComponent } from './suit-encode';

/**
 * SUIT_Common (§8.4.5): what is installed, and which boards it is for, checked before every sequence. `further` are ids
 * of components that only the installation knows.
 */
export function encodeCommon(
  components: readonly EncodedComponent[],
  further: readonly CborValue[],
  dialect: Dialect,
): Uint8Array {
  const shared = each(components, ({ content }) => [
    directive.overrideParameters,
    new Map<CborValue, CborValue>([
      [parameter.vendorIdentifier, content.vendorId],
      [parameter.classIdentifier, content.classId],
      [parameter.imageDigest, encodeCanonical(suitDigest(sha256(content.payload), dialect))],
      [parameter.imageSize, content.payload.length],
    ]),
    condition.vendorIdentifier,
    reportingPolicy.all,
    condition.classIdentifier,
    reportingPolicy.all,
  ]);
  return encodeCanonical(
    new Map<CborValue, CborValue>([
      [commonKey.components, [...components.map(({ id }) => id), ...further]],
      [commonKey.sharedSequence, shared],
    ]),
  );
}

/** suit-payload-fetch: where the payloads are, and fetch them. */
export function encodeFetch(components: readonly EncodedComponent[]): Uint8Array {
  return each(mainLast(components), fetchCommands);
}

/** suit-install: fetch the payloads, unless payload-fetch did, and check them. */
export function encodeInstall(components: readonly EncodedComponent[], fetches: boolean): Uint8Array {
  return each(mainLast(components), (component) => [
    ...(fetches ? fetchCommands(component) : []),
    condition.imageMatch,
    reportingPolicy.all,
  ]);
}

/** suit-validate: what is installed is what the manifest says. */
export function encodeValidate(components: readonly EncodedComponent[]): Uint8Array {
  return each(components, () => [condition.imageMatch, reportingPolicy.all]);
}

/** suit-invoke: start the first component. */
export function encodeInvoke(components: readonly EncodedComponent[]): Uint8Array {
  const invoke = [directive.invoke, reportingPolicy.recordFailure];
  return encodeCanonical(components.length === 1 ? invoke : [directive.setComponentIndex, 0, ...invoke]);
}

function fetchCommands({ uri, encryptionInfo }: EncodedComponent): readonly CborValue[] {
  return [
    directive.overrideParameters,
    new Map<CborValue, CborValue>([
      ...(encryptionInfo ? ([[parameter.encryptionInfo, encryptionInfo]] as const) : []),
      [parameter.uri, uri],
    ]),
    directive.fetch,
    reportingPolicy.recordFailure,
  ];
}

type Indexed = EncodedComponent & { readonly index?: number };

/** The first component needs the others, so they are installed before it. */
function mainLast(components: readonly EncodedComponent[]): readonly Indexed[] {
  const indexed = components.map((component, index) => ({ ...component, index }));
  return [...indexed.slice(1), ...indexed.slice(0, 1)];
}

/** The commands for each component, which set-component-index (§8.4.10.1) names where there are several. */
function each(
  components: readonly Indexed[],
  commandsOf: (component: Indexed) => readonly CborValue[],
): Uint8Array {
  return encodeCanonical(
    components.flatMap((component, position) => [
      ...(components.length > 1 ? [directive.setComponentIndex, component.index ?? position] : []),
      ...commandsOf(component),
    ]),
  );
}
