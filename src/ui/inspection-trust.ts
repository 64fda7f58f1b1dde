import { workspace } from 'vscode';
import { SlipwayError } from '../base/errors';
import type { BoardPolicy } from '../board/bootloader';
import type { InspectionTrust } from '../manifest/inspect-file';
import type { KeyRing } from './key-ring';

/**
 * What the workspace's boards judge files by. What isn't known is left out, so that rules that need it count as not
 * checked: the key where none is selected, vendor and class where no folder is open.
 */
export function inspectionTrust(policy: BoardPolicy, ring: KeyRing): InspectionTrust {
  return {
    envelope: () => {
      const { vendorId, classId, ...trusted } = policy;
      return Promise.resolve({ ...trusted, ...(workspace.workspaceFolders && { vendorId, classId }) });
    },
    image: async () => {
      const key = await selectedKey(ring);
      return { trustedKeys: key === undefined ? [] : [key] };
    },
  };
}

/** Also of types that only images are signed with; undefined for one that can't be read, which is told where it is used. */
async function selectedKey(ring: KeyRing): Promise<string | undefined> {
  try {
    const name = await ring.selected();
    return name === undefined ? undefined : await ring.publicKeyPem(name);
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    return undefined;
  }
}
