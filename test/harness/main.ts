import { makePackage } from './package';
import { peers } from './peers';
import { start } from './start';
import { test } from './test';

const commands: Record<string, (args: readonly string[]) => Promise<number>> = {
  start,
  test,
  peers,
  package: makePackage,
};

async function main(): Promise<number> {
  const [name = '', ...args] = process.argv.slice(2);
  const command = commands[name];
  if (!command) throw new Error(`no such command: ${name}`);
  return await command(args);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    if (process.env.SLIPWAY_DEBUG) console.error(error);
    if (['test', 'peers'].includes(process.argv[2] ?? '')) console.log('0 passed, 1 failed');
    process.exit(1);
  },
);
