import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { out } from '../harness/paths';
import { type PushResult, caseName, push } from './push';

/** What a firmware of usual size takes on the lines people have. */
const cases = [115_200, 1_000_000].flatMap((baudRate) =>
  [1, 16].flatMap((latencyMs) => [6, 4].map((szx) => ({ baudRate, latencyMs, szx, bytes: 256 * 1024 }))),
);

async function main(): Promise<void> {
  console.log('Push of 256 KiB by Block1, stop-and-wait, on an emulated UART (8N1, USB latency timer):\n');
  const results: PushResult[] = [];
  for (const options of cases) {
    const result = await push(options);
    results.push(result);
    console.log(
      `  ${caseName(result).padEnd(42)} ${result.ratio.toFixed(3)} of the line rate, ` +
        `${(result.lineMs / 1000).toFixed(1)} s on the line, ${result.cpuMs} ms of processor`,
    );
  }
  const folder = join(out, 'bench');
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'push.json');
  await writeFile(file, `${JSON.stringify(results, undefined, 2)}\n`);
  console.log(`\n${file}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
