import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../base/errors';
import { createExclusive, fsErrorCode, storageError } from './create-exclusive';

/** What there may be of a key, by the end of its file's name. */
const suffixes = {
  public: '.pub.pem',
  private: '.pem',
  chain: '.chain.pem',
  command: '.command.json',
  secret: '.secret.json',
} as const;

export type KeyFile = keyof typeof suffixes;

/** What only its owner may read. */
const secretFiles: readonly KeyFile[] = ['private', 'secret', 'command'];

/** The files of keys in their folder. Every method rejects with `key.storage` when it can't be used. */
export class KeyFiles {
  constructor(readonly folder: string) {}

  /** What is there of each key, by name; nothing if there is no folder. */
  async list(): Promise<ReadonlyMap<string, ReadonlySet<KeyFile>>> {
    const found = new Map<string, Set<KeyFile>>();
    for (const file of (await this.readFolder()).toSorted()) {
      // Names have no dots, so no file is taken for two kinds.
      const name = file.split('.', 1)[0]!;
      const kind = (Object.keys(suffixes) as KeyFile[]).find((key) => file === name + suffixes[key]);
      if (kind && isKeyName(name)) found.set(name, (found.get(name) ?? new Set<KeyFile>()).add(kind));
    }
    return found;
  }

  /** Undefined where there is no such file. */
  async read(name: string, kind: KeyFile): Promise<string | undefined> {
    const path = this.path(name, kind);
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (fsErrorCode(error) === 'ENOENT') return undefined;
      throw storageError(path, error);
    }
  }

  /** When a file was written. */
  async written(name: string, kind: KeyFile): Promise<Date> {
    const path = this.path(name, kind);
    try {
      return (await stat(path)).mtime;
    } catch (error) {
      throw storageError(path, error);
    }
  }

  /**
   * Creates the files of a new key, in that order, or none of them. Errors: `key.exists` if one of the name is there.
   */
  async create(name: string, files: Partial<Readonly<Record<KeyFile, string>>>): Promise<void> {
    const created: KeyFile[] = [];
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      for (const [kind, text] of Object.entries(files) as [KeyFile, string][]) {
        const mode = secretFiles.includes(kind) ? 0o600 : 0o644;
        if (!(await createExclusive(this.path(name, kind), text, mode))) {
          throw new SlipwayError('key.exists', { key: name });
        }
        created.push(kind);
      }
    } catch (error) {
      await this.remove(name, created).catch(() => undefined);
      throw storageError(this.folder, error);
    }
  }

  /** Writes a file of a key, in place of the one before, in one step. */
  async replace(name: string, kind: KeyFile, text: string): Promise<void> {
    const path = this.path(name, kind);
    const next = `${path}.${randomUUID()}.tmp`;
    try {
      await writeFile(next, text, { encoding: 'utf8', mode: 0o644, flag: 'wx' });
      await rename(next, path);
    } catch (error) {
      await rm(next, { force: true }).catch(() => undefined);
      throw storageError(path, error);
    }
  }

  async remove(name: string, kinds: readonly KeyFile[]): Promise<void> {
    try {
      for (const kind of kinds) await rm(this.path(name, kind), { force: true });
    } catch (error) {
      throw storageError(this.folder, error);
    }
  }

  private async readFolder(): Promise<string[]> {
    try {
      return await readdir(this.folder);
    } catch (error) {
      if (fsErrorCode(error) === 'ENOENT') return [];
      throw storageError(this.folder, error);
    }
  }

  private path(name: string, kind: KeyFile): string {
    return join(this.folder, name + suffixes[kind]);
  }
}

/** Whether `name` can name a key: a file name on every platform, that stays in the folder. */
export function isKeyName(name: string): boolean {
  return /^[a-z0-9][a-z0-9_-]{0,63}$/i.test(name) && !windowsDevice.test(name);
}

/** Names Windows keeps for devices, with any extension. */
const windowsDevice = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/i;
