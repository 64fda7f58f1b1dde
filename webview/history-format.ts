import type { PanelRecord } from '../src/ui/panel-protocol';
import { columnWords } from './words';

export type Column = keyof typeof columnWords;

export const columns = Object.keys(columnWords) as readonly Column[];

/** Columns of figures, which stand better at the right. */
export const numericColumns: readonly Column[] = ['size', 'duration', 'rate', 'retransmissions'];

/**
 * A time as readers write it; the text as it is where it is no ISO 8601 time.
 * @param locale BCP 47; the reader's own where none is given.
 */
export function timeText(iso: string, locale?: string, timeZone?: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const format = new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    ...(timeZone !== undefined && { timeZone }),
  });
  return format.format(time);
}

/** What a cell of the history says; a dash where there is nothing to say. */
export function cellText(record: PanelRecord, column: Column): string {
  const text = column === 'startedAt' ? timeText(record.startedAt) : String(record[column]);
  return text === '' ? '–' : text;
}

/** The first digits of a hash, as many as tell packages apart. */
export function shortHash(sha256: string): string {
  return sha256.length > 12 ? `${sha256.slice(0, 12)}…` : sha256;
}
