import { appendFile } from 'node:fs/promises';
import type { PeerResult } from '../../harness/peer-results';

/**
 * Says, at the top of a `describe`, which program its tests hold Slipway against: with `--record` its title, the
 * program's version (as the program itself says it) and the count go into the table of the README.
 */
export function comparesWith(program: string, version: () => Promise<string>): void {
  after('records what came of it', async function () {
    const file = process.env.SLIPWAY_PEERS_RECORD;
    const suite = this.test?.parent;
    if (file === undefined || !suite) return;
    const result: PeerResult = { program, version: await version(), tried: suite.title, ...count(suite) };
    await appendFile(file, `${JSON.stringify(result)}\n`);
  });
}

function count(suite: Mocha.Suite): { passed: number; failed: number } {
  let [passed, failed] = [0, 0];
  suite.eachTest(({ state }) => {
    if (state === 'passed') passed++;
    if (state === 'failed') failed++;
  });
  return { passed, failed };
}
