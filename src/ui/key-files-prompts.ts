import { basename } from 'node:path';
import { l10n, Uri, window, workspace } from 'vscode';
import { SlipwayError } from '../base/errors';
import { exportPublicKey, type PublicKeyFormat } from '../manifest/key-export';
import { checkKeyFile, importPublicKey, isEncryptedKey } from '../manifest/key-import';
import type { KeySource } from '../manifest/key-store';
import { keyTypeOf } from '../manifest/public-key';
import type { SignerCommand } from '../manifest/signer-command';
import { defaultTimeoutSeconds } from '../manifest/signer-command-file';
import { commandWords } from './command-line';
import { askKeyName, askNewPassphrase } from './key-questions';
import type { KeyRing } from './key-ring';

/** Far more than a key or a chain has. */
const maxFileBytes = 1024 * 1024;

/** Asks for what comes from files and goes into them: keys, certificates, public halves. All reject `cancelled`. */
export class KeyFilePrompts {
  constructor(private readonly ring: KeyRing) {}

  /** Takes a private or secret key in; one that is encrypted keeps its passphrase. Rejects as `KeyRing.import`. */
  async importKey(): Promise<void> {
    const source = await chooseFile(l10n.t('Import a private key, or a secret that boards share'));
    checkKeyFile(source.bytes, source.file);
    const name = await this.askName(source, l10n.t('Import {0}', source.file));
    if (!isEncryptedKey(source.bytes)) {
      await this.ring.import(name, source, await askNewPassphrase(l10n.t('Encrypt the key {0}', name)));
      return;
    }
    for (let wrong = false; ; wrong = true) {
      const passphrase = await window.showInputBox({
        title: wrong ? l10n.t('Wrong passphrase for {0}', source.file) : l10n.t('Open {0}', source.file),
        prompt: l10n.t('Its passphrase; it stays so here, and is kept in VS Code’s secret storage'),
        password: true,
        ignoreFocusOut: true,
      });
      if (passphrase === undefined) throw new SlipwayError('cancelled', {});
      try {
        await this.ring.import(name, source, passphrase, passphrase);
        return;
      } catch (error) {
        const again =
          SlipwayError.is(error, 'key.wrong-passphrase') || SlipwayError.is(error, 'key.passphrase-needed');
        if (!again) throw error;
      }
    }
  }

  /** Takes a public key in. Rejects as `KeyRing.importPublic`. */
  async importPublic(): Promise<void> {
    const source = await chooseFile(l10n.t('Import a public key'));
    importPublicKey(source.bytes, source.file);
    await this.ring.importPublic(await this.askName(source, l10n.t('Import {0}', source.file)), source);
  }

  /** Adds a key that a command signs with. Rejects as `KeyRing.importPublic`. */
  async addCommand(): Promise<void> {
    const source = await chooseFile(l10n.t('Public half of the key in the HSM or cloud'));
    const type = keyTypeOf(importPublicKey(source.bytes, source.file));
    const name = await this.askName(source, l10n.t('Add a key that a command signs with (1/2)'));
    const line = await window.showInputBox({
      title: l10n.t('Add a key that a command signs with (2/2)'),
      prompt: l10n.t('Program and arguments, quoted where there are blanks in them. No shell reads them.'),
      placeHolder: 'pkcs11-tool --sign --mechanism ECDSA-SHA256 --id 01',
      ignoreFocusOut: true,
      validateInput: (text) =>
        commandWords(text)?.[0] ? undefined : l10n.t('A program, and quotes that end where they should.'),
    });
    const [program, ...args] = commandWords(line ?? '') ?? [];
    if (program === undefined) throw new SlipwayError('cancelled', {});
    const input = type === 'Ed25519' ? 'message' : await chooseInput();
    const command: SignerCommand = { program, args, input, timeoutSeconds: defaultTimeoutSeconds };
    await this.ring.importPublic(name, source, command);
  }

  /** Keeps certificates with a key. Rejects as `KeyRing.setChain`. */
  async addChain(name: string): Promise<void> {
    const { bytes } = await chooseFile(l10n.t('Certificate chain of the key {0}', name));
    await this.ring.setChain(name, Buffer.from(bytes).toString('utf8'));
  }

  /** Writes the public half of a key into a file. Rejects as `exportPublicKey`, `key.storage`. */
  async exportPublic(name: string): Promise<void> {
    const pem = await this.ring.publicKeyPem(name);
    const forms: readonly { label: string; description: string; format: PublicKeyFormat; ending: string }[] =
      [
        { label: 'PEM', description: l10n.t('SubjectPublicKeyInfo'), format: 'pem', ending: 'pub.pem' },
        { label: l10n.t('C array'), description: l10n.t('for MCUboot’s keys.c'), format: 'c', ending: 'c' },
        { label: 'KEYHASH', description: l10n.t('as in MCUboot’s images'), format: 'keyhash', ending: 'txt' },
        { label: 'JWK', description: 'RFC 7517', format: 'jwk', ending: 'jwk' },
      ];
    const chosen = await window.showQuickPick(forms, {
      title: l10n.t('Export the public half of {0} as', name),
    });
    if (!chosen) throw new SlipwayError('cancelled', {});
    const text = exportPublicKey(pem, chosen.format, name);
    const folder = workspace.workspaceFolders?.[0]?.uri;
    const file = `${name}.${chosen.ending}`;
    const target = await window.showSaveDialog({
      title: l10n.t('Export the public half of {0}', name),
      ...(folder && { defaultUri: Uri.joinPath(folder, file) }),
    });
    if (!target) throw new SlipwayError('cancelled', {});
    try {
      await workspace.fs.writeFile(target, Buffer.from(text, 'utf8'));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SlipwayError('image.unwritable', { file: target.fsPath, reason }, { cause });
    }
  }

  private async askName({ file }: KeySource, title: string): Promise<string> {
    const wish = await this.ring.freeName(file.replace(/(\.pub)?\.[^.]*$/, ''));
    return await askKeyName(title, l10n.t('Name that the key gets'), wish);
  }
}

async function chooseFile(title: string): Promise<KeySource> {
  const [uri] = (await window.showOpenDialog({ title, openLabel: l10n.t('Choose') })) ?? [];
  if (!uri) throw new SlipwayError('cancelled', {});
  const file = basename(uri.fsPath);
  let bytes: Uint8Array;
  try {
    const { size } = await workspace.fs.stat(uri);
    if (size > maxFileBytes) throw new SlipwayError('key.not-a-key', { file });
    bytes = await workspace.fs.readFile(uri);
  } catch (cause) {
    if (SlipwayError.is(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SlipwayError('image.unreadable', { file: uri.fsPath, reason }, { cause });
  }
  return { file, bytes };
}

async function chooseInput(): Promise<SignerCommand['input']> {
  const chosen = await window.showQuickPick(
    [
      { label: l10n.t('Message'), description: l10n.t('it hashes itself'), input: 'message' as const },
      {
        label: l10n.t('Digest'),
        description: l10n.t('in binary, SHA-256 or SHA-384'),
        input: 'digest' as const,
      },
    ],
    { title: l10n.t('What the command gets on its standard input') },
  );
  if (!chosen) throw new SlipwayError('cancelled', {});
  return chosen.input;
}
