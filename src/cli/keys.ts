import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { fsErrorCode } from '../manifest/create-exclusive';
import { exportPublicKey, type PublicKeyFormat, publicKeyFormats } from '../manifest/key-export';
import { isEncryptedKey } from '../manifest/key-import';
import type { KeySource } from '../manifest/key-store';
import { defaultTimeoutSeconds } from '../manifest/signer-command-file';
import type { SignerCommand } from '../manifest/signer-command';
import { keyTypeText } from '../ui/key-text';
import type { Run } from './context';
import { exitCodes } from './exit-codes';
import { type KeyFolderOptions, openKeyStore, withKeyFolder } from './key-options';
import { keyEvent, reportKey, sampleWarning } from './key-report';
import { fromPassphraseFile, getPassphrase, type PassphraseOptions, withPassphraseFile } from './passphrase';
import { chainEvent, chainLines } from './chain-report';
import { rootsOf } from './trust-options';
import { collect, usageError, wholeNumber } from './usage';

interface ImportOptions extends KeyFolderOptions, PassphraseOptions {
  readonly public?: boolean;
  readonly sourcePassphraseFile?: string;
}

interface ExternalOptions extends KeyFolderOptions {
  readonly input: SignerCommand['input'];
  readonly timeout: number;
}

interface ExportOptions extends KeyFolderOptions {
  readonly format: PublicKeyFormat;
  readonly output?: string;
}

interface ListOptions extends KeyFolderOptions {
  readonly root?: readonly string[];
}

/** `slipway keys list` */
export function listKeysCommand(command: Command): Command {
  command
    .description('the keys there are, with their certificates')
    .option('--root <file>', 'PEM of root certificates to hold the chains against; repeatable', collect);
  return withKeyFolder(command);
}

export const listKeys: Run<[options: ListOptions]> = async (context, options) => {
  const { output, clock } = context;
  const now = new Date(clock.wallTime());
  const { certificates: roots = [] } = (await rootsOf(context, options.root ?? [])) ?? {};
  const keys = await openKeyStore(context, options).list();
  for (const key of keys) {
    const what = key.program === undefined ? kindText[key.kind] : `signed by ${key.program}`;
    output.print(`${key.name}: ${keyTypeText(key)}, ${what}, key id ${key.keyId}`);
    if (key.sample !== undefined) output.print(`  ${sampleWarning(key.sample)}`);
    for (const line of chainLines(key.chain, roots, now)) output.print(`  ${line}`);
    output.event({ ...keyEvent(key), ...chainEvent(key.chain, roots, now) });
  }
  if (keys.length === 0) output.print('There are no keys.');
  return exitCodes.done;
};

const kindText = {
  private: 'can sign',
  command: 'can sign',
  public: 'public half only',
  secret: 'shared with boards',
} as const;

/** `slipway keys import NAME FILE` */
export function importKeyCommand(command: Command): Command {
  command
    .description('take a key in: PKCS#8, SEC1 or PKCS#1 as PEM or DER, a JWK, or a secret in hex')
    .argument('<name>', 'name it gets')
    .argument('<file>', 'file of the key')
    .option('--public', 'take a public key in, to verify with or to encrypt images for')
    .option(
      '--source-passphrase-file <file>',
      'file whose first line opens an encrypted key (default: asked)',
    );
  return withKeyFolder(withPassphraseFile(command));
}

export const importKey: Run<[name: string, file: string, options: ImportOptions]> = async (
  context,
  name,
  file,
  options,
) => {
  const store = openKeyStore(context, options);
  const source = await readSource(file);
  if (options.public) {
    await reportKey(context, store, await store.importPublic(name, source));
    return exitCodes.done;
  }
  const { sourcePassphraseFile } = options;
  let sourcePassphrase: string | undefined;
  if (isEncryptedKey(source.bytes)) {
    sourcePassphrase =
      sourcePassphraseFile === undefined
        ? await getPassphrase(context, source.file, {}, 'existing')
        : await fromPassphraseFile(sourcePassphraseFile);
  }
  const passphrase = await getPassphrase(context, name, options, 'new');
  await reportKey(context, store, await store.import(name, source, passphrase, sourcePassphrase));
  return exitCodes.done;
};

