import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export type BuildKind = 'west' | 'esp-idf' | 'platformio' | 'cargo' | 'cmake' | 'make';

/** How a project of a known kind is built, and where its binary lands. */
export interface DetectedBuild {
  readonly kind: BuildKind;
  /** Command for the platform's shell. */
  readonly command: string;
  /** Glob, relative to the folder, with `/` on every platform. */
  readonly artifactPattern: string;
}

interface Rule extends DetectedBuild {
  /** Files of which one must be there. */
  readonly marker: readonly string[];
  /** What one of them must contain, where its name alone says too little. */
  readonly contains?: RegExp;
}

/**
 * Most telling first: a Zephyr or ESP-IDF application has a CMakeLists.txt too, and any project may have a
 * Makefile beside its real build.
 */
const rules: readonly Rule[] = [
  {
    kind: 'platformio',
    marker: ['platformio.ini'],
    command: 'pio run',
    artifactPattern: '.pio/build/*/firmware.bin',
  },
  {
    kind: 'west',
    marker: ['CMakeLists.txt'],
    contains: /find_package\s*\(\s*Zephyr\b/i,
    command: 'west build',
    artifactPattern: 'build/**/zephyr/zephyr.bin',
  },
  {
    kind: 'esp-idf',
    marker: ['CMakeLists.txt'],
    contains: /\/tools\/cmake\/project\.cmake/,
    command: 'idf.py build',
    artifactPattern: 'build/*.bin',
  },
  {
    kind: 'cargo',
    marker: ['Cargo.toml'],
    command: 'cargo build --release',
    artifactPattern: 'target/**/release/*.bin',
  },
  {
    kind: 'cmake',
    marker: ['CMakeLists.txt'],
    command: 'cmake -B build && cmake --build build',
    artifactPattern: 'build/**/*.bin',
  },
  {
    kind: 'make',
    marker: ['Makefile', 'makefile', 'GNUmakefile'],
    command: 'make',
    artifactPattern: '**/*.bin',
  },
];

/** Tells how the project in `folder` is built, by its files; undefined when none of the known kinds fits. */
export async function detectBuild(folder: string): Promise<DetectedBuild | undefined> {
  for (const { marker, contains, ...build } of rules) {
    for (const name of marker) {
      if (await fits(join(folder, name), contains)) return build;
    }
  }
  return undefined;
}

async function fits(file: string, contains: RegExp | undefined): Promise<boolean> {
  try {
    if (!contains) {
      await access(file);
      return true;
    }
    return contains.test(await readFile(file, 'utf8'));
  } catch {
    return false;
  }
}
