import { readFileSync } from 'node:fs';

/** What a test runner counted. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const noCounts: Counts = { passed: 0, failed: 0, skipped: 0 };

export function add(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** The line a test run ends with, e.g. `12 passed, 0 failed, 1 skipped`. */
export function summary(counts: Counts): string {
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  return `${counts.passed} passed, ${counts.failed} failed${skipped}`;
}

/**
 * What one runner really did: its own counts if it wrote them, ran at least one test, and its exit code agrees;
 * anything else (a crash, a runner that found no tests, no results) adds a failure. `filtered` says that a filter
 * may have left nothing to run.
 */
export function judge(
  name: string,
  resultsFile: string,
  exitCode: number,
  filtered: boolean,
): { readonly counts: Counts; readonly complaint?: string } {
  const counts = readCounts(resultsFile);
  const fail = (complaint: string): { counts: Counts; complaint: string } => ({
    counts: add(counts ?? noCounts, { ...noCounts, failed: 1 }),
    complaint: `${name}: ${complaint}`,
  });
  if (!counts) return fail(`the runner ended (exit code ${exitCode}) without results`);
  if (counts.passed + counts.failed === 0 && !filtered) return fail('no test was run');
  if (exitCode !== 0 && counts.failed === 0) return fail(`no test failed, yet the exit code is ${exitCode}`);
  return { counts };
}

function readCounts(file: string): Counts | undefined {
  try {
    const { passed, failed, skipped } = JSON.parse(readFileSync(file, 'utf8')) as Counts;
    if (![passed, failed, skipped].every(Number.isSafeInteger)) return undefined;
    return { passed, failed, skipped };
  } catch {
    return undefined;
  }
}
