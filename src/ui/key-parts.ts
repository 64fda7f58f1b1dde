import { homedir } from 'node:os';
import { type ExtensionContext, type Uri, workspace } from 'vscode';
import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import { defaultKeyFolder } from '../manifest/key-folder';
import { KeyStore } from '../manifest/key-store';
import type { PackageKeys, Project } from './firmware';
import { KeptPassphrases } from './kept-passphrases';
import { KeyPrompts } from './key-prompts';
import { KeyRing } from './key-ring';
import { KeysView } from './keys-view';
import { reportError } from './messages';
import type { Own } from './parts';
import { SecretPrompts } from './secret-prompts';
import { SecretRing } from './secret-ring';
import { settings } from './settings';
import { TrustedRoots } from './trusted-roots';

/** All that has to do with keys, put together, and read for the first time. */
export async function keyParts(
  context: ExtensionContext,
  clock: Clock,
  log: Log,
  own: Own,
): Promise<{
  readonly keysFolder: () => string;
  readonly ring: KeyRing;
  readonly keys: KeyPrompts;
  readonly secrets: SecretRing;
  readonly secretPrompts: SecretPrompts;
  readonly roots: TrustedRoots;
  readonly keysView: KeysView;
  readonly packageKeys: (project: Project) => Promise<PackageKeys>;
}> {
  const folder = (): Uri | undefined => workspace.workspaceFolders?.[0]?.uri;
  const keysFolder = (): string =>
    settings.keysFolder() || defaultKeyFolder(process.env, process.platform, homedir());
  const stored = {
    keys: () =>
      new KeyStore(keysFolder(), log, { clock, allowSampleKeys: settings.allowSampleKey(folder()) }),
    passphrases: new KeptPassphrases(context.secrets),
    workspace: context.workspaceState,
  };
  const ring = own(new KeyRing({ ...stored, configuredKey: () => settings.signingKey(folder()) }));
  const secrets = own(new SecretRing({ ...stored, configured: () => settings.secrets(folder()) }));
  const roots = own(
    new TrustedRoots({
      files: () => settings.roots(folder()),
      folder: () => folder()?.fsPath ?? homedir(),
      now: () => new Date(clock.wallTime()),
      onError: (error) => reportError(error, log),
    }),
  );
  const keys = new KeyPrompts(ring);
  const secretPrompts = new SecretPrompts(ring, secrets);
  const keysView = own(new KeysView({ ring, secrets, roots, clock, log }));
  own(ring.onDidChangeKeys(() => void secrets.reload().catch((error: unknown) => reportError(error, log))));
  await ring.reload();
  await roots.reload();
  return {
    ...{ keysFolder, ring, keys, secrets, secretPrompts, roots, keysView },
    packageKeys: async ({ className, folder: path, signingFormat }) => {
      const uri = workspace.workspaceFolders?.find((candidate) => candidate.uri.fsPath === path)?.uri;
      const { macKeys, macOnly } = secrets.choice;
      // An MCUboot image is always signed.
      const unsigned = signingFormat === 'suit' && macOnly && macKeys.length > 0;
      const signers = unsigned ? [] : [await keys.signer(className, settings.keyType(uri))];
      const ofSecrets = signingFormat === 'mcuboot' ? {} : await secretPrompts.open();
      return { signers, ...ofSecrets };
    },
  };
}
