import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './paths';
import { ServedVscode } from './served-vscode';
import { type Workbench } from './workbench';

export async function headless(workspace: string, demoFolder: string): Promise<number> {
  throw new Error(`not driven yet: ${workspace} ${demoFolder}`);
}
