import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Context } from './context';
import { askHidden } from './hidden-prompt';
import { usageError } from './usage';

/** The variable that passphrases come from in CI. Never an argument: those are seen by every user of a machine. */
export const passphraseVariable = 'SLIPWAY_PASSPHRASE';

export interface PassphraseOptions {
  readonly passphraseFile?: string;
}

/** Adds `--passphrase-file`. */
export function withPassphraseFile(command: Command): Command {
  return command.option('--passphrase-file <file>', 'file whose first line is the passphrase');
}

/**
 * The passphrase of a key: from `--passphrase-file`, `SLIPWAY_PASSPHRASE`, or asked for in a terminal, twice for a
 * new key. Wrong usage where none of them is there.
 */
export async function getPassphrase(
  context: Context,
  key: string,
  options: PassphraseOptions,
  use: 'existing' | 'new',
): Promise<string> {
  if (options.passphraseFile !== undefined) return await fromPassphraseFile(options.passphraseFile);
  const fromEnvironment = context.environment.env[passphraseVariable];
  if (fromEnvironment !== undefined) return fromEnvironment;
  const { stdin, stderr } = context.environment;
  if (!stdin.isTTY) {
    throw usageError(
      `error: the passphrase of key ${key} is needed: set ${passphraseVariable} or give --passphrase-file`,
    );
  }
  const ask = (question: string): Promise<string> => askHidden(question, stdin, stderr, context.signal);
  if (use === 'existing') return await ask(`Passphrase of key ${key}: `);
  const passphrase = await ask(`New passphrase for key ${key}: `);
  if ((await ask('Once more: ')) !== passphrase) throw usageError('error: the two passphrases differ');
  return passphrase;
}

/** The variable that the password for a server that boards fetch from comes from. */
const passwordVariable = 'SLIPWAY_PASSWORD';

/** The password of a user: from `SLIPWAY_PASSWORD`, or asked for in a terminal. Wrong usage where neither is there. */
export async function passwordOf({ environment, signal }: Context, user: string): Promise<string> {
  const { env, stdin, stderr } = environment;
  const given = env[passwordVariable];
  if (given !== undefined) return given;
  if (stdin.isTTY) return await askHidden(`Password of ${user}: `, stdin, stderr, signal);
  throw usageError(`error: the password of ${user} is needed: set ${passwordVariable}`);
}

/** The first line of a file. Wrong usage where it can't be read. */
export async function fromPassphraseFile(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usageError(`error: the passphrase file can't be read: ${reason}`);
  }
  return text.split(/\r?\n/, 1)[0] ?? '';
}
