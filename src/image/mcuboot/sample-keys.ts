import type { KeyObject } from 'node:crypto';
import { toHex } from '../../base/hex';
import { keyHashOf } from './public-key';

/**
 * The keys in MCUboot's own repository (`root-*.pem`), by KEYHASH. Everybody has their private halves: what they sign
 * proves nothing.
 */
const samples: ReadonlyMap<string, string> = new Map([
  ['fc5701dc6135e1323847bdc40f04d2e5bee5833b23c29f93593d00018cfa9994', 'root-rsa-2048.pem'],
  ['449793fb65cd7698753d5b3f35fab15f1e3a45111ff24e1d46741de5ae12d59e', 'root-rsa-3072.pem'],
  ['e30466f6b8470c1f29070b17f1e2d3e94d445e3f608087fdc711e4382bb538b6', 'root-ec-p256.pem'],
  ['6bcd1e16d80e5fe13a5307e6f1de8344c7e50e537d9962ce35ef6db5e642fae8', 'root-ec-p384.pem'],
  ['c1907fa4eac7fae3840a78902b6f0710b037e9968e5c6274a12a28790c7d4e3c', 'root-ed25519.pem'],
  // The longer hashes that images signed with P-384, and purely with Ed25519, name the same keys by.
  [
    '85b7bd5f5dff9a03a99927adaf6ca6febde822c1a480928324a8e60323715c5779461c496a95aee8c4f90b99779f848a',
    'root-ec-p384.pem',
  ],
  [
    'e3e129b49f1218e18e4614acb2523389c75852ebb98b4d2c6171a2fc65706ba3d1ddf85f52e71450c3e572e624695fafd41ce4d9354d6c2b19f7d6001a6ae8b0',
    'root-ed25519.pem',
  ],
]);

/** Whether a public key, also as PEM, is one of MCUboot's published sample keys. */
export function isSampleKey(publicKey: KeyObject | string): boolean {
  return sampleKeyName(keyHashOf(publicKey, 256)) !== undefined;
}

/** File name of the sample key with that KEYHASH, of any length; undefined for all others. */
export function sampleKeyName(keyHash: Uint8Array): string | undefined {
  return samples.get(toHex(keyHash));
}
