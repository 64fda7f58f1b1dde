import { createHash } from 'node:crypto';
import type { McubootChoices } from '../image/mcuboot/choices';
import { resolveMcubootOptions } from '../image/mcuboot/choices';
import { createMcubootImage } from '../image/mcuboot/create';
import { formatImageVersion } from '../image/mcuboot/version';
import type { FirmwareImage } from '../image/read-image';
import { coseSigner, type StoredSigner } from '../manifest/stored-key';
import { type SignImageOptions, signImage } from './sign-image';

/** What a signed package is: an envelope, a bare MCUboot image, or an envelope around one. */
export const signingFormats = ['suit', 'mcuboot', 'suit+mcuboot'] as const;
export type SigningFormat = (typeof signingFormats)[number];

export interface SignFirmwareOptions extends Omit<SignImageOptions, 'signer'> {
  readonly signer: StoredSigner;
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
 * Signs the firmware of a file in a format; one key makes all signatures. Errors as `coseSigner`, `signImage`,
 * `resolveMcubootOptions` and `createMcubootImage`; none of them takes a sequence number.
 */
export async function signFirmware(
  file: string,
  image: FirmwareImage,
  options: SignFirmwareOptions,
): Promise<SignedFirmware> {
  const { format, signer } = options;
  if (format === 'suit') return await signImage(image, { ...options, signer: coseSigner(signer) });
  // Before anything is made: not every key signs envelopes.
  const envelopeSigner = format === 'mcuboot' ? undefined : coseSigner(signer);
  const how = await resolveMcubootOptions(file, image, options.mcuboot);
  const bytes = await createMcubootImage(image.bytes, how, signer);
  const version = image.appInfo?.version ?? options.version ?? formatImageVersion(how.version);
  if (!envelopeSigner) return { bytes, version };
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return await signImage(
    { ...image, bytes, sha256, source: 'MCUboot image' },
    { ...options, signer: envelopeSigner, version },
  );
}
