import { basename } from 'node:path';
import { type WorkspaceFolder, workspace } from 'vscode';
import type { BoardPolicy } from '../board/bootloader';
import { classIdOf, vendorIdOf } from '../manifest/uuid';
import type { KeyRing } from './key-ring';
import { settings } from './settings';

/**
 * What virtual and emulated boards judge packages by: as if they had left the factory of this workspace's vendor, with the public
 * half of its key. Asked anew for each package.
 */
export function boardPolicy(ring: KeyRing): BoardPolicy {
  const folder = (): WorkspaceFolder | undefined => workspace.workspaceFolders?.[0];
  return {
    get trustAnchors() {
      return ring.anchor ? [ring.anchor] : [];
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
