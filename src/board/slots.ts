import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type SlotName = 'A' | 'B';

/** What the boot record says: which slot runs, and which one is to be tried next. */
interface BootRecord {
  readonly active: SlotName;
  readonly pending: boolean;
}

/**
 * Flash of two slots, each an envelope as it was received, and a boot record. With a folder it outlives the board's
 * process; every change of the record is one rename, so that a power cut leaves the old or the new.
 */
export class Slots {
  private readonly content: Record<SlotName, Uint8Array | undefined> = { A: undefined, B: undefined };
  private record: BootRecord = { active: 'A', pending: false };

  constructor(
    /** Bytes a slot holds. */
    readonly capacity: number,
    private readonly folder?: string,
  ) {}

  /** Loads what the folder has; a fresh flash gets `factory` in slot A. */
  async open(factory: Uint8Array): Promise<void> {
    if (this.folder !== undefined) {
      await mkdir(this.folder, { recursive: true });
      for (const name of ['A', 'B'] as const) {
        this.content[name] = await readOptional(join(this.folder, `slot-${name}`));
      }
      const record = await readOptional(join(this.folder, 'boot.json'));
      if (record) this.record = JSON.parse(Buffer.from(record).toString('utf8')) as BootRecord;
    }
    if (!this.content[this.record.active]) {
      this.record = { active: 'A', pending: false };
      await this.store('A', factory);
      await this.saveRecord();
    }
  }

  get active(): SlotName {
    return this.record.active;
  }

  get inactive(): SlotName {
    return this.record.active === 'A' ? 'B' : 'A';
  }

  /** Whether the next boot tries the inactive slot. */
  get pending(): boolean {
    return this.record.pending;
  }

  read(name: SlotName): Uint8Array | undefined {
    return this.content[name];
  }

  /** Writes the inactive slot. */
  async writeInactive(envelope: Uint8Array): Promise<void> {
    await this.store(this.inactive, envelope);
  }

  /** Marks the inactive slot to be tried by the next boot. */
  async markPending(): Promise<void> {
    this.record = { ...this.record, pending: true };
    await this.saveRecord();
  }

  /** The slot that was tried runs: it is the active one from now on. */
  async confirm(): Promise<void> {
    this.record = { active: this.inactive, pending: false };
    await this.saveRecord();
  }

  /** The slot that was tried is no good: the active one stays. */
  async rollBack(): Promise<void> {
    this.record = { ...this.record, pending: false };
    await this.saveRecord();
  }

  private async store(name: SlotName, envelope: Uint8Array): Promise<void> {
    this.content[name] = Uint8Array.from(envelope);
    if (this.folder !== undefined) await replace(join(this.folder, `slot-${name}`), envelope);
  }

  private async saveRecord(): Promise<void> {
    if (this.folder !== undefined) {
      await replace(join(this.folder, 'boot.json'), Buffer.from(JSON.stringify(this.record)));
    }
  }
}

async function readOptional(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function replace(file: string, content: Uint8Array): Promise<void> {
  const temporary = `${file}.new`;
  await writeFile(temporary, content);
  await rename(temporary, file);
}
