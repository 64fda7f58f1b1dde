import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Disposable } from '../../../src/base/disposable';
import { isWindows, onLines, ownTree } from '../../harness/processes';
import { until } from '../../unit/support/until';

/** A program that runs beside a test; its output is kept. Disposing ends it and what it started. */
export class Program implements Disposable {
  /** What it wrote so far, both streams, without its line ends. */
  readonly lines: string[] = [];
  private readonly child: ChildProcess;
  private readonly tree: Disposable;
  private readonly closed: Promise<unknown>;

  constructor(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(file, args, {
      detached: !isWindows,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.tree = ownTree(this.child);
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      onLines(stream, (line) => this.lines.push(line));
    }
    // One that could not be started shows by its exit code.
    this.child.once('error', (error) => this.lines.push(error.message));
    this.closed = once(this.child, 'close')
      .catch(() => undefined)
      .finally(() => this.tree.dispose());
  }

  get output(): string {
    return this.lines.join('\n');
  }

  /** Writes a line to its standard input. */
  say(line: string): void {
    this.child.stdin!.write(`${line}\n`);
  }

  /** Waits for output that matches; fails with the whole output when it ends before. */
  async saysThat(pattern: RegExp, timeoutMs = 60_000): Promise<RegExpMatchArray> {
    return await until(
      () => {
        const found = pattern.exec(this.output);
        if (!found && this.child.exitCode !== null) {
          throw new Error(`ended with ${this.child.exitCode}:\n${this.output}`);
        }
        return found;
      },
      `${String(pattern)} in the output`,
      timeoutMs,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.output}`, { cause: error });
    });
  }

  /** Waits for its end; gives what it wrote. Rejects, with that, unless it ended well. */
  async finished(): Promise<string> {
    await this.closed;
    if (this.child.exitCode !== 0) throw new Error(`ended with ${this.child.exitCode}:\n${this.output}`);
    return this.output;
  }

  dispose(): void {
    this.tree.dispose();
  }
}
