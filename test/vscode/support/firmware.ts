import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { ConfigurationTarget, type Uri, Uri as uris, workspace } from 'vscode';
import { nullLog } from '../../../src/base/log';
import { defaultKeyFolder } from '../../../src/manifest/key-folder';
import { KeyStore } from '../../../src/manifest/key-store';
import { folder, run } from './slipway';
import { User } from './user';

/** Name of the key that tests sign with. Nobody adds another one to its folder, so it needs no selection. */
const testKey = 'test-key';

export const firmwarePackage = (): Uri => uris.joinPath(folder(), 'build', 'firmware.suit');

/** Writes a file of the project. */
export async function write(name: string, text: string): Promise<void> {
  await workspace.fs.writeFile(uris.joinPath(folder(), name), Buffer.from(text, 'utf8'));
}

export async function read(name: string): Promise<string> {
  return Buffer.from(await workspace.fs.readFile(uris.joinPath(folder(), name))).toString('utf8');
}

export async function exists(file: Uri): Promise<boolean> {
  return await workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
}

/** Where keys lie is a setting of the machine, not of a workspace; undefined takes the change back. */
export async function setKeysFolder(path: string | undefined): Promise<void> {
  await workspace.getConfiguration('slipway').update('keys.folder', path, ConfigurationTarget.Global);
}

/** A package of that version, signed with the tests' own key; both are made where they are not there yet. */
export async function signedPackage(version = '1.0.1'): Promise<Uri> {
  const user = new User().arrive();
  try {
    await write('VERSION', `${version}\n`);
    await run('firmware.build');
    if (!(await hasKey())) await generateKey(user);
    await run('firmware.sign');
  } finally {
    user.leave();
  }
  assert.ok(await exists(firmwarePackage()), 'a package');
  return firmwarePackage();
}

/** A copy of such a package under a name of the caller's, which no other build changes. */
export async function packageFile(name: string, version?: string): Promise<Uri> {
  const file = uris.joinPath(folder(), name);
  await workspace.fs.copy(await signedPackage(version), file, { overwrite: true });
  return file;
}

async function hasKey(): Promise<boolean> {
  const keys = new KeyStore(defaultKeyFolder(process.env, process.platform, homedir()), nullLog);
  return (await keys.list()).some(({ name }) => name === testKey);
}

async function generateKey(user: User): Promise<void> {
  user
    .picks(/^Type of the new/, /^P-256$/)
    .types(/signing key \(1\/2\)/, testKey)
    .types(/signing key \(2\/2\)/, 'a passphrase');
  await run('key.generate');
}
