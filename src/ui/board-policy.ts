import { basename } from 'node:path';
import { type WorkspaceFolder, workspace } from 'vscode';
import type { BoardPolicy } from '../board/bootloader';
import { classIdOf, vendorIdOf } from '../manifest/uuid';
import type { Parts } from './parts';
import { settings } from './settings';

/**
 * What virtual and emulated boards judge packages by: as if they had left the factory of this workspace's vendor, with the public
 * half of its key, the secrets that it shares with them, and its roots. Asked anew for each package.
 */
export function boardPolicy({
  ring,
  secrets,
  roots,
}: Pick<Parts, 'ring' | 'secrets' | 'roots'>): BoardPolicy {
  const folder = (): WorkspaceFolder | undefined => workspace.workspaceFolders?.[0];
  return {
    get trustAnchors() {
      return ring.anchor ? [ring.anchor] : [];
    },
    get macKeys() {
      return secrets.held.macKeys;
    },
    get decryptionKeys() {
      return secrets.held.decryptionKeys;
    },
    get roots() {
      return roots.policy;
    },
    get vendorId() {
      return vendorIdOf(settings.vendorDomain(folder()?.uri));
    },
    get classId() {
      const className = settings.className(folder()?.uri) || basename(folder()?.uri.fsPath ?? '');
      return classIdOf(vendorIdOf(settings.vendorDomain(folder()?.uri)), className);
    },
  };
}
