import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../../src/base/log';
import { KeyStore } from '../../../src/manifest/key-store';
import { KeptPassphrases } from '../../../src/ui/kept-passphrases';
import type { KeyRingOptions } from '../../../src/ui/key-ring';

/** Where a ring keeps what it keeps: keys in a folder of their own, passphrases and choices in maps. */
export class RingStores implements Pick<KeyRingOptions, 'keys' | 'passphrases' | 'workspace'> {
  /** What VS Code would keep secret. */
  readonly secrets = new Map<string, string>();
  /** What belongs to the workspace. */
  readonly chosen = new Map<string, unknown>();

  readonly passphrases = new KeptPassphrases({
    get: (key) => Promise.resolve(this.secrets.get(key)),
    store: (key, value) => Promise.resolve(void this.secrets.set(key, value)),
    delete: (key) => Promise.resolve(void this.secrets.delete(key)),
  });

  readonly workspace: KeyRingOptions['workspace'] = {
    get: (key) => this.chosen.get(key),
    update: (key, value) => Promise.resolve(void this.chosen.set(key, value)),
  };

  private constructor(
    readonly folder: string,
    private readonly log: Log,
  ) {}

  static async open(log: Log): Promise<RingStores> {
    return new RingStores(await mkdtemp(join(tmpdir(), 'slipway-ring-')), log);
  }

  readonly keys = (): KeyStore => new KeyStore(this.folder, this.log);

  async dispose(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
