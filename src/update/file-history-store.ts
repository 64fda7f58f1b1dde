import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import type { HistoryStore, UpdateRecord } from './types';

/**
 * Keeps the history in one JSON file. A file that can't be read as a history is set aside under another name, not
 * overwritten.
 */
export class FileHistoryStore implements HistoryStore {
  constructor(
    private readonly file: string,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async load(): Promise<readonly UpdateRecord[]> {
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

  async save(records: readonly UpdateRecord[]): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true });
    const temporary = `${this.file}.${process.pid}.tmp`;
    await writeFile(temporary, JSON.stringify(records));
    await rename(temporary, this.file);
  }
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
