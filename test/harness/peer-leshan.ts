import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from './cache';
import { root } from './paths';
import { findOnPath, isWindows, run } from './processes';
import { step } from './progress';

/**
 * A folder in the cache with Eclipse Leshan's published client and all that it needs, as Maven gets it by
 * test/peers/leshan/pom.xml; a change of that file makes another one. Rejects with the reason where there is no Java,
 * or it can't be had.
 */
export async function prepareLeshan(): Promise<string> {
  if (findOnPath('java') === undefined) throw new Error('no java on PATH');
  const pom = join(root, 'test', 'peers', 'leshan', 'pom.xml');
  const text = (await readFile(pom, 'utf8')).replaceAll('\r', '');
  const key = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return await cached(`peers-leshan-${key}`, (folder) =>
    step('Getting Eclipse Leshan’s client, which tests run Slipway against', async (report) => {
      const maven = findOnPath('mvn');
      if (maven === undefined) throw new Error('no mvn (Maven) on PATH');
      const goal = ['-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
      // On Windows it is a batch file, which takes a shell.
      const [file, args] = isWindows ? ['cmd', ['/c', maven, ...goal]] : [maven, goal];
      await run(file, args, { onLine: (line) => report(line.slice(0, 80)) });
    }),
  );
}
