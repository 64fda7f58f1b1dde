import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

/** VS Code calls this in the extension host; it runs the suites beside it and rejects if one fails. */
export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  const grep = process.env.SLIPWAY_TEST_GREP;
  const mocha = new Mocha({
    ui: 'bdd',
    color: Boolean(process.env.SLIPWAY_TEST_COLOR),
    timeout: 60_000,
    reporter: join(__dirname, '..', '..', '..', 'test', 'harness', 'counting-reporter.cjs'),
    ...(grep && { grep }),
  });
  const suites = readdirSync(join(__dirname, 'suite'), { recursive: true, encoding: 'utf8' });
  for (const file of suites.filter((name) => name.endsWith('.test.js')).sort()) {
    mocha.addFile(join(__dirname, 'suite', file));
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} tests failed`);
}
