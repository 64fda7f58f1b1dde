/** What the console of a board can do. */
export interface ShellActions {
  version(): string;
  slots(): readonly string[];
  reboot(): void;
}

const prompt = '> ';

/** The board's tiny command shell: takes console bytes, gives the text to send back. */
export class Shell {
  /** Characters typed so far. */
  private line: string[] = [];
  /** Keeps what a character that comes in pieces lacks. */
  private readonly decoder = new TextDecoder();
  private lastWasReturn = false;

  constructor(private readonly actions: ShellActions) {}

  /** Takes input as it comes, echoes it, and answers each finished line. */
  input(data: Uint8Array): string {
    let output = '';
    for (const char of this.decoder.decode(data, { stream: true })) {
      const isSecondOfPair = char === '\n' && this.lastWasReturn;
      this.lastWasReturn = char === '\r';
      if (isSecondOfPair) continue;
      if (char === '\r' || char === '\n') {
        const command = this.line.join('').trim();
        this.line = [];
        output += `\r\n${command === '' ? '' : this.run(command)}${prompt}`;
      } else if (char === '\b' || char === '\x7f') {
        if (this.line.pop() !== undefined) output += '\b \b';
      } else if (char >= ' ' && this.line.length < 80) {
        this.line.push(char);
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
