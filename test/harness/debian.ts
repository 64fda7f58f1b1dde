import { existsSync } from 'node:fs';
import { findOnPath, run } from './processes';
import { step } from './progress';

/** What the harness uses beside Node: a program to look for, and the Debian packages that bring it. */
const needed = [
  { program: 'chromium', packages: ['chromium', 'fonts-dejavu-core', 'fonts-liberation'] },
  { program: 'socat', packages: ['socat'] },
] as const;

/** Installs what is missing when this is Debian (or a relative) and we may; otherwise leaves it to the users. */
export async function ensureDebianPackages(): Promise<void> {
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0 || !findOnPath('apt-get')) return;
  const missing = needed.filter(({ program }) => !findOnPath(program)).flatMap(({ packages }) => packages);
  if (missing.length === 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await step(`Installing Debian packages: ${missing.join(', ')}`, async (report) => {
    const onLine = (line: string): void => report(line.slice(0, 80));
    await run('apt-get', ['update', '-q'], { env, onLine });
    await run('apt-get', ['install', '-qy', '--no-install-recommends', ...missing], { env, onLine });
  });
}
