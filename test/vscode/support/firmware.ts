import assert from 'node:assert/strict';
import { type Uri, Uri as uris, workspace } from 'vscode';
import type { SlipwayApi } from '../../../src/ui/api';
import { folder, run } from './slipway';
import { User } from './user';

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

/** Lets the workspace have a signing key, and a package of that version signed with it. */
export async function signedPackage(api: SlipwayApi, version = '1.0.1'): Promise<Uri> {
  const user = new User();
  try {
    await write('VERSION', `${version}\n`);
    await run('firmware.build');
    if (!api.context('signed')) await generateKey(user);
    await run('firmware.sign');
  } finally {
    user.leave();
  }
  assert.ok(await exists(firmwarePackage()), 'a package');
  return firmwarePackage();
}

/** Makes a signing key under the name that is offered, with a passphrase of its own. */
export async function generateKey(user: User, name = 'test-key'): Promise<void> {
  user.types(/signing key \(1\/2\)/, name).types(/signing key \(2\/2\)/, 'a passphrase');
  await run('key.generate');
}
