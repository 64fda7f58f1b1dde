import type { CborValue } from './canonical-cbor';
import { condition, directive, parameter, reportingPolicy } from './suit-constants';
import { encodeCanonical } from './canonical-cbor';
import type { Dialect } from './suit-dialect';
import { sha256, suitDigest } from './suit-digest';
import type { ComponentPatch, PatchBase } from './types';

/**
 * A package that brings a patch instead of an image has two components beside that of the image, named below it: the
 * image that runs, which is only compared, and the patch, which is copied into the image through the decoder. What a
 * component id means is between author and board (draft-ietf-suit-manifest §8.4.5.1).
 */
const lastSegments = { running: 'running', patch: 'patch' } as const;

export type PatchRole = keyof typeof lastSegments;

/** What a component is for in a package that brings a patch; undefined for an ordinary one. */
export function patchRole(componentId: readonly string[]): PatchRole | undefined {
  if (componentId.length < 2) return undefined;
  return (['running', 'patch'] as const).find((role) => componentId.at(-1) === lastSegments[role]);
}

/** The ids that stand after the image's own, in this order. */
export function patchComponents(componentId: readonly string[]): readonly (readonly string[])[] {
  return [
    [...componentId, lastSegments.running],
    [...componentId, lastSegments.patch],
  ];
}

/** A fragment-only reference into the envelope (§7.5). */
export const patchUri = '#patch';

const [imageIndex, runningIndex, patchIndex] = [0, 1, 2];

/** SHA-256 of the image that a patch is for. */
export function baseDigest(base: PatchBase): Uint8Array {
  return base instanceof Uint8Array ? sha256(base) : base.sha256;
}

/**
 * suit-install of such a package: the image that runs is the base, before anything is fetched or erased; the patch is
 * what was signed, before a decoder sees it; what the decoder makes of it is the image.
 */
export function encodePatchInstall({ base, bytes }: ComponentPatch, dialect: Dialect): Uint8Array {
  const match = [condition.imageMatch, reportingPolicy.all];
  const digestOf = (sha256: Uint8Array): [CborValue, CborValue] => [
    parameter.imageDigest,
    encodeCanonical(suitDigest(sha256, dialect)),
  ];
  const sizeOf = (content: Uint8Array): [CborValue, CborValue] => [parameter.imageSize, content.length];
  return encodeCanonical([
    ...[directive.setComponentIndex, runningIndex],
    ...[
      directive.overrideParameters,
      new Map([digestOf(baseDigest(base)), ...(base instanceof Uint8Array ? [sizeOf(base)] : [])]),
    ],
    ...match,
    ...[directive.setComponentIndex, patchIndex],
    ...[
      directive.overrideParameters,
      new Map<CborValue, CborValue>([digestOf(sha256(bytes)), sizeOf(bytes), [parameter.uri, patchUri]]),
    ],
    ...[directive.fetch, reportingPolicy.recordFailure],
    ...match,
    ...[directive.setComponentIndex, imageIndex],
    ...[
      directive.overrideParameters,
      new Map<CborValue, CborValue>([[parameter.sourceComponent, patchIndex]]),
    ],
    ...[directive.copy, reportingPolicy.recordFailure],
    ...match,
  ]);
}
