import { basename } from 'node:path';
import type { Command } from 'commander';
import { readImageFile } from '../image/read-image';
import { SequenceStore } from '../manifest/sequence-store';
import { packageFileOf, toUpdatePackage, writePackage } from '../update/package-file';
import { signImage } from '../update/sign-image';
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
import { getPassphrase, type PassphraseOptions } from './passphrase';
import { wholeNumber } from './usage';

interface SignOptions extends KeyFolderOptions, PassphraseOptions, TargetOptions {
  readonly key: string;
  readonly output?: string;
  readonly sequence?: number;
  readonly imageVersion?: string;
}

/** `slipway sign IMAGE` */
export function signCommand(command: Command): Command {
  command
    .description('put a firmware into a signed SUIT envelope')
    .argument('<image>', 'the firmware: BIN, Intel HEX, ELF or an MCUboot image')
    .requiredOption('--key <name>', 'key to sign with')
    .option('-o, --output <file>', 'where the package goes (default: beside the image, as .suit)')
    .option('--sequence <number>', 'sequence number (default: the next one)', wholeNumber(1))
    .option('--image-version <version>', 'version of an image that does not say it itself')
    .option('--passphrase-file <file>', 'file whose first line is the passphrase');
  return withKeyFolder(withTarget(command, true));
}

export const sign: Run<[image: string, options: SignOptions]> = async (context, file, options) => {
  const image = await readImageFile(file);
  const store = openKeyStore(context, options);
  // A key that is not there is no reason to ask for its passphrase.
  await store.trustAnchor(options.key);
  const passphrase = await getPassphrase(context, options.key, options, 'existing');
  const signer = await store.open(options.key, passphrase);
  const signed = await signImage(image, {
    ...targetOf(options),
    signer,
    sequences: new SequenceStore(store.folder, context.clock),
    ...(options.sequence !== undefined && { sequence: options.sequence }),
    ...(options.imageVersion !== undefined && { version: options.imageVersion }),
  });
  const target = options.output ?? packageFileOf(file);
  await writePackage(target, signed.bytes);

  const { sha256 } = toUpdatePackage(basename(target), signed.bytes);
  const version = signed.version === undefined ? '' : `, version ${signed.version}`;
  context.output.print(`${target}: ${bytesText(signed.bytes.length)}${version}, sequence ${signed.sequence}`);
  context.output.event({
    type: 'package',
    file: target,
    bytes: signed.bytes.length,
    sha256,
    sequence: signed.sequence,
    ...(signed.version !== undefined && { version: signed.version }),
    keyId: signer.keyId,
    algorithm: signer.algorithm,
    vendor: options.vendor,
    class: options.class,
  });
  return exitCodes.done;
};
