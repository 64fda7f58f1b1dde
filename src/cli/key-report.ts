import type { KeyStore } from '../manifest/key-store';
import type { KeyInfo } from '../manifest/stored-key';
import { keyTypeText } from '../ui/key-text';
import type { Context } from './context';

/** Tells of a key that was made or taken in, with its public half. */
export async function reportKey({ output }: Context, store: KeyStore, key: KeyInfo): Promise<void> {
  const { folder } = store;
  output.print(`Key ${key.name} (${keyTypeText(key)}) is in ${folder}`);
  output.print(`Key id ${key.keyId}`);
  if (key.sample !== undefined) output.print(sampleWarning(key.sample));
  const publicKeyPem = key.kind === 'secret' ? undefined : await store.publicKeyPem(key.name);
  if (publicKeyPem !== undefined) output.print(publicKeyPem.trimEnd());
  output.event({ ...keyEvent(key), folder, ...(publicKeyPem !== undefined && { publicKeyPem }) });
}

export function sampleWarning(sample: string): string {
  return `Warning: this is ${sample}, a sample key of MCUboot. Everybody has its private half.`;
}

/** A key as an object of `--json`. */
export function keyEvent({ created, chain, type: keyType, ...key }: KeyInfo): KeyEvent {
  const certificates = chain.map(({ subject, validTo }) => ({ subject, validTo: validTo.toISOString() }));
  return { ...key, type: 'key', keyType, created: created.toISOString(), certificates };
}

type KeyEvent = Omit<KeyInfo, 'type' | 'created' | 'chain'> & {
  readonly type: 'key';
  readonly keyType: KeyInfo['type'];
  readonly created: string;
  readonly certificates: readonly { readonly subject: string; readonly validTo: string }[];
};
