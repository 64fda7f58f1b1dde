/** What the console of a board can do. */
export interface ShellActions {
  version(): string;
  slots(): readonly string[];
  reboot(): void;
}

const prompt = '> ';

/** The board's tiny command shell: takes console bytes, gives the text to send back. */
export class Shell {
  private line = '';

  constructor(private readonly actions: ShellActions) {}

  /** Takes input as it comes, echoes it, and answers each finished line. */
  input(data: Uint8Array): string {
    let output = '';
    for (const char of Buffer.from(data).toString('utf8')) {
      if (char === '\r' || char === '\n') {
        const command = this.line.trim();
        this.line = '';
        output += `\r\n${command === '' ? '' : this.run(command)}${prompt}`;
      } else if (char === '\b' || char === '\x7f') {
        if (this.line !== '') output += '\b \b';
        this.line = this.line.slice(0, -1);
      } else if (char >= ' ' && this.line.length < 80) {
        this.line += char;
        output += char;
      }
    }
    return output;
  }

  private run(command: string): string {
    switch (command) {
      case 'help':
        return 'help     this list\r\nversion  the running firmware\r\nslots    what the flash holds\r\nreboot   start anew\r\n';
      case 'version':
        return `${this.actions.version()}\r\n`;
      case 'slots':
        return this.actions
          .slots()
          .map((line) => `${line}\r\n`)
          .join('');
      case 'reboot':
        this.actions.reboot();
        return '';
      default:
        return `${command}: unknown, try help\r\n`;
    }
  }
}
