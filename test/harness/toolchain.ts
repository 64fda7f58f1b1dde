import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Need, ensureDebianPackages } from './debian';
import { root } from './paths';
import { isWindows, run } from './processes';

/** What builds the emulated board's firmware (test/board) and runs it. */
const needs: readonly Need[] = [
  { program: 'arm-none-eabi-gcc', packages: ['gcc-arm-none-eabi', 'libnewlib-arm-none-eabi'] },
  { program: 'qemu-system-arm', packages: ['qemu-system-arm'] },
  { program: 'make', packages: ['make'] },
  // For tests of its portable parts on this machine.
  { program: 'gcc', packages: ['gcc', 'libc6-dev'] },
];

/** Gets what the emulated board needs. Gives why there can be none on this machine; undefined if there can. */
export async function ensureToolchain(): Promise<string | undefined> {
  if (isWindows) return 'QEMU can’t keep a board’s flash in a file on Windows';
  try {
    const missing = await ensureDebianPackages(needs);
    if (missing.length > 0) {
      const packages = needs
        .filter(({ program }) => missing.includes(program))
        .flatMap((need) => need.packages);
      return `${missing.join(', ')} is not there (Debian: apt-get install ${packages.join(' ')})`;
    }
    await cacheBearssl();
    return undefined;
  } catch (error) {
    return `what it needs can’t be had: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Has the library that the firmware is built with in the cache, from which each copy of the project takes it. */
async function cacheBearssl(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bearssl-'));
  try {
    const script = join(folder, 'fetch-bearssl.sh');
    await cp(join(root, 'test', 'board', 'fetch-bearssl.sh'), script);
    // It says so when it has to fetch.
    await run(script, [], { onLine: (line) => console.log(line) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
