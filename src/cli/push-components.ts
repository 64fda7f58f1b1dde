import { basename } from 'node:path';
import { readBytes } from '../image/read-image';
import type { Board } from '../lwm2m/board';
import type { ComponentsUpdateOptions } from '../update/components-update';
import { type ComponentPackage, componentNamed, readComponents } from '../update/firmware-components';
import { toUpdatePackage } from '../update/package-file';
import type { UpdatePackage, UpdateRecord } from '../update/types';
import type { UpdateService } from '../update/update-service';
import { bytesText } from '../ui/quantities';
import type { Context } from './context';
import { reportProgress } from './progress-report';
import { usageError } from './usage';

/** A package by the name of its component, as `--components` has it. */
export interface NamedPackage {
  readonly component: string;
  readonly package: UpdatePackage;
}

/** One package, or one for each of several components. */
export type Packages =
  | { readonly package: UpdatePackage; readonly named?: undefined }
  | { readonly named: readonly NamedPackage[]; readonly package?: undefined };

/** Reads what is to be pushed. Wrong usage where it is neither or both, and as `readNamedPackages`. */
export async function readPackages(
  file: string | undefined,
  components: readonly string[] | undefined,
): Promise<Packages> {
  if ((file === undefined) === (components === undefined)) {
    throw usageError('error: give the file of a package, or --components NAME=FILE …');
  }
  if (file === undefined) return { named: await readNamedPackages(components ?? []) };
  return { package: toUpdatePackage(basename(file), await readBytes(file)) };
}

/** The packages of `NAME=FILE`s. Wrong usage where one is none, or names a component twice. */
async function readNamedPackages(texts: readonly string[]): Promise<readonly NamedPackage[]> {
  const named: NamedPackage[] = [];
  for (const text of texts) {
    const [component = '', ...rest] = text.split('=');
    const file = rest.join('=');
    if (component === '' || file === '') throw usageError(`error: "${text}" is not of the form NAME=FILE`);
    if (named.some((other) => other.component === component)) {
      throw usageError(`error: component ${component} is given twice`);
    }
    named.push({ component, package: toUpdatePackage(basename(file), await readBytes(file)) });
  }
  return named;
}

/** Pushes to several components and tells how it goes. Rejects as `UpdateService.startComponents` and `partsOf`. */
export async function pushComponents(
  { output, signal }: Context,
  updates: UpdateService,
  board: Board,
  named: readonly NamedPackage[],
  isVerbose: boolean,
): Promise<UpdateRecord> {
  const job = updates.startComponents(board, await partsOf(board, named, signal));
  const { name, bytes } = job.package;
  output.note(`${board.endpoint} on ${board.link.id}: ${name}, ${bytesText(bytes.length)}`);
  const reporting = reportProgress(job, output, isVerbose);
  const cancel = (): void => job.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    return await job.finished;
  } finally {
    signal.removeEventListener('abort', cancel);
    reporting.dispose();
  }
}

/** Finds the components on a board. Rejects `components.unknown`, and as `readComponents`. */
async function partsOf(
  board: Board,
  named: readonly NamedPackage[],
  signal: AbortSignal,
): Promise<ComponentsUpdateOptions['parts']> {
  const components = await readComponents(board, signal);
  const [first, ...others] = named.map(({ component, package: pkg }): ComponentPackage => {
    const { instance, name } = componentNamed(board.endpoint, components, component);
    return { instance, name, package: pkg };
  });
  if (!first) throw usageError('error: no component is given');
  return [first, ...others];
}
