import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { SlipwayError } from '../../base/errors';
import type { FirmwareImage } from '../read-image';
import { choicesOfBuild, findBuildFiles } from './build-config';
import type { Encryption } from './encryption';
import { defaultMcubootOptions, type McubootOptions } from './options';
import { type ImageVersion, parseImageVersion, securityCounterOf } from './version';

/** What somebody has said of how an image is to be made; what is left out is taken from elsewhere. */
export interface McubootChoices extends Partial<Omit<McubootOptions, 'securityCounter' | 'encryption'>> {
  /** `auto`: made of the version. */
  readonly securityCounter?: number | 'auto';
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
  return {
    ...defaultMcubootOptions,
    maxAlignment: Math.max(defaultMcubootOptions.maxAlignment, alignment),
    ...rest,
    version,
    ...(counter !== undefined && { securityCounter: counter }),
    ...(encryptionKeyFile !== undefined && {
      encryption: encryptionOf(await readKey(resolve(dirname(file), encryptionKeyFile)), choices),
    }),
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

/** The public key in a PEM file, also in one of a private key, as imgtool takes it. */
async function readKey(file: string): Promise<KeyObject> {
  let pem: string;
  try {
    pem = await readFile(file, 'utf8');
  } catch (cause) {
    throw new SlipwayError('key.not-found', { key: file }, { cause });
  }
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw new SlipwayError('key.unreadable', { key: file, reason: 'not a PEM key' }, { cause });
  }
}
