import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type ServedVscode } from './served-vscode';
import { type Workbench } from './workbench';

/** Numbered steps of a run through the UI: a line and a screenshot each. */
export class Demo {
  private steps = 0;

  private constructor(
    readonly workbench: Workbench,
    private readonly folder: string,
  ) {}

  /** Opens the workbench; screenshots of earlier runs in `folder` are deleted. */
  static async open(served: ServedVscode, folder: string): Promise<Demo> {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    return new Demo(await served.openWorkbench(), folder);
  }

  /** Does a step, prints its line (title, time, the figures it returns) and saves what the window shows then. */
  async step(title: string, work: () => Promise<string | undefined>): Promise<void> {
    const number = ++this.steps;
    const start = performance.now();
    try {
      const figures = await work();
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      console.log(`  ${number}. ${title}${figures ? `: ${figures}` : ''} (${seconds} s)`);
      await this.screenshot(title);
    } catch (error) {
      await this.screenshot(`failed ${title}`).catch(() => undefined);
      const shown = [...(await this.workbench.messages().catch(() => []))].map(
        (text) => `\n     VS Code says: ${text}`,
      );
      const reason = stripVTControlCharacters(error instanceof Error ? error.message : String(error));
      throw new Error(`Step ${number}, ${title}: ${reason}${shown.join('')}`, { cause: error });
    }
  }

  /** Saves what the window shows as `NN-title.png`. */
  async screenshot(title: string): Promise<void> {
    const name = title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    await this.workbench.screenshot(join(this.folder, `${String(this.steps).padStart(2, '0')}-${name}.png`));
  }
}
