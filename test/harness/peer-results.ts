import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './paths';

/** What the tests of one `describe` found of a program that we did not write. */
export interface PeerResult {
  readonly program: string;
  readonly version: string;
  /** The title of the `describe`. */
  readonly tried: string;
  readonly passed: number;
  readonly failed: number;
}

export const resultsFile = join(root, 'test', 'peers', 'results.json');
export const readmeFile = join(root, 'README.md');

const begin = '<!-- Written by `npm run test:peers -- --record` -->';
const end = '<!-- End of what is written -->';

/** Takes what the tests appended to `recordFile`, a line of JSON each, into results.json and the README. */
export async function recordResults(recordFile: string): Promise<void> {
  const lines = (await readFile(recordFile, 'utf8')).split('\n').filter((line) => line !== '');
  const results = lines.map((line) => JSON.parse(line) as PeerResult).sort(byProgram);
  await writeFile(resultsFile, `${JSON.stringify(results, undefined, 2)}\n`);
  await writeFile(readmeFile, withTable(await readFile(readmeFile, 'utf8'), results));
}

export function recordedResults(): readonly PeerResult[] {
  return JSON.parse(readFileSync(resultsFile, 'utf8')) as PeerResult[];
}

/** The table of the README. */
export function resultsTable(results: readonly PeerResult[]): string {
  const rows = results.map(({ program, version, tried, passed, failed }) => {
    const verdict = failed === 0 ? `${passed} passed` : `${passed} passed, **${failed} failed**`;
    return `| ${program} ${version} | ${tried} | ${verdict} |`;
  });
  return ['| program | what was tried | tests |', '| --- | --- | --- |', ...rows].join('\n');
}

/** `readme` with the table of `results` between its marks. Throws where it has none. */
export function withTable(readme: string, results: readonly PeerResult[]): string {
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`no place for the table: ${begin} … ${end}`);
  return `${readme.slice(0, from)}${begin}\n\n${resultsTable(results)}\n\n${readme.slice(to)}`;
}

function byProgram(a: PeerResult, b: PeerResult): number {
  return a.program.localeCompare(b.program, 'en') || a.tried.localeCompare(b.tried, 'en');
}
