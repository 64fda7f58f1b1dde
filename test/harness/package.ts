import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from './paths';
import { run } from './processes';
import { step } from './progress';

/** What a user downloads stays small; all platforms' serial bindings included. */
export const maxVsixBytes = 2 * 1024 * 1024;

/** Makes the VSIX at `file`, from a production build. */
export async function makeVsix(file: string): Promise<string> {
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  await mkdir(dirname(file), { recursive: true });
  await step('Packaging the VSIX', () =>
    // The bundles hold every dependency, so node_modules stays out.
    run(
      process.execPath,
      [
        vsce,
        'package',
        '--no-dependencies',
        '--allow-missing-repository',
        '--no-rewrite-relative-links',
        '--out',
        file,
      ],
      { cwd: root },
    ),
  );
  const { size } = await stat(file);
  if (size > maxVsixBytes) throw new Error(`${file} has ${size} bytes; ${maxVsixBytes} is the limit.`);
  return file;
}

/** `npm run package`: slipway.vsix in the checkout. */
export async function makePackage(): Promise<number> {
  const file = await makeVsix(join(root, 'slipway.vsix'));
  const { size } = await stat(file);
  console.log(`${file}: ${(size / 1024 / 1024).toFixed(2)} MB`);
  return 0;
}
