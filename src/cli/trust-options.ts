import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { SlipwayError } from '../base/errors';
import { readCertificates } from '../manifest/read-certificates';
import { isKeyName } from '../manifest/key-files';
import { symmetricKeyFromText } from '../manifest/symmetric-key';
import type { SymmetricKey, VerifyPolicy } from '../manifest/types';
import type { Context } from './context';
import { type KeyFolderOptions, openKeyStore, trustAnchors } from './key-options';
import { getPassphrase, type PassphraseOptions } from './passphrase';
import { collect } from './usage';

/** What `withTrust` yields. */
export interface TrustOptions extends KeyFolderOptions, PassphraseOptions {
  readonly macKey?: readonly string[];
  readonly decryptKey?: readonly string[];
  readonly root?: readonly string[];
}

/** What a package is judged by. */
export type Trust = Pick<VerifyPolicy, 'trustAnchors' | 'macKeys' | 'decryptionKeys' | 'roots'>;

/** Adds `--mac-key`, `--decrypt-key` and `--root`. */
export function withTrust(command: Command): Command {
  return command
    .option(
      '--mac-key <name-or-file>',
      'secret that packages have a MAC by, by name or as a file of hex or JWK; repeatable',
      collect,
    )
    .option(
      '--decrypt-key <name-or-file>',
      'secret that payloads are encrypted with, by name or as a file of hex or JWK; repeatable',
      collect,
    )
    .option(
      '--root <file>',
      'PEM of root certificates that signers may have theirs from; repeatable',
      collect,
    );
}

/**
 * What the options say is to be trusted, with the keys named by `keys`. Errors: `key.not-found`,
 * `key.unreadable`, `image.unreadable`, `key.unsupported`.
 */
export async function trustOf(
  context: Context,
  keys: readonly string[],
  options: TrustOptions,
): Promise<Trust> {
  const { macKey = [], decryptKey = [], root = [] } = options;
  const roots = await rootsOf(context, root);
  return {
    trustAnchors: await trustAnchors(context, keys, options),
    macKeys: await readSymmetricKeys(context, macKey, options),
    decryptionKeys: await readSymmetricKeys(context, decryptKey, options),
    ...(roots && { roots }),
  };
}

/** What chains are verified against now; undefined without files. Errors: `image.unreadable`, `key.unreadable`. */
export async function rootsOf(
  { clock }: Pick<Context, 'clock'>,
  files: readonly string[],
): Promise<Trust['roots']> {
  if (files.length === 0) return undefined;
  const certificates = await Promise.all(files.map((file) => readCertificates(file)));
  return { certificates: certificates.flat(), at: new Date(clock.wallTime()) };
}

/** Whether there is anything to check a signature or MAC with. */
export function hasTrust({ trustAnchors: anchors, macKeys = [], roots }: Trust): boolean {
  return anchors.length + macKeys.length > 0 || roots !== undefined;
}

/**
 * A secret of the folder by its name, or from a file. Errors: `key.not-found`, `key.wrong-passphrase`,
 * `key.unreadable`, `key.unsupported`.
 */
export async function readSymmetricKey(
  context: Context,
  key: string,
  options: KeyFolderOptions & PassphraseOptions,
): Promise<SymmetricKey> {
  if (!isKeyName(key)) return symmetricKeyFromText(await readText(key), key);
  const store = openKeyStore(context, options);
  // One that is not there is no reason to ask for its passphrase.
  await store.describe(key);
  return await store.openSecret(key, await getPassphrase(context, key, options, 'existing'));
}

/** One after the other: each may ask for its passphrase. */
async function readSymmetricKeys(
  context: Context,
  keys: readonly string[],
  options: KeyFolderOptions & PassphraseOptions,
): Promise<readonly SymmetricKey[]> {
  const read: SymmetricKey[] = [];
  for (const key of keys) read.push(await readSymmetricKey(context, key, options));
  return read;
}

/** A text that has to do with keys. Errors: `key.not-found`. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new SlipwayError('key.not-found', { key: file }, { cause });
  }
}
