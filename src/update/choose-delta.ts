import { createHash } from 'node:crypto';
import { SlipwayError } from '../base/errors';
import type { ImageStore, StoredImage } from './image-store';

/** What a board reports of the image that it runs. */
export interface RunningImage {
  /** Hex of SHA-256 over that image. */
  readonly sha256?: string;
  readonly version?: string;
}

/** Why a board gets the full image; `ui/delta-wording.ts` has the words. */
export type FullImageReason =
  | 'board-tells-nothing'
  | 'not-kept'
  | 'ambiguous-version'
  | 'same-image'
  | 'not-smaller'
  | 'not-made'
  /** Several images, or an encrypted one, or no envelope. */
  | 'package-kind'
  /** The patch has to be signed by the key that signed the package. */
  | 'no-signer'
  /** The board would not have the patch. */
  | 'refused';

export type DeltaChoice =
  | {
      readonly kind: 'delta';
      readonly base: Uint8Array;
      readonly patch: Uint8Array;
    }
  | { readonly kind: 'full'; readonly reason: FullImageReason };

/**
 * A patch from what a board runs to `target`, or why it has to be the full image. The base is the kept image that the
 * board names by its digest, or else the only one of its version: a base is never guessed. `make` makes the patch
 * (`makeDelta`). Errors: `cancelled`, and those of the file system.
 *
 * A patch goes to a board as a payload of a signed SUIT envelope (`suit-patch.ts`), whose manifest pins three digests,
 * since a patch names neither its base nor its result. With one component for the running image, one for the patch and
 * one for the new image, in the terms of draft-ietf-suit-manifest:
 *
 * 1. the running image: override-parameters with the base's digest, then condition-image-match. A board that runs
 *    anything else stops here, before it has fetched or erased anything, and gets the full image.
 * 2. the patch: override-parameters with the patch's own digest and size and its URI, directive-fetch, then
 *    condition-image-match. The decoder never sees bytes that were not signed for.
 * 3. the new image: override-parameters with the result's digest and size and suit-parameter-source-component naming
 *    the patch, directive-copy, through which the board runs its decoder, then condition-image-match. That digest is
 *    the one that `validate` checks at each start as well, so a wrong result is never invoked.
 *
 * Signing the patch's digest alone would leave the result to the decoder; signing the result's alone would let unsigned
 * bytes reach it.
 */
export async function chooseDelta(
  target: Uint8Array,
  running: RunningImage,
  store: Pick<ImageStore, 'list' | 'read'>,
  make: (base: Uint8Array, target: Uint8Array) => Promise<Uint8Array>,
): Promise<DeltaChoice> {
  const found = findBase(await store.list(), running);
  if (typeof found === 'string') return { kind: 'full', reason: found };
  if (found.sha256 === createHash('sha256').update(target).digest('hex')) {
    return { kind: 'full', reason: 'same-image' };
  }
  const base = await store.read(found);
  if (!base) return { kind: 'full', reason: 'not-kept' };
  let patch: Uint8Array;
  try {
    patch = await make(base, target);
  } catch (error) {
    if (SlipwayError.is(error, 'delta.failed')) return { kind: 'full', reason: 'not-made' };
    throw error;
  }
  if (patch.length >= target.length) return { kind: 'full', reason: 'not-smaller' };
  return { kind: 'delta', base, patch };
}

/**
 * An image that compression makes only that little smaller goes as it is: a board that unpacks it needs time, and room
 * for both. A part of the image.
 */
const worthwhile = 1 / 32;

/**
 * `target` in fewer bytes for a board whose image is not known here: a patch that takes nothing of that. Undefined
 * where it would not be worth it. Errors: those of `make`.
 */
export async function compressImage(
  target: Uint8Array,
  make: (base: Uint8Array, target: Uint8Array) => Promise<Uint8Array>,
): Promise<Uint8Array | undefined> {
  const patch = await make(new Uint8Array(), target);
  return patch.length < target.length * (1 - worthwhile) ? patch : undefined;
}

function findBase(
  images: readonly StoredImage[],
  { sha256, version }: RunningImage,
): StoredImage | FullImageReason {
  if (sha256 !== undefined) {
    return images.find((image) => image.sha256 === sha256.toLowerCase()) ?? 'not-kept';
  }
  if (!version) return 'board-tells-nothing';
  const [first, ...others] = images.filter((image) => image.version === version);
  if (!first) return 'not-kept';
  return others.length === 0 ? first : 'ambiguous-version';
}
