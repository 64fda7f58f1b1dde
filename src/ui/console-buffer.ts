import { type Disposable, DisposableStore } from '../base/disposable';
import { Emitter } from '../base/event';
import type { Link } from '../link/link';

/** How much of a console is kept for a terminal that is opened later, in characters. */
const maxKept = 64 * 1024;

/** What a board printed on its link, from the moment the link was there. */
export class ConsoleBuffer implements Disposable {
  private readonly owned = new DisposableStore();
  private readonly written = this.owned.add(new Emitter<string>());
  private readonly decoder = new TextDecoder();
  private kept = '';
  private lastWasReturn = false;
  /** New text, with line ends as a terminal wants them. */
  readonly onDidWrite = this.written.event;

  constructor(private readonly link: Link) {
    this.owned.add(link.onConsole((data) => this.take(data)));
  }

  get text(): string {
    return this.kept;
  }

  /** Sends what the user typed. Rejects `link.closed`. */
  send(text: string): Promise<void> {
    return this.link.writeConsole(new TextEncoder().encode(text));
  }

  dispose(): void {
    this.owned.dispose();
  }

  private take(data: Uint8Array): void {
    const text = this.terminalLines(this.decoder.decode(data, { stream: true }));
    if (text === '') return;
    this.kept = (this.kept + text).slice(-maxKept);
    this.written.fire(text);
  }

  /** Many firmwares end lines with a bare LF; a terminal would go on below where the line ended. */
  private terminalLines(text: string): string {
    let lines = '';
    for (const char of text) {
      if (char === '\n' && !this.lastWasReturn) lines += '\r';
      lines += char;
      this.lastWasReturn = char === '\r';
    }
    return lines;
  }
}
