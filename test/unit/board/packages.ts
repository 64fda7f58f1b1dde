import type { BoardPolicy } from '../../../src/board/bootloader';
import { encodeAppInfo } from '../../../src/image/app-info';
import { createEnvelope } from '../../../src/manifest/suit-encode';
import type { EnvelopeContent, Signer } from '../../../src/manifest/types';
import { content, rfc8032Signer } from '../manifest/support';

const { keyId, algorithm, publicKeyPem } = rfc8032Signer;

/** A board that trusts the key of RFC 8032's first test. */
export const policy: BoardPolicy = {
  trustAnchors: [{ keyId, algorithm, publicKeyPem }],
  vendorId: content.vendorId,
  classId: content.classId,
};

/** An image that says its version. */
export function imageOf(version: string): Uint8Array {
  return encodeAppInfo({ version, banner: `hello from ${version}` });
}

/** An envelope that the board of `policy` takes, but for what `wish` asks for. */
export function packageOf(
  wish: Partial<EnvelopeContent> = {},
  signer: Signer = rfc8032Signer,
): Promise<Uint8Array> {
  return createEnvelope({ ...content, payload: imageOf('2.0.0'), ...wish }, signer);
}
