import type { StoredSigner } from '../manifest/stored-key';
import { coseSigner } from '../manifest/stored-key';
import { parseEnvelope } from '../manifest/suit-parse';
import { createPackage } from '../manifest/suit-encode';
import { isSuitEnvelope, peekEnvelope } from '../manifest/suit-peek';
import { verifyEnvelope } from '../manifest/suit-verify';
import type { ComponentPatch, VerifiedEnvelope } from '../manifest/types';
import { SlipwayError } from '../base/errors';
import { toUpdatePackage } from './package-file';
import type { Reduction, UpdatePackage } from './types';

/** The one image of a package, in the clear; undefined where there are several, none, or an encrypted one. */
export function imageOf({ bytes }: UpdatePackage): Uint8Array | undefined {
  if (!isSuitEnvelope(bytes)) return undefined;
  const { components, encrypted } = peekEnvelope(bytes);
  const [payload, ...others] = parseEnvelope(bytes).payloads.values();
  return components.length === 1 && !encrypted && others.length === 0 ? payload : undefined;
}

/**
 * What a package says, for signing a patch in its stead: only a package that this very signer signed, alone, and that
 * the current draft describes. Undefined for every other one, so that nothing is signed that wasn't before.
 */
export function contentSignedBy(pkg: UpdatePackage, signer: StoredSigner): VerifiedEnvelope | undefined {
  if (imageOf(pkg) === undefined || parseEnvelope(pkg.bytes).authenticationBlocks.length !== 1) {
    return undefined;
  }
  try {
    const verified = verifyEnvelope(pkg.bytes, { trustAnchors: [coseSigner(signer)] });
    return verified.dialect === 'draft-37' ? verified : undefined;
  } catch (error) {
    if (SlipwayError.is(error)) return undefined;
    throw error;
  }
}

/**
 * A package that says what `content` says, with the same sequence number, and brings a patch instead of the image, or
 * by one that needs no base, the image compressed; the whole one stands in `full`. Errors as `createPackage`.
 */
export async function createDeltaPackage(
  full: UpdatePackage,
  content: VerifiedEnvelope,
  patch: ComponentPatch,
  signer: StoredSigner,
): Promise<UpdatePackage> {
  const { sequence, description, components } = content;
  const { certificateChain: chain } = signer;
  const bytes = await createPackage(
    { sequence, components, patch, ...(description !== undefined && { description }) },
    { signers: [{ signer: coseSigner(signer), ...(chain && { chain }) }] },
  );
  const reducedBy: Reduction = patch.base instanceof Uint8Array ? 'patch' : 'compression';
  return { ...toUpdatePackage(full.name, bytes), full, reducedBy };
}
