import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheRoot } from './paths';

const heartbeatMs = 2_000;
const staleMs = 20_000;

/**
 * The folder `name` in the cache; if it isn't there, `install` fills it first. The folder is filled elsewhere and
 * renamed when complete, so a broken install is never taken for a good one. One process installs, others wait.
 */
export async function cached(name: string, install: (folder: string) => Promise<void>): Promise<string> {
  const target = join(cacheRoot(), name);
  if (existsSync(target)) return target;
  await mkdir(dirname(target), { recursive: true });
  const release = await lock(`${target}.lock`);
  try {
    if (existsSync(target)) return target;
    const staging = await mkdtemp(`${target}.partial-`);
    try {
      await install(staging);
      await rename(staging, target);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
    return target;
  } finally {
    await release();
  }
}

/**
 * Takes the lock file, waiting for whoever holds it. A holder touches the file every 2 s; one that has not for
 * 20 s is dead. (Two that outbid the same dead holder may both go on; renaming into place settles that.)
 */
async function lock(file: string): Promise<() => Promise<void>> {
  for (let waited = 0; ; waited += 500) {
    try {
      await (await open(file, 'wx')).close();
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const held = await stat(file).catch(() => undefined);
    if (held && Date.now() - held.mtimeMs > staleMs) await rm(file, { force: true });
    else {
      if (waited % 10_000 === 0) console.log(`  waiting for another process that fills ${dirname(file)} …`);
      await delay(500);
    }
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, heartbeatMs);
  return async () => {
    clearInterval(heartbeat);
    await rm(file, { force: true });
  };
}
