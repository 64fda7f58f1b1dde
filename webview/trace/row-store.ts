import type { TraceMemory, TraceRow } from '../../src/ui/trace-protocol';

/** The rows that the page was given, and those of them that fit the filter. Needs no document. */
export class RowStore {
  private all: TraceRow[] = [];
  private fitting: TraceRow[] = [];
  /** Came while paused. */
  private waiting: TraceRow[] = [];
  private isPaused = false;

  constructor(private filter: TraceMemory = {}) {}

  /** What is to be seen, oldest first. */
  get rows(): readonly TraceRow[] {
    return this.fitting;
  }

  get total(): number {
    return this.all.length;
  }

  get waitingCount(): number {
    return this.waiting.length;
  }

  get paused(): boolean {
    return this.isPaused;
  }

  /** Names of the boards there are, sorted. */
  get boards(): readonly string[] {
    return [...new Set(this.all.map(({ board }) => board))].sort();
  }

  /** Takes rows behind those there are, or in the place of all; rows before `oldest` go. */
  take(rows: readonly TraceRow[], oldest: number, fresh: boolean): void {
    if (fresh) {
      this.all = [];
      this.fitting = [];
      this.waiting = [];
    }
    if (this.isPaused && !fresh) this.waiting.push(...rows);
    else this.append(rows);
    const isKept = ({ seq }: TraceRow): boolean => seq >= oldest;
    this.waiting = this.waiting.filter(isKept);
    // A list that is paused does not move under the reader's eyes.
    if (this.isPaused || (this.all[0]?.seq ?? oldest) >= oldest) return;
    this.all = this.all.filter(isKept);
    this.fitting = this.fitting.filter(isKept);
  }

  setFilter(filter: TraceMemory): void {
    this.filter = filter;
    this.fitting = this.all.filter((row) => fits(row, filter));
  }

  setPaused(paused: boolean): void {
    this.isPaused = paused;
    if (paused) return;
    this.append(this.waiting);
    this.waiting = [];
  }

  /** Index among `rows`; -1 where it is not to be seen. */
  indexOf(seq: number | undefined): number {
    return this.fitting.findIndex((row) => row.seq === seq);
  }

  private append(rows: readonly TraceRow[]): void {
    for (const row of rows) {
      this.all.push(row);
      if (fits(row, this.filter)) this.fitting.push(row);
    }
  }
}

/** Every word of the text must be somewhere in the row, in any case. */
export function fits(row: TraceRow, { board = '', text = '' }: TraceMemory): boolean {
  if (board !== '' && row.board !== board) return false;
  const line = `${row.board} ${row.type} ${row.code} ${row.about}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => line.includes(word));
}
