import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** The board's firmware project, in a copy of its own. */
export class FirmwareProject {
  private constructor(readonly folder: string) {}

  /**
   * A built copy of the project as it is in the checkout; `SLIPWAY_FIRMWARE` may name one that was built before, so that
   * each file of tests need not.
   */
  static async open(): Promise<FirmwareProject> {
    const source = process.env.SLIPWAY_FIRMWARE ?? resolve(__dirname, '..', 'board');
    const project = new FirmwareProject(await copyOf(source));
    await project.make();
    return project;
  }

  get bootloader(): string {
    return join(this.folder, 'build', 'boot.elf');
  }

  /** The application's image. */
  async image(): Promise<Buffer> {
    return await readFile(join(this.folder, 'build', 'app.bin'));
  }

  /** The image of a copy in which `text` in a source file was replaced, as a user would edit it. */
  async variant(...edits: readonly { file: string; text: string; by: string }[]): Promise<Buffer> {
    const copy = new FirmwareProject(await copyOf(this.folder));
    try {
      for (const { file, text, by } of edits) {
        const path = join(copy.folder, file);
        const source = await readFile(path, 'utf8');
        if (!source.includes(text)) throw new Error(`${file} has no '${text}'`);
        await writeFile(path, source.replace(text, by));
      }
      await copy.make();
      return await copy.image();
    } finally {
      await copy.dispose();
    }
  }

  async dispose(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Runs the tests of its portable parts; gives what they print, and throws with it when one fails. */
  async check(): Promise<string> {
    const run = promisify(execFile)('make', ['-s', '-j2', 'check'], { cwd: this.folder });
    const { stdout } = await run.catch((cause: unknown) => {
      const { stdout, stderr } = cause as { stdout: string; stderr: string };
      throw new Error(`make check fails:\n${stdout}${stderr}`, { cause });
    });
    return stdout;
  }

  private async make(): Promise<void> {
    await promisify(execFile)('make', ['-s', '-j2'], { cwd: this.folder });
  }
}

/** With the times of its files, so that what is built already is not built again. */
async function copyOf(folder: string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'slipway-board-'));
  await cp(folder, copy, { recursive: true, preserveTimestamps: true });
  return copy;
}

/** Edits of the application's source that tests need. */
export const edits = {
  version: (version: string) => ({
    file: 'app/version.h',
    text: '#define FIRMWARE_VERSION "1.0.0"',
    by: `#define FIRMWARE_VERSION "${version}"`,
  }),
  message: (message: string) => ({
    file: 'app/product.h',
    text: 'Platform display: factory firmware',
    by: message,
  }),
  /** What the application does first. */
  start: (statement: string) => ({
    file: 'app/main.c',
    text: '    console_line(app_info.banner);',
    by: `    console_line(app_info.banner);\n    ${statement}`,
  }),
} as const;

/** In a `describe`: the project that its tests share, there from before the first of them to after the last. */
export function sharedProject(): () => FirmwareProject {
  let project: FirmwareProject | undefined;
  before('has a firmware project', async () => {
    project = await FirmwareProject.open();
  });
  after('the firmware project goes', () => project?.dispose());
  return () => {
    if (!project) throw new Error('only tests and hooks have the project');
    return project;
  };
}
