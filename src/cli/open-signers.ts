import type { StoredSigner } from '../manifest/stored-key';
import type { Context } from './context';
import { type KeyFolderOptions, openKeyStore } from './key-options';
import { getPassphrase, type PassphraseOptions } from './passphrase';

export interface SignerOptions extends KeyFolderOptions, PassphraseOptions {
  readonly allowSampleKeys?: boolean;
}

/** Keys of the folder that sign, opened with their passphrases. Errors as `KeyStore.openKey` and `getPassphrase`. */
export async function openSigners(
  context: Context,
  keys: readonly string[],
  options: SignerOptions,
): Promise<readonly StoredSigner[]> {
  const { allowSampleKeys = false } = options;
  const store = openKeyStore(context, options, { allowSampleKeys });
  // A key that is not there is no reason to ask for its passphrase, and a command has none.
  const found = await Promise.all(keys.map((key) => store.describe(key)));
  const signers: StoredSigner[] = [];
  for (const { name, kind } of found) {
    const asked = kind === 'private';
    const passphrase = asked ? await getPassphrase(context, name, options, 'existing') : '';
    signers.push(await store.openKey(name, passphrase));
  }
  return signers;
}
