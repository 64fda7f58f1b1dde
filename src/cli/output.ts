import type { Log } from '../base/log';
import { nullLog } from '../base/log';

/** The streams of the process, as far as they are written to. */
export interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * What a command says. Results go to the standard output, everything else to the standard error; with `json` the
 * standard output carries one object a line and nothing else, and the standard error keeps quiet.
 */
export class Output {
  private line = '';

  constructor(
    readonly json: boolean,
    private readonly out: Stream,
    private readonly err: Stream,
  ) {}

  /** Whether somebody watches who can be shown a line that changes. */
  get isInteractive(): boolean {
    return !this.json && this.err.isTTY === true;
  }

  get columns(): number {
    return this.err.columns ?? 80;
  }

  /** A line of the result. */
  print(text: string): void {
    if (!this.json) this.out.write(`${text}\n`);
  }

  /** A word about what is going on. */
  note(text: string): void {
    if (this.json) return;
    this.clearLine();
    this.err.write(`${text}\n`);
  }

  /** An object for machines; nothing without `json`. */
  event(object: Readonly<Record<string, unknown>>): void {
    if (this.json) this.out.write(`${JSON.stringify(object)}\n`);
  }

  /** Shows a line that the next one, or the next note, takes the place of. */
  showLine(text: string): void {
    if (!this.isInteractive || text === this.line) return;
    const blank = ' '.repeat(Math.max(0, this.line.length - text.length));
    this.err.write(`\r${text}${blank}`);
    this.line = text;
  }

  clearLine(): void {
    if (this.line === '') return;
    this.err.write(`\r${' '.repeat(this.line.length)}\r`);
    this.line = '';
  }
}

/** Where diagnostics go with `--verbose` (repeat it for frames in hex); nowhere without. */
export function createLog(verbosity: number, err: Stream): Log {
  if (verbosity === 0) return nullLog;
  const write =
    (level: string, from: number) =>
    (message: string): void => {
      if (verbosity >= from) err.write(`${level} ${message}\n`);
    };
  return {
    error: write('error', 1),
    warn: write('warn ', 1),
    info: write('info ', 1),
    debug: write('debug', 1),
    trace: write('trace', 2),
  };
}