/** `slipway keys external NAME PUBLIC PROGRAM ARGUMENTS…` */
export function externalKeyCommand(command: Command): Command {
  command
    .description(
      'add a key of an HSM or a cloud: a command gets what is to be signed and writes the signature',
    )
    .argument('<name>', 'name of the key')
    .argument('<public>', 'file of its public half')
    .argument('<program...>', 'the program and its arguments, after --')
    .addOption(
      new Option('--input <what>', 'what it gets on its standard input')
        .choices(['message', 'digest'])
        .default('message'),
    )
    .option('--timeout <seconds>', 'how long it may take', wholeNumber(1), defaultTimeoutSeconds);
  return withKeyFolder(command);
}

export const externalKey: Run<
  [name: string, file: string, program: readonly string[], options: ExternalOptions]
> = async (context, name, file, [program = '', ...args], options) => {
  const store = openKeyStore(context, options);
  const command = { program, args, input: options.input, timeoutSeconds: options.timeout };
  await reportKey(context, store, await store.importPublic(name, await readSource(file), command));
  return exitCodes.done;
};

/** `slipway keys chain NAME FILE` */
export function chainCommand(command: Command): Command {
  command
    .description('keep a certificate chain with a key, which then goes into what it signs')
    .argument('<name>', 'name of the key')
    .argument('[file]', 'certificates in PEM, that of the key first, then that of each issuer')
    .option('--remove', 'take the certificates of the key away');
  return withKeyFolder(command);
}

export const chain: Run<
  [name: string, file: string | undefined, options: KeyFolderOptions & { readonly remove?: boolean }]
> = async (context, name, file, options) => {
  const isRemoval = options.remove === true;
  if (isRemoval === (file !== undefined)) throw usageError('error: give a file, or --remove');
  if (file === undefined) {
    const key = await openKeyStore(context, options).removeChain(name);
    context.output.print(`Key ${name} has no certificates any more`);
    context.output.event(keyEvent(key));
    return exitCodes.done;
  }
  const pem = Buffer.from((await readSource(file)).bytes).toString('utf8');
  const key = await openKeyStore(context, options).setChain(name, pem);
  for (const { subject, validTo } of key.chain) {
    context.output.print(`${subject}, valid until ${validTo.toISOString().slice(0, 10)}`);
  }
  context.output.event(keyEvent(key));
  return exitCodes.done;
};

/** `slipway keys export NAME` */
export function exportKeyCommand(command: Command): Command {
  command
    .description('write the public half of a key; private halves are never written')
    .argument('<name>', 'name of the key')
    .addOption(
      new Option('--format <format>', 'SPKI PEM, MCUboot’s C array, its KEYHASH, or JWK')
        .choices(publicKeyFormats)
        .default('pem'),
    )
    .option('-o, --output <file>', 'where it goes (default: the standard output)');
  return withKeyFolder(command);
}

export const exportKey: Run<[name: string, options: ExportOptions]> = async (context, name, options) => {
  const { format, output: target } = options;
  const store = openKeyStore(context, options);
  const text = exportPublicKey(await store.publicKeyPem(name), format, name);
  if (target === undefined) context.output.print(text.trimEnd());
  else {
    try {
      await writeFile(target, text);
    } catch (error) {
      throw usageError(`error: ${target} can't be written: ${fsErrorCode(error) ?? String(error)}`);
    }
    context.output.print(`${target} has the public half of ${name}`);
  }
  context.output.event({
    type: 'key',
    name,
    format,
    ...(target === undefined ? { text } : { file: target }),
  });
  return exitCodes.done;
};

/** `slipway keys delete NAME` */
export function deleteKeyCommand(command: Command): Command {
  command
    .description('delete a key; there is no way back')
    .argument('<name>', 'name of the key')
    .requiredOption('--yes', 'that you mean it');
  return withKeyFolder(command);
}

export const deleteKey: Run<[name: string, options: KeyFolderOptions]> = async (context, name, options) => {
  await openKeyStore(context, options).delete(name);
  context.output.print(`Key ${name} is deleted`);
  context.output.event({ type: 'key', name, deleted: true });
  return exitCodes.done;
};

async function readSource(file: string): Promise<KeySource> {
  try {
    return { file: basename(file), bytes: await readFile(file) };
  } catch (error) {
    throw usageError(`error: ${file} can't be read: ${fsErrorCode(error) ?? String(error)}`);
  }
}
