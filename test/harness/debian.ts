import { existsSync } from 'node:fs';
import { findOnPath, run } from './processes';
import { step } from './progress';

/** A program to look for, and the Debian packages that bring it. */
export interface Need {
  readonly program: string;
  readonly packages: readonly string[];
}

/** What the harness always uses beside Node. */
export const harnessNeeds: readonly Need[] = [
  { program: 'chromium', packages: ['chromium', 'fonts-dejavu-core', 'fonts-liberation'] },
  { program: 'socat', packages: ['socat'] },
];

/**
 * Installs what is missing when this is Debian (or a relative) and we may; otherwise leaves it to the users. Gives the
 * programs that are missing in the end. Rejects when apt-get fails.
 */
export async function ensureDebianPackages(needs = harnessNeeds): Promise<readonly string[]> {
  const missing = (): readonly Need[] => needs.filter(({ program }) => !findOnPath(program));
  const packages = missing().flatMap((need) => need.packages);
  if (packages.length > 0 && mayInstall()) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await step(`Installing Debian packages: ${packages.join(', ')}`, async (report) => {
      const onLine = (line: string): void => report(line.slice(0, 80));
      await run('apt-get', ['update', '-q'], { env, onLine });
      await run('apt-get', ['install', '-qy', '--no-install-recommends', ...packages], { env, onLine });
    });
  }
  return missing().map(({ program }) => program);
}

function mayInstall(): boolean {
  return existsSync('/etc/debian_version') && process.getuid?.() === 0 && findOnPath('apt-get') !== undefined;
}
