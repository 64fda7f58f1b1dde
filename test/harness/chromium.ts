import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { findOnPath, isExecutable } from './processes';

/** Finds a Chromium (or Chrome, or Edge): `SLIPWAY_CHROMIUM`, PATH, then the platform's usual places. */
export function findChromium(): string {
  const own = process.env.SLIPWAY_CHROMIUM;
  if (own) return own;
  const found =
    findOnPath('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge') ??
    usualPlaces().find(isExecutable);
  if (found) return found;
  throw new Error(
    'No Chromium found. Install chromium (Debian: apt-get install chromium), Chrome or Edge, ' +
      'or name one in SLIPWAY_CHROMIUM.',
  );
}

function usualPlaces(): string[] {
  if (process.platform === 'darwin') {
    return ['Chromium', 'Google Chrome', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (process.platform !== 'win32') return [];
  return ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA']
    .map((name) => process.env[name])
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [
      join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ]);
}

/** Starts a headless browser with a fresh profile that talks to nobody but the pages it opens. */
export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({
    executablePath: findChromium(),
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
