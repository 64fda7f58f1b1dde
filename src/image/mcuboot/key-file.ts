import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SlipwayError } from '../../base/errors';

/**
 * The key in a PEM file, by `parse` (`createPublicKey`, `createPrivateKey` or stricter). Errors: `key.not-found`,
 * `key.unreadable` with `reason` where it throws anything else than an error of the product.
 */
export async function readKeyFile(
  file: string,
  parse: (pem: string) => KeyObject,
  reason: string,
): Promise<KeyObject> {
  let pem: string;
  try {
    pem = await readFile(file, 'utf8');
  } catch (cause) {
    throw new SlipwayError('key.not-found', { key: file }, { cause });
  }
  try {
    return parse(pem);
  } catch (cause) {
    if (SlipwayError.is(cause)) throw cause;
    throw new SlipwayError('key.unreadable', { key: file, reason }, { cause });
  }
}
