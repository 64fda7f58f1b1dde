import { join } from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { ensureDebianPackages } from './debian';
import { servedEditor } from './editor-cache';
import { findChromium } from './chromium';
import { cacheRoot } from './paths';
import { findOnPath, isExecutable } from './processes';
import { step } from './progress';

/** Which VS Code to use: an executable of its own, or the one served to a browser. */
export type Editor =
  | { readonly kind: 'executable'; readonly path: string; readonly why: string }
  | { readonly kind: 'served'; readonly why: string };

/**
 * The editor to show a user: `SLIPWAY_VSCODE` (an executable, or `served`), an installed `code` where there is a
 * display, else VS Code served to the browser.
 */
export function editorForUser(): Editor {
  const own = namedEditor();
  if (own) return own;
  const installed = hasDisplay() ? findOnPath('code') : undefined;
  if (installed) return { kind: 'executable', path: installed, why: 'installed' };
  return { kind: 'served', why: hasDisplay() ? 'no `code` on PATH' : 'no display' };
}

/**
 * The editor to run tests in: `SLIPWAY_VSCODE`, else a desktop VS Code that @vscode/test-electron downloads where
 * there is a display and a connection, else VS Code served to a headless browser.
 */
export async function editorForTests(): Promise<Editor> {
  const own = namedEditor();
  if (own) return own;
  if (!hasDisplay()) return { kind: 'served', why: 'no display' };
  try {
    const path = await step('Getting VS Code for tests', () =>
      downloadAndUnzipVSCode({ version: 'stable', cachePath: join(cacheRoot(), 'desktop'), timeout: 20_000 }),
    );
    return { kind: 'executable', path, why: 'downloaded' };
  } catch (error) {
    return { kind: 'served', why: `VS Code could not be downloaded: ${String(error)}` };
  }
}

/** Gets everything the served editor needs, so that later steps don't wait in silence. */
export async function prepareServedEditor(): Promise<void> {
  await ensureDebianPackages();
  findChromium();
  await servedEditor();
}

function namedEditor(): Editor | undefined {
  const name = process.env.SLIPWAY_VSCODE;
  if (!name) return undefined;
  if (name === 'served') return { kind: 'served', why: 'SLIPWAY_VSCODE' };
  const path = isExecutable(name) ? name : findOnPath(name);
  if (!path) throw new Error(`SLIPWAY_VSCODE names '${name}', which is no executable file.`);
  return { kind: 'executable', path, why: 'SLIPWAY_VSCODE' };
}

function hasDisplay(): boolean {
  if (process.platform === 'win32' || process.platform === 'darwin') return true;
  return Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
}
