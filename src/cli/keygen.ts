import { type Command, Option } from 'commander';
import type { KeyType } from '../base/key-signer';
import { keyTypes } from '../manifest/stored-key';
import type { Run } from './context';
import { exitCodes } from './exit-codes';
import { type KeyFolderOptions, openKeyStore, withKeyFolder } from './key-options';
import { reportKey } from './key-report';
import { getPassphrase, type PassphraseOptions, withPassphraseFile } from './passphrase';

interface KeygenOptions extends KeyFolderOptions, PassphraseOptions {
  readonly type: KeyType | SecretType;
}

/** Keys that boards share, by their bits. */
const secretTypes = { 'secret-128': 128, 'secret-256': 256 } as const;
type SecretType = keyof typeof secretTypes;

/** `slipway keygen NAME` */
export function keygenCommand(command: Command): Command {
  command
    .description('make a signing key, encrypted with a passphrase; its public half is what boards trust')
    .argument('<name>', 'name of the key')
    .addOption(
      new Option(
        '--type <type>',
        'type of the key; secrets are shared with boards that check MACs or decrypt',
      )
        .choices([...keyTypes, ...Object.keys(secretTypes)])
        .default('P-256'),
    );
  return withKeyFolder(withPassphraseFile(command));
}

export const keygen: Run<[name: string, options: KeygenOptions]> = async (context, name, options) => {
  const store = openKeyStore(context, options);
  const passphrase = await getPassphrase(context, name, options, 'new');
  const { type } = options;
  const key = isSecretType(type)
    ? await store.generateSecret(name, secretTypes[type], passphrase)
    : await store.generate(name, type, passphrase);
  await reportKey(context, store, key);
  return exitCodes.done;
};

function isSecretType(type: KeygenOptions['type']): type is SecretType {
  return type in secretTypes;
}
