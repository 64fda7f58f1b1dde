import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { readImageFile } from '../image/read-image';
import { SequenceStore } from '../manifest/sequence-store';
import { packageFileOf, toUpdatePackage, writePackage } from '../update/package-file';
import { signFirmware, type SigningFormat, signingFormats } from '../update/sign-firmware';
import { bytesText } from '../ui/quantities';
import type { Run } from './context';
import { exitCodes } from './exit-codes';
import {
  type KeyFolderOptions,
  openKeyStore,
  targetOf,
  type TargetOptions,
  withKeyFolder,
  withTarget,
} from './key-options';
import { mcubootChoices, type McubootCommandOptions, withMcubootOptions } from './mcuboot-options';
import { getPassphrase, type PassphraseOptions, withPassphraseFile } from './passphrase';
import { usageError, wholeNumber } from './usage';

interface SignOptions
  extends KeyFolderOptions, PassphraseOptions, Partial<TargetOptions>, McubootCommandOptions {
  readonly format: SigningFormat;
  readonly key: string;
  readonly output?: string;
  readonly sequence?: number;
  readonly imageVersion?: string;
}

/** `slipway sign IMAGE` */
export function signCommand(command: Command): Command {
  command
    .description('sign a firmware: as a SUIT envelope, an MCUboot image, or both')
    .argument('<image>', 'the firmware: BIN, Intel HEX, ELF or an MCUboot image')
    .requiredOption('--key <name>', 'key to sign with')
    .addOption(new Option('--format <format>', 'what to make').choices(signingFormats).default('suit'))
    .option('-o, --output <file>', 'where it goes (default: beside the image, as .suit or .mcuboot)')
    .option('--sequence <number>', 'sequence number (default: the next one)', wholeNumber(1))
    .option('--image-version <version>', 'version of an image that does not say it itself');
  return withMcubootOptions(withKeyFolder(withPassphraseFile(withTarget(command, false))));
}

export const sign: Run<[image: string, options: SignOptions]> = async (context, file, options) => {
  const { format, class: className = '', vendor = 'example.com' } = options;
  if (format !== 'mcuboot' && className === '') throw usageError('error: a SUIT envelope needs --class');
  const image = await readImageFile(file);
  const { allowSampleKeys = false } = options;
  const store = openKeyStore(context, options, { allowSampleKeys });
  // A key that is not there is no reason to ask for its passphrase, and a command has none.
  const { kind } = await store.describe(options.key);
  const asked = kind === 'private';
  const passphrase = asked ? await getPassphrase(context, options.key, options, 'existing') : '';
  const signer = await store.openKey(options.key, passphrase);
  const signed = await signFirmware(file, image, {
    ...targetOf({ vendor, class: className }),
    format,
    mcuboot: format === 'suit' ? {} : mcubootChoices(options, options.imageVersion),
    signer,
    sequences: new SequenceStore(store.folder, context.clock),
    ...(options.sequence !== undefined && { sequence: options.sequence }),
    ...(options.imageVersion !== undefined && { version: options.imageVersion }),
  });
  const target = options.output ?? packageFileOf(file, format);
  await writePackage(target, signed.bytes);

  const { sha256 } = toUpdatePackage(basename(target), signed.bytes);
  const version = signed.version === undefined ? '' : `, version ${signed.version}`;
  const sequence = signed.sequence === undefined ? '' : `, sequence ${signed.sequence}`;
  context.output.print(`${target}: ${bytesText(signed.bytes.length)}${version}${sequence}`);
  context.output.event({
    type: 'package',
    file: target,
    bytes: signed.bytes.length,
    sha256,
    format,
    ...(signed.sequence !== undefined && { sequence: signed.sequence }),
    ...(signed.version !== undefined && { version: signed.version }),
    keyId: signer.keyId,
    keyType: signer.keyType,
    ...(format !== 'mcuboot' && { vendor, class: className }),
  });
  return exitCodes.done;
};
