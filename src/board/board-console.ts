import type { Disposable } from '../base/disposable';
import type { Link } from '../link/link';
import { Shell, type ShellActions } from './shell';

/** The board's end of the console, the text beside the datagrams of its link. */
export class BoardConsole {
  constructor(private readonly link: Link) {}

  print(line: string): void {
    this.write(`${line}\r\n`);
  }

  /** Answers what is typed with a shell, until disposed. */
  serve(actions: ShellActions): Disposable {
    const shell = new Shell(actions);
    return this.link.onConsole((data) => this.write(shell.input(data)));
  }

  private write(text: string): void {
    if (text === '') return;
    // Nobody listens to a console while the cable is out.
    this.link.writeConsole(Buffer.from(text, 'utf8')).catch(() => undefined);
  }
}
