import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { until } from '../support/until';

const root = join(__dirname, '..', '..', '..');

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command line as a process of its own: the bundle where the harness built one, else the sources. */
export class Terminal {
  private readonly running: Job[] = [];

  constructor(
    /** Home of its keys and of the images that it pushed. */
    private readonly folder: string,
    private readonly env: Readonly<Record<string, string>> = {},
  ) {}

  start(...args: readonly string[]): Job {
    const bundle = process.env.SLIPWAY_CLI;
    const program = bundle ? [bundle] : ['--require', 'tsx/cjs', join(root, 'src', 'cli.ts')];
    const child = spawn(process.execPath, [...program, ...args], {
      cwd: root,
      env: {
        ...process.env,
        SLIPWAY_KEYS: join(this.folder, 'keys'),
        SLIPWAY_IMAGES: join(this.folder, 'images'),
        ...this.env,
      },
    });
    const job = new Job(child);
    this.running.push(job);
    return job;
  }

  async run(...args: readonly string[]): Promise<Ended> {
    return await this.start(...args).ended;
  }

  /** Ends whatever still runs. */
  async dispose(): Promise<void> {
    await Promise.all(this.running.map((job) => job.stop()));
  }
}

export class Job {
  out = '';
  err = '';
  readonly ended: Promise<Ended>;

  constructor(private readonly child: ChildProcessWithoutNullStreams) {
    child.stdin.end();
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.err += text));
    this.ended = once(child, 'close').then(([code]) => ({
      code: (code as number | null) ?? -1,
      out: this.out,
      err: this.err,
    }));
  }

  /** Objects of `--json` so far. */
  get events(): Record<string, unknown>[] {
    const lines = this.out.split('\n').filter((line) => line.endsWith('}'));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Waits until it says something that matches, on either stream. */
  async says(text: RegExp): Promise<void> {
    await until(
      () => text.test(this.out) || text.test(this.err),
      `${text.source} in: ${this.out}${this.err}`,
      30_000,
    );
  }

  interrupt(): void {
    this.child.kill('SIGINT');
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.ended;
  }
}
