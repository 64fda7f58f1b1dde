import { homedir } from 'node:os';
import { version } from '../package.json';
import { systemClock } from './base/clock';
import { onInterrupt } from './cli/interrupt';
import { main } from './cli/main';

const { env, platform, stdin, stdout, stderr } = process;
const interrupt = onInterrupt(process);

void main(
  process.argv.slice(2),
  version,
  { env, platform, homedir: homedir(), stdin, stdout, stderr, clock: systemClock },
  interrupt.signal,
).then((exitCode) => {
  interrupt.dispose();
  process.exitCode = exitCode;
});
