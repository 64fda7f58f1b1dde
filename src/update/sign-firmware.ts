import { createHash } from 'node:crypto';
import { SlipwayError } from '../base/errors';
import type { McubootChoices } from '../image/mcuboot/choices';
import { resolveMcubootOptions } from '../image/mcuboot/choices';
import { createMcubootImage } from '../image/mcuboot/create';
import { formatImageVersion } from '../image/mcuboot/version';
import type { FirmwareImage } from '../image/read-image';
import type { PackageSigner } from '../manifest/types';
import { coseSigner, type StoredSigner } from '../manifest/stored-key';
import { type SignImageOptions, signImage } from './sign-image';

/** What a signed package is: an envelope, a bare MCUboot image, or an envelope around one. */
export const signingFormats = ['suit', 'mcuboot', 'suit+mcuboot'] as const;
export type SigningFormat = (typeof signingFormats)[number];

export interface SignFirmwareOptions extends Omit<SignImageOptions, 'signers'> {
  /** The first one also signs the MCUboot image. */
  readonly signers: readonly StoredSigner[];
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
 * Signs the firmware of a file in a format. Errors: `key.none`, and as `coseSigner`, `signImage`,
 * `resolveMcubootOptions` and `createMcubootImage`; none of them takes a sequence number.
 */
export async function signFirmware(
  file: string,
  image: FirmwareImage,
  options: SignFirmwareOptions,
): Promise<SignedFirmware> {
  const { format } = options;
  const signWith = (): SignImageOptions => ({ ...options, signers: options.signers.map(packageSigner) });
  if (format === 'suit') return await signImage(image, signWith());
  const [signer] = options.signers;
  if (!signer) throw new SlipwayError('key.none', {});
  // Before anything is made: not every key signs envelopes.
  const forEnvelope = format === 'mcuboot' ? undefined : signWith();
  const how = await resolveMcubootOptions(file, image, options.mcuboot);
  const bytes = await createMcubootImage(image.bytes, how, signer);
  const version = image.appInfo?.version ?? options.version ?? formatImageVersion(how.version);
  if (!forEnvelope) return { bytes, version };
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return await signImage({ ...image, bytes, sha256, source: 'MCUboot image' }, { ...forEnvelope, version });
}

function packageSigner(signer: StoredSigner): PackageSigner {
  const { certificateChain: chain } = signer;
  return { signer: coseSigner(signer), ...(chain && { chain }) };
}
