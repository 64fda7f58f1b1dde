import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { SlipwayError } from '../base/errors';
import { globToRegExp } from './glob';

export interface Artifact {
  readonly file: string;
  readonly modifiedAt: number;
}

/** Folders that hold no sources and, but for a build's own, no artifacts; they can be huge. */
const skipped: ReadonlySet<string> = new Set(['node_modules', '.git', '.west', '.venv', '.vscode']);

/** File names that say something is a source that a build reads. */
const sourcePattern =
  /(?:\.(?:c|cc|cpp|cxx|h|hh|hpp|s|ino|rs|ld|dts|dtsi|overlay|conf|cmake|toml|ini)|makefile|cmakelists\.txt|kconfig)$/i;

interface Found {
  artifact?: Artifact;
  newestSource: number;
}

/**
 * The newest file under `folder` that `pattern` (a glob relative to it, or an absolute one) matches.
 *
 * Freshness: the artifact must not be older than the newest source file outside of the artifact's own folder. A
 * build that found nothing to do leaves an artifact that is older than the build but newer than its sources, and
 * that is fine; an artifact older than a source was not made by this build, so the pattern points at the wrong
 * file or the build does not write it.
 *
 * Rejects `build.no-artifact`, `build.stale-artifact`, `cancelled` by the signal's reason.
 */
export async function findArtifact(folder: string, pattern: string, signal?: AbortSignal): Promise<Artifact> {
  const relativePattern = isAbsolute(pattern) ? toSlashes(relative(folder, pattern)) : pattern;
  const found: Found = { newestSource: 0 };
  await visit(folder, '', globToRegExp(relativePattern.replace(/^\.\//, '')), found, signal);
  if (!found.artifact) throw new SlipwayError('build.no-artifact', { folder, pattern });
  if (found.artifact.modifiedAt < found.newestSource) {
    throw new SlipwayError('build.stale-artifact', { file: found.artifact.file, pattern });
  }
  return found.artifact;
}

async function visit(
  folder: string,
  below: string,
  pattern: RegExp,
  found: Found,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  let entries: Dirent[];
  try {
    entries = await readdir(join(folder, below), { withFileTypes: true });
  } catch {
    return; // a folder that vanished or may not be read has no artifact for us
  }
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name)) await visit(folder, path, pattern, found, signal);
      continue;
    }
    const matches = pattern.test(path);
    if (!entry.isFile() || (!matches && !isSource(path))) continue;
    const file = join(folder, ...path.split('/'));
    const { mtimeMs } = await stat(file);
    if (!matches) found.newestSource = Math.max(found.newestSource, mtimeMs);
    else if (!found.artifact || mtimeMs > found.artifact.modifiedAt) {
      found.artifact = { file, modifiedAt: mtimeMs };
    }
  }
}

/** Build folders hold generated sources, written after the artifact's inputs; they say nothing of freshness. */
function isSource(path: string): boolean {
  return sourcePattern.test(path) && !/(?:^|\/)(?:build[^/]*|out|target|\.pio)\//i.test(path);
}

function toSlashes(path: string): string {
  return sep === '/' ? path : path.split(sep).join('/');
}
