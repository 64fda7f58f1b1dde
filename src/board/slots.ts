import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type SlotName = 'A' | 'B';

/** What the boot record says: which slot runs, and which one is to be tried next. */
interface BootRecord {
  readonly active: SlotName;
  readonly pending: boolean;
}

/** What is in a slot. */
export interface SlotContent {
  /** The package as it was received. */
  readonly bytes: Uint8Array;
  /** The image that was made of it, where it brought a patch. */
  readonly image?: Uint8Array;
}

/**
 * Flash of two slots, each a package as it was received (and the image, if it came as a patch), and a boot record. With
 * a folder it outlives the board's process; every change of the record is one rename, so that a power cut leaves the old
 * or the new.
 */
export class Slots {
  private readonly content: Record<SlotName, SlotContent | undefined> = { A: undefined, B: undefined };
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
        this.content[name] = await readSlot(join(this.folder, `slot-${name}`));
      }
      const record = await readOptional(join(this.folder, 'boot.json'));
      if (record) this.record = JSON.parse(Buffer.from(record).toString('utf8')) as BootRecord;
    }
    if (!this.content[this.record.active]) {
      this.record = { active: 'A', pending: false };
      await this.store('A', { bytes: factory });
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

  read(name: SlotName): SlotContent | undefined {
    return this.content[name];
  }

  /** Writes the inactive slot. */
  async writeInactive(content: SlotContent): Promise<void> {
    await this.store(this.inactive, content);
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

  /** What each slot holds and is for, in words. */
  describe(): readonly string[] {
    return (['A', 'B'] as const).map((name) => {
      const content = this.content[name];
      const use = name === this.active ? 'runs' : this.pending ? 'to be tried' : 'spare';
      return `${name}: ${content ? `${content.bytes.length} bytes` : 'empty'}, ${use}`;
    });
  }

  private async store(name: SlotName, { bytes, image }: SlotContent): Promise<void> {
    this.content[name] = { bytes: Uint8Array.from(bytes), ...(image && { image: Uint8Array.from(image) }) };
    if (this.folder === undefined) return;
    const file = join(this.folder, `slot-${name}`);
    await rm(imageOf(file), { force: true });
    await replace(file, bytes);
    if (image) await replace(imageOf(file), image);
  }

  private async saveRecord(): Promise<void> {
    if (this.folder !== undefined) {
      await replace(join(this.folder, 'boot.json'), Buffer.from(JSON.stringify(this.record)));
    }
  }
}

/** Where the image lies that was made of a slot's package. */
function imageOf(slotFile: string): string {
  return `${slotFile}.image`;
}

async function readSlot(file: string): Promise<SlotContent | undefined> {
  const [bytes, image] = await Promise.all([readOptional(file), readOptional(imageOf(file))]);
  return bytes && { bytes, ...(image && { image }) };
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
