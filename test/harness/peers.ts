import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { judge, summary } from './counts';
import { mocha } from './mocha';
import { out, root } from './paths';
import { recordResults } from './peer-results';
import { prepareTools, toolsNeeded } from './peer-tools';

const folder = join(root, 'test', 'peers');

/**
 * `npm run test:peers [-- [--record] [--grep TEXT] [FILE…]]`: tests against programs that we did not write; FILE is a part of a
 * test file's path. Gets the programs that the chosen files need, says which ones this machine can't have (their tests
 * are skipped), and ends with `N passed, N failed[, N skipped]`. The exit code is 0 if nothing failed. `--record` writes
 * what came of a whole run into results.json and the README.
 */
export async function peers(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { grep: { type: 'string' }, record: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (values.record && (values.grep !== undefined || positionals.length > 0)) {
    throw new Error('only a whole run is recorded');
  }
  const files = await testFiles(positionals);
  if (files.length === 0) throw new Error(`no file of test/peers matches ${positionals.join(', ')}`);
  const sources = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')));
  const { env, missing } = await prepareTools([...new Set(sources.flatMap((text) => toolsNeeded(text)))]);

  const scratch = join(out, 'test');
  await mkdir(scratch, { recursive: true });
  const resultsFile = join(scratch, 'peers.json');
  await rm(resultsFile, { force: true });
  const recordFile = join(scratch, 'peers-record.jsonl');
  await rm(recordFile, { force: true });
  const code = await mocha(files, resultsFile, {
    grep: values.grep,
    env: { ...env, ...(values.record && { SLIPWAY_PEERS_RECORD: recordFile }) },
  });

  const reasons = Object.entries(missing);
  const { counts, complaint } = judge(
    'peers',
    resultsFile,
    code,
    values.grep !== undefined || reasons.length > 0,
  );
  for (const [name, why] of reasons) console.error(`Skipped what needs ${name}: ${why}`);
  if (complaint) console.error(complaint);
  if (values.record && reasons.length > 0) throw new Error('not recorded, since some were skipped');
  if (values.record) await recordResults(recordFile);
  console.log(summary(counts));
  return counts.failed === 0 ? 0 : 1;
}

async function testFiles(filters: readonly string[]): Promise<string[]> {
  return (await readdir(folder, { recursive: true }))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => relative(root, join(folder, name)).replaceAll('\\', '/'))
    .filter(
      (file) => filters.length === 0 || filters.some((part) => file.includes(part.replaceAll('\\', '/'))),
    )
    .sort();
}
