import { SlipwayError } from '../base/errors';
import { toHex } from '../base/hex';
import { PatchDecoder } from '../image/delta/apply-patch';
import { malformed } from './cbor-shape';
import { equalBytes } from './suit-digest';
import type { PatchBase, VerifyPolicy } from './types';

/**
 * The image that a patch makes of the one that runs, page by page into no more room than the manifest says it takes.
 * Errors: `suit.malformed`, `suit.unsupported` without an image that runs, and those of `PatchDecoder`.
 */
export function patchedImage(
  patch: Uint8Array,
  size: number | undefined,
  { running, capacity = Infinity }: Pick<VerifyPolicy, 'running' | 'capacity'>,
): Uint8Array {
  if (size === undefined) throw malformed('a patch without the size of its image');
  if (!running) throw noBase();
  const base = baseBytes(running);
  if (size > capacity) throw new SlipwayError('delta.too-large', { bytes: size, limit: capacity });
  const image = new Uint8Array(size);
  let written = 0;
  const decoder = new PatchDecoder(base, size, (page) => {
    image.set(page, written);
    written += page.length;
  });
  decoder.push(patch);
  decoder.end();
  return image.subarray(0, written);
}

/** What a patch takes from; nothing where the digest alone is known. */
export function baseBytes(base: PatchBase): Uint8Array {
  return base instanceof Uint8Array ? base : new Uint8Array();
}

/** The condition that keeps a patch from an image that it isn't for. Errors: as `patchedImage`, `suit.wrong-base`. */
export function matchRunning(digest: Uint8Array | undefined, runningSha256: Uint8Array | undefined): void {
  if (!digest) throw malformed('image-match without an image digest');
  if (!runningSha256) throw noBase();
  if (!equalBytes(digest, runningSha256)) {
    throw new SlipwayError('suit.wrong-base', { expected: toHex(digest), actual: toHex(runningSha256) });
  }
}

function noBase(): SlipwayError {
  return new SlipwayError('suit.unsupported', { what: 'a patch without the image that it is for' });
}
