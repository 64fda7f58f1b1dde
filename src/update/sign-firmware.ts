import { createHash } from 'node:crypto';
import type { KeySigner, KeyType } from '../base/key-signer';
import type { McubootChoices } from '../image/mcuboot/choices';
import { resolveMcubootOptions } from '../image/mcuboot/choices';
import { createMcubootImage } from '../image/mcuboot/create';
import { formatImageVersion } from '../image/mcuboot/version';
import type { FirmwareImage } from '../image/read-image';
import type { SignatureAlgorithm, Signer } from '../manifest/types';
import { type SignImageOptions, signImage } from './sign-image';

/** What a signed package is: an envelope, a bare MCUboot image, or an envelope around one. */
export const signingFormats = ['suit', 'mcuboot', 'suit+mcuboot'] as const;
export type SigningFormat = (typeof signingFormats)[number];

export interface SignFirmwareOptions extends SignImageOptions {
  readonly format: SigningFormat;
  /** How the MCUboot image is made, as far as the build doesn't say it. */
  readonly mcuboot: McubootChoices;
}

export interface SignedFirmware {
  readonly bytes: Uint8Array;
  /** Of the envelope. */
  readonly sequence?: number;
  readonly version?: string;
}

/**
 * Signs the firmware of a file in a format; one key makes all signatures. Errors as `signImage`,
 * `resolveMcubootOptions` and `createMcubootImage`; none of them takes a sequence number.
 */
export async function signFirmware(
  file: string,
  image: FirmwareImage,
  options: SignFirmwareOptions,
): Promise<SignedFirmware> {
  if (options.format === 'suit') return await signImage(image, options);
  const how = await resolveMcubootOptions(file, image, options.mcuboot);
  const bytes = await createMcubootImage(image.bytes, how, keySignerOf(options.signer));
  const version = image.appInfo?.version ?? options.version ?? formatImageVersion(how.version);
  if (options.format === 'mcuboot') return { bytes, version };
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return await signImage({ ...image, bytes, sha256, source: 'MCUboot image' }, { ...options, version });
}

const keyTypes: Readonly<Record<SignatureAlgorithm, KeyType>> = {
  ESP256: 'P-256',
  ESP384: 'P-384',
  Ed25519: 'Ed25519',
};

/** The signer of manifests as one of images: they sign alike, and only call it differently. */
function keySignerOf(signer: Signer): KeySigner {
  const { algorithm, publicKeyPem } = signer;
  return { keyType: keyTypes[algorithm], publicKeyPem, sign: (message) => signer.sign(message) };
}
