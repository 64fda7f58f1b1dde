import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Page } from 'playwright-core';
import { out } from './paths';
import { exitOnSignals } from './processes';
import { parseArguments } from './launcher-arguments';
import { ServedVscode } from './served-vscode';
import { type Workbench } from './workbench';

const defaultTimeoutMs = 15 * 60_000;

async function launch(args: readonly string[]): Promise<number> {
  exitOnSignals();
  const options = parseArguments(args);
  if (!options.extensionTestsPath) throw new Error('--extensionTestsPath=… is needed');
  const timeoutMs = Number(process.env.SLIPWAY_TEST_TIMEOUT ?? defaultTimeoutMs);
  const log = process.env.SLIPWAY_DEBUG ? console.log : (): void => undefined;
  const served = await ServedVscode.start({ ...options, onServerLine: log });
  let workbench: Workbench | undefined;
  try {
    const late = delay(timeoutMs, `No end after ${timeoutMs / 1000} s (SLIPWAY_TEST_TIMEOUT).`, {
      ref: false,
    });
    const tests = new Promise<number | string>((finish) => {
      served.openWorkbench({ prepare: (page) => expose(page, finish) }).then(
        (opened) => (workbench = opened),
        (error: unknown) => finish(`The workbench did not open: ${String(error)}`),
      );
    });
    const result = await Promise.race([tests, served.died, late]);
    if (typeof result === 'number') return result;
    console.error(result);
    const picture = join(out, 'test', 'last-screen.png');
    mkdirSync(join(out, 'test'), { recursive: true });
    await workbench?.screenshot(picture).then(
      () => console.error(`What the workbench showed last: ${picture}`),
      () => undefined,
    );
    return 1;
  } finally {
    await served.close();
  }
}

/** Gives the page the two functions by which the workbench reports a test run. */
async function expose(page: Page, finish: (result: number | string) => void): Promise<void> {
  // The workbench's own chatter comes this way too. Where the tests have a file for their output, keep it apart.
  const chatter = process.env.SLIPWAY_TEST_OUTPUT
    ? `${process.env.SLIPWAY_TEST_OUTPUT}.workbench.txt`
    : undefined;
  if (chatter) writeFileSync(chatter, '');
  await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
    const text = args.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg))).join(' ');
    if (chatter && !process.env.SLIPWAY_DEBUG) appendFileSync(chatter, `${type}: ${text}\n`);
    else if (type === 'error') console.error(text);
    else console.log(text);
  });
  await page.exposeFunction('codeAutomationExit', (code: number) => finish(code));
  page.on('crash', () => finish('The browser page of the workbench crashed.'));
  page.on('close', () => finish('The browser page of the workbench was closed.'));
  if (process.env.SLIPWAY_DEBUG) page.on('console', (message) => console.log(`[page] ${message.text()}`));
}

launch(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
