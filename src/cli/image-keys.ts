import type { KeyObject } from 'node:crypto';
import { readKeyFile } from '../image/mcuboot/key-file';
import { isKeyName } from '../manifest/key-files';
import { publicKeyFromPem } from '../manifest/public-key';
import type { Context } from './context';
import { type KeyFolderOptions, openKeyStore } from './key-options';

/**
 * Public keys that images are checked with, each the name of a key in the folder or the PEM file of a public key; of any
 * type, also those that manifests aren't signed with. Errors: `key.not-found`, `key.secret-only`, `key.unreadable`.
 */
export async function imageKeys(
  context: Context,
  keys: readonly string[],
  options: KeyFolderOptions,
): Promise<readonly KeyObject[]> {
  const store = openKeyStore(context, options);
  return await Promise.all(
    keys.map(async (key) => {
      if (isKeyName(key)) return publicKeyFromPem(await store.publicKeyPem(key), key);
      return await readKeyFile(key, (pem) => publicKeyFromPem(pem, key), 'not a PEM public key');
    }),
  );
}
