import type { KeyInfo } from '../manifest/stored-key';

/** Type of a key as people call it: `P-256`, `RSA-2048`, `secret, 128 bit`. */
export function keyTypeText({ type, bits }: Pick<KeyInfo, 'type' | 'bits'>): string {
  return type === 'secret' ? `secret, ${bits} bit` : type;
}
