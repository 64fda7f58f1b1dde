import { EventEmitter, type Pseudoterminal, type Terminal, ThemeIcon, window } from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable';
import type { Log } from '../base/log';
import { isNetwork } from '../link/link';
import type { Connections } from './connections';
import { ConsoleBuffer } from './console-buffer';
import { linkName } from './wording';

/** The consoles of all links that have one: what boards print is kept from the start, terminals are opened on demand. */
export class Consoles implements Disposable {
  private readonly owned = new DisposableStore();
  private readonly buffers = new Map<string, ConsoleBuffer>();
  private readonly terminals = new Map<string, Terminal>();

  constructor(
    private readonly connections: Connections,
    private readonly log: Log,
  ) {
    this.owned.add(connections.onDidChange(() => this.update()));
    this.owned.add(
      window.onDidCloseTerminal((closed) => {
        for (const [id, terminal] of this.terminals) if (terminal === closed) this.terminals.delete(id);
      }),
    );
    this.update();
  }

  /** What a link's board has printed; undefined for a link without console. */
  textOf(link: string): string | undefined {
    return this.buffers.get(link)?.text;
  }

  /** Shows the terminal of a link, named after its board. */
  open(link: string, name: string): void {
    const buffer = this.buffers.get(link);
    if (!buffer) return;
    let terminal = this.terminals.get(link);
    if (!terminal) {
      const pty = new ConsoleTerminal(buffer, linkName(link), this.log);
      terminal = window.createTerminal({ name, pty, iconPath: new ThemeIcon('circuit-board') });
      this.terminals.set(link, terminal);
    }
    terminal.show();
  }

  dispose(): void {
    this.owned.dispose();
    for (const terminal of this.terminals.values()) terminal.dispose();
    for (const buffer of this.buffers.values()) buffer.dispose();
  }

  private update(): void {
    const links = this.connections.links.filter(({ kind }) => !isNetwork(kind));
    for (const link of links) {
      if (!this.buffers.has(link.id)) this.buffers.set(link.id, new ConsoleBuffer(link));
    }
    for (const [id, buffer] of this.buffers) {
      if (links.some((link) => link.id === id)) continue;
      buffer.dispose();
      this.buffers.delete(id);
      // A terminal on a wire that is gone would swallow what is typed.
      this.terminals.get(id)?.dispose();
      this.terminals.delete(id);
    }
  }
}

/** One console as a terminal: shows what was printed before, then what comes, and sends what is typed. */
class ConsoleTerminal implements Pseudoterminal {
  private readonly written = new EventEmitter<string>();
  readonly onDidWrite = this.written.event;
  private subscription: Disposable | undefined;

  constructor(
    private readonly buffer: ConsoleBuffer,
    private readonly place: string,
    private readonly log: Log,
  ) {}

  open(): void {
    this.written.fire(this.buffer.text);
    this.subscription = this.buffer.onDidWrite((text) => this.written.fire(text));
  }

  handleInput(text: string): void {
    this.buffer.send(text).catch((error: unknown) => {
      this.log.debug(`console of ${this.place}: ${String(error)}`);
      this.written.fire(`\r\n\x1b[2m[not sent: ${this.place} is not open]\x1b[0m\r\n`);
    });
  }

  close(): void {
    this.subscription?.dispose();
    this.written.dispose();
  }
}
