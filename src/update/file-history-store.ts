import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import { type HistoryStore, type UpdateRecord, maxRecords } from './types';

/**
 * Keeps the history in one JSON file. A file that can't be read as a history is set aside under another name, not
 * overwritten.
 *
 * Several processes may keep one file: what others entered meanwhile stays, and only what changed here since it was
 * loaded replaces what is there. There is no lock: of two that save in the same moment one stands, and the other's
 * records come back with its next save.
 */
export class FileHistoryStore implements HistoryStore {
  /** Records as they were when last loaded or saved here, as JSON. */
  private readonly known = new Map<string, string>();

  constructor(
    private readonly file: string,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async load(): Promise<readonly UpdateRecord[]> {
    const records = await this.read();
    this.remember(records);
    return records;
  }

  async save(records: readonly UpdateRecord[]): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true });
    const stored = new Map((await this.read()).map((record) => [record.id, record]));
    const merged = records.map((record) => {
      const unchanged = this.known.get(record.id) === JSON.stringify(record);
      return (unchanged ? stored.get(record.id) : undefined) ?? record;
    });
    this.remember(records);
    const foreign = [...stored.values()].filter(({ id }) => !this.known.has(id));
    merged.push(...foreign);
    if (foreign.length > 0) merged.sort((a, b) => endOf(b) - endOf(a));
    await this.replace(JSON.stringify(merged.slice(0, maxRecords)));
  }

  private remember(records: readonly UpdateRecord[]): void {
    for (const record of records) this.known.set(record.id, JSON.stringify(record));
  }

  private async read(): Promise<readonly UpdateRecord[]> {
    let text: string;
    try {
      text = await readFile(this.file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
    const records = parseRecords(text);
    if (records) return records;
    const aside = `${this.file}.damaged-${this.clock.wallTime()}`;
    await rename(this.file, aside);
    this.log.warn(`the update history was not readable and is now ${aside}`);
    return [];
  }

  /** Writes in one step, under a name of its own: nobody ever reads half of it. */
  private async replace(text: string): Promise<void> {
    const temporary = `${this.file}.${randomUUID()}.tmp`;
    try {
      await writeFile(temporary, text);
      await rename(temporary, this.file);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  }
}

/** When a run ended, ms since the epoch. */
function endOf({ startedAt, durationMs }: UpdateRecord): number {
  return Date.parse(startedAt) + durationMs;
}

/** The records of a file's text; undefined where it is something else. */
function parseRecords(text: string): readonly UpdateRecord[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every(isRecord) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is UpdateRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { id, board, startedAt, outcome } = value as Partial<Record<keyof UpdateRecord, unknown>>;
  return [id, board, startedAt, outcome].every((field) => typeof field === 'string');
}
