import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { readImageFile } from '../image/read-image';
import { readChain } from '../manifest/certificate-chain';
import { SequenceStore } from '../manifest/sequence-store';
import { type Dialect, dialects } from '../manifest/suit-dialect';
import type { SymmetricKey } from '../manifest/types';
import { type FurtherComponent, readComponentFile } from '../update/component-file';
import { packageFileOf, toUpdatePackage, writePackage } from '../update/package-file';
import {
  signFirmware,
  type SignFirmwareOptions,
  type SigningFormat,
  signingFormats,
} from '../update/sign-firmware';
import { bytesText } from '../ui/quantities';
import type { Context, Run } from './context';
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
import { openSigners } from './open-signers';
import { type PassphraseOptions, withPassphraseFile } from './passphrase';
import { readSymmetricKey, readText } from './trust-options';
import { collect, usageError, wholeNumber } from './usage';

interface SignOptions
  extends KeyFolderOptions, PassphraseOptions, Partial<TargetOptions>, McubootCommandOptions {
  readonly format: SigningFormat;
  readonly key?: readonly string[];
  readonly component?: readonly string[];
  readonly macKey?: readonly string[];
  readonly encryptKey?: string;
  readonly x5chain?: string;
  readonly dialect: Dialect;
  readonly severable?: boolean;
  readonly output?: string;
  readonly sequence?: number;
  readonly imageVersion?: string;
}

/** `slipway sign IMAGE` */
export function signCommand(command: Command): Command {
  command
    .description('sign a firmware: as a SUIT envelope, an MCUboot image, or both')
    .argument('<image>', 'the firmware: BIN, Intel HEX, ELF or an MCUboot image')
    .option('--key <name>', 'key to sign with; repeatable for several signatures', collect)
    .option('--component <name=file>', 'further image of the package, installed before; repeatable', collect)
    .option(
      '--mac-key <name-or-file>',
      'secret to make a MAC with, by name or as a file of hex or JWK; repeatable',
      collect,
    )
    .option(
      '--encrypt-key <name-or-file>',
      'secret to encrypt the images with, by name or as a file of hex or JWK',
    )
    .option('--x5chain <file>', 'PEM of the first key’s certificates, its own first, to put into the package')
    .addOption(
      new Option('--dialect <draft>', 'draft of SUIT to write').choices(dialects).default('draft-37'),
    )
    .option('--severable', 'let boards drop the commands of the installation')
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
  const components = await readComponents(options.component ?? []);
  const keys = await openKeys(context, options);
  const signed = await signFirmware(file, image, {
    ...targetOf({ vendor, class: className }),
    ...keys,
    components,
    format,
    mcuboot: format === 'suit' ? {} : mcubootChoices(options, options.imageVersion),
    sequences: new SequenceStore(openKeyStore(context, options).folder, context.clock),
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
    ...signedBy(keys),
    ...(format !== 'mcuboot' && { vendor, class: className }),
  });
  return exitCodes.done;
};

type Keys = Pick<SignFirmwareOptions, 'signers' | 'macKeys' | 'encryptionKey' | 'dialect' | 'severable'>;

/** What the package is signed, authenticated and encrypted with. */
async function openKeys(context: Context, options: SignOptions): Promise<Keys> {
  const { key = [], macKey = [], encryptKey, x5chain, dialect, severable = false } = options;
  if (key.length + macKey.length === 0) throw usageError('error: say what to sign with: --key or --mac-key');
  if (options.format !== 'suit' && key.length === 0) {
    throw usageError('error: an MCUboot image is signed with a --key');
  }
  if (x5chain !== undefined && key.length === 0) throw usageError('error: --x5chain is of a --key');
  const certificateChain = x5chain === undefined ? undefined : readChain(await readText(x5chain), x5chain);
  const macKeys: SymmetricKey[] = [];
  for (const secret of macKey) macKeys.push(await readSymmetricKey(context, secret, options));
  const encryptionKey =
    encryptKey === undefined ? undefined : await readSymmetricKey(context, encryptKey, options);
  const [first, ...others] = await openSigners(context, key, options);
  return {
    signers: first ? [{ ...first, ...(certificateChain && { certificateChain }) }, ...others] : [],
    macKeys,
    ...(encryptionKey && { encryptionKey }),
    dialect,
    severable,
  };
}

/** `name=file` each. */
async function readComponents(components: readonly string[]): Promise<readonly FurtherComponent[]> {
  return await Promise.all(
    components.map(async (component) => {
      const [, name, file] = /^([^=]+)=(.+)$/.exec(component) ?? [];
      if (name === undefined || file === undefined) {
        throw usageError(`error: "${component}" is not of the form NAME=FILE`);
      }
      return await readComponentFile(name, file);
    }),
  );
}

/** The first key, and how many there are. */
function signedBy({ signers, macKeys = [] }: Keys): Readonly<Record<string, unknown>> {
  const keyId = signers[0]?.keyId ?? macKeys[0]?.keyId;
  return { keyId, keyType: signers[0]?.keyType ?? 'secret', signatures: signers.length + macKeys.length };
}
