import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/until';

/** Whether pseudo terminals can be had; on Windows there are none. */
export function hasSocat(): boolean {
  if (process.platform === 'win32') return false;
  try {
    execFileSync('socat', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Two serial devices joined by a null modem, made of pseudo terminals by socat. */
export class PtyPair {
  private readonly folder = mkdtempSync(join(tmpdir(), 'slipway-pty-'));
  private process: ChildProcess | undefined;
  readonly host = join(this.folder, 'host');
  readonly board = join(this.folder, 'board');

  /** Plugs the cable in: both devices appear. `host` may be another path than before. */
  async plug(host = this.host): Promise<void> {
    const end = (path: string): string => `pty,raw,echo=0,link=${path}`;
    this.process = spawn('socat', [end(host), end(this.board)], { stdio: 'ignore' });
    await until(() => existsSync(host) && existsSync(this.board), 'two pseudo terminals');
  }

  /** Pulls it: both vanish. */
  async unplug(): Promise<void> {
    const { process } = this;
    this.process = undefined;
    if (process?.exitCode !== null) return;
    const exited = new Promise((resolve) => process.once('exit', resolve));
    process.kill();
    await exited;
  }

  async dispose(): Promise<void> {
    await this.unplug();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
