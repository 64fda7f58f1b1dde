import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { SlipwayError } from '../base/errors';
import { defaultKeyFolder } from '../manifest/key-folder';
import { isKeyName } from '../manifest/key-files';
import { KeyStore, type KeyStoreOptions } from '../manifest/key-store';
import { trustAnchorFromPem } from '../manifest/public-key';
import type { TrustAnchor } from '../manifest/types';
import type { Target } from '../update/sign-image';
import type { Context } from './context';

export interface KeyFolderOptions {
  readonly keys?: string;
}

/** Adds `--keys`. */
export function withKeyFolder(command: Command): Command {
  return command.addOption(
    new Option('--keys <folder>', 'folder of keys and sequence numbers (default: the user’s own)').env(
      'SLIPWAY_KEYS',
    ),
  );
}

/** Adds `--vendor` and `--class`. */
export function withTarget(command: Command, classRequired: boolean): Command {
  const className = new Option('--class <name>', 'what the vendor calls this kind of board');
  return command
    .addOption(new Option('--vendor <domain>', 'domain of the board’s vendor').default('example.com'))
    .addOption(classRequired ? className.makeOptionMandatory() : className);
}

/** What `withTarget` yields where the class is required. */
export interface TargetOptions {
  readonly vendor: string;
  readonly class: string;
}

export function targetOf(options: TargetOptions): Target {
  return { vendorDomain: options.vendor, className: options.class };
}

/** The keys of the user, the same that VS Code signs with. */
export function openKeyStore(
  { environment, clock, log }: Context,
  options: KeyFolderOptions,
  storeOptions: KeyStoreOptions = {},
): KeyStore {
  const { env, platform, homedir } = environment;
  const folder = options.keys ?? defaultKeyFolder(env, platform, homedir);
  return new KeyStore(folder, log, { clock, ...storeOptions });
}

/**
 * Keys to trust, each the name of a key in the folder or a PEM file of a public key. Errors: `key.not-found`,
 * `key.unreadable`, `key.unsupported`.
 */
export async function trustAnchors(
  context: Context,
  keys: readonly string[],
  options: KeyFolderOptions,
): Promise<readonly TrustAnchor[]> {
  const store = openKeyStore(context, options);
  return await Promise.all(
    keys.map(async (key) => (isKeyName(key) ? await store.trustAnchor(key) : await fromFile(key))),
  );
}

async function fromFile(file: string): Promise<TrustAnchor> {
  let pem: string;
  try {
    pem = await readFile(file, 'utf8');
  } catch (cause) {
    throw new SlipwayError('key.not-found', { key: file }, { cause });
  }
  return trustAnchorFromPem(pem, file);
}
