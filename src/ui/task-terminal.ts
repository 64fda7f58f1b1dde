import { EventEmitter, type Pseudoterminal } from 'vscode';
import type { Clock } from '../base/clock';
import { cancelled } from '../base/errors';
import { failureText, type Print } from './firmware-steps';

/** A terminal that ends with an error earlier than this is said to have failed to launch (VS Code, ms). */
const launchMs = 600;

/** A task's terminal: runs `work` when it is shown, ends with its outcome, cancels it when it is closed. */
export class TaskTerminal<T> implements Pseudoterminal {
  private readonly written = new EventEmitter<string>();
  private readonly closed = new EventEmitter<number>();
  readonly onDidWrite = this.written.event;
  readonly onDidClose = this.closed.event;
  /** How the work ended. */
  readonly result: Promise<T>;
  private readonly abort = new AbortController();
  private resolve!: (value: T) => void;
  private reject!: (error: unknown) => void;

  constructor(
    private readonly clock: Clock,
    private readonly work: (print: Print, signal: AbortSignal) => Promise<T>,
  ) {
    this.result = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Whoever runs a task from the list of tasks reads the terminal.
    this.result.catch(() => undefined);
  }

  open(): void {
    void this.run();
  }

  close(): void {
    this.abort.abort();
    this.reject(cancelled(this.abort.signal));
  }

  private async run(): Promise<void> {
    const launchedAt = this.clock.now() + launchMs;
    let exitCode = 0;
    try {
      this.resolve(await this.work((text) => this.written.fire(text), this.abort.signal));
    } catch (error) {
      exitCode = 1;
      this.written.fire(failureText(error));
      this.reject(error);
    }
    this.clock.schedule(Math.max(0, launchedAt - this.clock.now()), () => this.closed.fire(exitCode));
  }
}
