import { join } from 'node:path';
import { root } from './paths';
import { exitCode } from './processes';

export interface MochaOptions {
  readonly grep?: string | undefined;
  readonly env?: NodeJS.ProcessEnv;
  readonly flags?: readonly string[];
  readonly show?: boolean;
}

/** Runs test files in plain Node; what mocha counted goes into `resultsFile`. Gives its exit code. */
export function mocha(
  files: readonly string[],
  resultsFile: string,
  { grep, env = {}, flags = [], show = true }: MochaOptions = {},
): Promise<number> {
  // Tests wait for conditions: a machine that is slow, or busy, is no failure.
  const options = [
    '--require',
    'tsx/cjs',
    '--timeout',
    '60000',
    '--reporter',
    join(__dirname, 'counting-reporter.cjs'),
    ...flags,
  ];
  if (grep !== undefined) options.push('--grep', grep);
  return exitCode(
    process.execPath,
    [join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'), ...options, ...files],
    {
      cwd: root,
      // Tests run the same cbor-x as users do: the bundles leave its native accelerator out.
      env: {
        ...process.env,
        ...env,
        CBOR_NATIVE_ACCELERATION_DISABLED: 'true',
        SLIPWAY_TEST_RESULTS: resultsFile,
      },
      show,
    },
  );
}
