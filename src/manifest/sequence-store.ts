import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock';
import { SlipwayError } from '../base/errors';
import { createExclusive, fsErrorCode, storageError } from './create-exclusive';
import { formatUuid } from './uuid';

/** The id under which the sequence numbers of a kind of board are counted. Throws RangeError on other sizes. */
export function sequenceIdOf(vendorId: Uint8Array, classId: Uint8Array): string {
  return `${formatUuid(vendorId)}/${formatUuid(classId)}`;
}

type Sequences = Readonly<Record<string, number>>;

const fileName = /^sequences\.(\d{1,15})\.json$/;
/** Each failed attempt means that another process succeeded, so this many in a row don't happen. */
const maxAttempts = 1000;

/**
 * SUIT sequence numbers that only go up, kept beside the keys and shared by every process of the user.
 *
 * A number is the UTC time in seconds (as draft-ietf-suit-manifest §8.4.2 suggests) or the last number + 1,
 * whichever is higher: so two machines that sign for the same boards stay in step without talking to each other,
 * and a lost file doesn't start again below what boards have seen.
 *
 * The numbers are in `sequences.<revision>.json`; the highest revision counts. A writer creates the next
 * revision in one step and exclusively, so of two that start from the same one, one loses and starts again.
 * That needs no lock which a crash could leave behind. A file that can't be read is an error, not a new start.
 *
 * Errors of every method: `sequence.corrupt`, `sequence.busy`, `key.storage`.
 */
export class SequenceStore {
  constructor(
    readonly folder: string,
    private readonly clock: Clock,
  ) {}

  /** Takes the next number for `id`: higher than every one before, and nobody else's. */
  next(id: string): Promise<number> {
    const seconds = Math.floor(this.clock.wallTime() / 1000);
    return this.update(id, (last) => Math.max(last + 1, seconds));
  }

  /** The last number taken for `id`; 0 if none was. */
  async current(id: string): Promise<number> {
    return valueOf((await this.read()).sequences, id);
  }

  /** Makes the last number `atLeast`, for boards that were updated from elsewhere; never lowers it. */
  async raiseTo(id: string, atLeast: number): Promise<void> {
    if (!Number.isSafeInteger(atLeast) || atLeast < 0) throw new RangeError('not a sequence number');
    await this.update(id, (last) => Math.max(last, atLeast));
  }

  private async update(id: string, change: (last: number) => number): Promise<number> {
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw storageError(this.folder, error);
    }
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const { revision, sequences } = await this.read();
      const last = valueOf(sequences, id);
      const value = change(last);
      if (value === last) return value;
      if (await this.write(revision + 1, { ...sequences, [id]: value })) return value;
    }
    throw new SlipwayError('sequence.busy', { folder: this.folder });
  }

  private async read(): Promise<{ readonly revision: number; readonly sequences: Sequences }> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const revision = Math.max(0, ...(await this.revisions()));
      if (revision === 0) return { revision, sequences: {} };
      const file = this.path(revision);
      try {
        return { revision, sequences: parse(file, await readFile(file, 'utf8')) };
      } catch (error) {
        // Another process made a newer revision and removed this one; Windows says so in its own way.
        if (!['ENOENT', 'EPERM', 'EBUSY'].includes(fsErrorCode(error) ?? '')) throw storageError(file, error);
      }
    }
    throw new SlipwayError('sequence.busy', { folder: this.folder });
  }

  /** Whether `revision` is now ours. */
  private async write(revision: number, sequences: Sequences): Promise<boolean> {
    const file = this.path(revision);
    try {
      const text = `${JSON.stringify({ sequences }, undefined, 2)}\n`;
      if (!(await createExclusive(file, text, 0o600))) return false;
      const others = await this.revisions();
      // Slow writers may re-create a revision that was passed and removed; whoever sees a higher one has lost.
      const lost = others.some((other) => other > revision);
      // The one before stays, for others who are listing the folder right now.
      const outdated = lost ? [revision] : others.filter((other) => other < revision - 1);
      for (const other of outdated) await rm(this.path(other), { force: true }).catch(() => undefined);
      return !lost;
    } catch (error) {
      throw storageError(file, error);
    }
  }

  private async revisions(): Promise<readonly number[]> {
    try {
      const files = await readdir(this.folder);
      return files.flatMap((file) => fileName.exec(file)?.[1] ?? []).map(Number);
    } catch (error) {
      if (fsErrorCode(error) === 'ENOENT') return [];
      throw storageError(this.folder, error);
    }
  }

  private path(revision: number): string {
    return join(this.folder, `sequences.${revision}.json`);
  }
}

function valueOf(sequences: Sequences, id: string): number {
  return Object.hasOwn(sequences, id) ? sequences[id]! : 0;
}

function parse(file: string, text: string): Sequences {
  const corrupt = (reason: string): SlipwayError => new SlipwayError('sequence.corrupt', { file, reason });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw corrupt(error instanceof Error ? error.message : String(error));
  }
  const sequences = isRecord(content) ? content.sequences : undefined;
  if (!isRecord(sequences)) throw corrupt('no sequences in it');
  for (const [id, value] of Object.entries(sequences)) {
    if (!Number.isSafeInteger(value) || (value as number) < 0) throw corrupt(`no sequence number for ${id}`);
  }
  return sequences as Sequences;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
