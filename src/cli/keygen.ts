import { type Command, Option } from 'commander';
import type { SignatureAlgorithm } from '../manifest/types';
import type { Context, Run } from './context';
import { exitCodes } from './exit-codes';
import { type KeyFolderOptions, openKeyStore, withKeyFolder } from './key-options';
import { getPassphrase, type PassphraseOptions } from './passphrase';

interface KeygenOptions extends KeyFolderOptions, PassphraseOptions {
  readonly algorithm: SignatureAlgorithm;
}

/** `slipway keygen NAME` */
export function keygenCommand(command: Command): Command {
  return withKeyFolder(
    command
      .description('make a signing key, encrypted with a passphrase; its public half is what boards trust')
      .argument('<name>', 'name of the key')
      .addOption(
        new Option('--algorithm <name>', 'what it signs with')
          .choices(['ESP256', 'Ed25519'])
          .default('ESP256'),
      )
      .option('--passphrase-file <file>', 'file whose first line is the passphrase'),
  );
}

export const keygen: Run<[name: string, options: KeygenOptions]> = async (context, name, options) => {
  const store = openKeyStore(context, options);
  const passphrase = await getPassphrase(context, name, options, 'new');
  const { keyId, algorithm, publicKeyPem } = await store.generate(name, options.algorithm, passphrase);
  report(context, { name, algorithm, keyId, folder: store.folder, publicKeyPem });
  return exitCodes.done;
};

function report(
  { output }: Context,
  key: { name: string; algorithm: string; keyId: string; folder: string; publicKeyPem: string },
): void {
  output.print(`Key ${key.name} (${key.algorithm}) is in ${key.folder}`);
  output.print(`Key id ${key.keyId}`);
  output.print(key.publicKeyPem.trimEnd());
  output.event({ type: 'key', ...key });
}
