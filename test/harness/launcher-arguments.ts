import { resolve } from 'node:path';
import { type ServedVscodeOptions } from './served-vscode';

/** The part of VS Code's command line that a test run uses; everything else is for the desktop only. */
export function parseArguments(args: readonly string[]): ServedVscodeOptions {
  const values = (name: string): string[] =>
    args.filter((arg) => arg.startsWith(`--${name}=`)).map((arg) => resolve(arg.slice(name.length + 3)));
  const [extensionTestsPath] = values('extensionTestsPath');
  const [folder] = args.filter((arg) => !arg.startsWith('-')).map((arg) => resolve(arg));
  return {
    extensionDevelopmentPaths: values('extensionDevelopmentPath'),
    ...(extensionTestsPath !== undefined && { extensionTestsPath }),
    ...(folder !== undefined && { folder }),
  };
}
