import { createPublicKey, type KeyObject } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { SlipwayError } from '../../base/errors';
import type { FirmwareImage } from '../read-image';
import { choicesOfBuild, findBuildFiles } from './build-config';
import type { Encryption } from './encryption';
import { readKeyFile } from './key-file';
import { defaultMcubootOptions, type McubootOptions } from './options';
import { imageUuids } from './uuids';
import { type ImageVersion, parseImageVersion, securityCounterOf } from './version';

/** What somebody has said of how an image is to be made; what is left out is taken from elsewhere. */
export interface McubootChoices extends Partial<
  Omit<McubootOptions, 'securityCounter' | 'encryption' | 'vendorId' | 'classId'>
> {
  /** `auto`: made of the version. */
  readonly securityCounter?: number | 'auto';
  /** UUIDs, or the names that they are made of. */
  readonly vendor?: string;
  readonly imageClass?: string;
  /** PEM file of the key that the image is encrypted for, absolute or beside the firmware’s file. */
  readonly encryptionKeyFile?: string;
  readonly encryptionKeyBits?: 128 | 256;
  readonly encryptionHmacBits?: 256 | 512;
  readonly leavesPlain?: boolean;
  readonly savesEncryptionTlv?: boolean;
}

/**
 * How the image of a firmware file is made: by what `given` says, else by its Zephyr build, else as most are; its version
 * at last by what the firmware says of itself. Errors: `mcuboot.version`, `mcuboot.option` where there is no version at
 * all, `key.not-found`, `key.unreadable` for the key to encrypt for.
 */
export async function resolveMcubootOptions(
  file: string,
  image: FirmwareImage,
  given: McubootChoices,
): Promise<McubootOptions> {
  const build = await findBuildFiles(file);
  const choices: McubootChoices = { ...(build && choicesOfBuild(build)), ...given };
  const {
    securityCounter,
    vendor,
    imageClass,
    encryptionKeyFile,
    encryptionKeyBits: _bits,
    encryptionHmacBits: _hmac,
    leavesPlain: _plain,
    savesEncryptionTlv: _tlv,
    ...rest
  } = choices;
  const version = rest.version ?? ownVersion(image);
  const alignment = rest.alignment ?? defaultMcubootOptions.alignment;
  const counter = securityCounter === 'auto' ? securityCounterOf(version) : securityCounter;
  // Also out of a private key's file, as imgtool takes it.
  const encryptionKey =
    encryptionKeyFile === undefined
      ? undefined
      : await readKeyFile(resolve(dirname(file), encryptionKeyFile), createPublicKey, 'not a PEM key');
  return {
    ...defaultMcubootOptions,
    maxAlignment: Math.max(defaultMcubootOptions.maxAlignment, alignment),
    ...rest,
    version,
    ...(counter !== undefined && { securityCounter: counter }),
    ...imageUuids(vendor, imageClass),
    ...(encryptionKey && { encryption: encryptionOf(encryptionKey, choices) }),
  };
}

function ownVersion({ appInfo }: FirmwareImage): ImageVersion {
  if (appInfo) return parseImageVersion(appInfo.version);
  const reason = 'the firmware does not say it, and nobody set it';
  throw new SlipwayError('mcuboot.option', { option: 'version', reason });
}

function encryptionOf(publicKey: KeyObject, choices: McubootChoices): Encryption {
  return {
    publicKey,
    keyBits: choices.encryptionKeyBits ?? 128,
    hmacBits: choices.encryptionHmacBits ?? 256,
    leavesPlain: choices.leavesPlain ?? false,
    savesTlv: choices.savesEncryptionTlv ?? false,
  };
}
