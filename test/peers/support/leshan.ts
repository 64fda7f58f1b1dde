import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Program } from './program';

function jars(): string {
  const folder = process.env.SLIPWAY_PEERS_LESHAN;
  if (!folder) throw new Error("there is no Leshan: the tests lack needs('leshan')");
  return folder;
}

/** Starts test/peers/leshan/LeshanBoard.java with its arguments. */
export function leshanBoard(...args: readonly string[]): Program {
  const source = join(__dirname, '..', 'leshan', 'LeshanBoard.java');
  return new Program('java', ['-cp', join(jars(), '*'), source, ...args]);
}

/** The version of the client that runs. */
export async function leshanVersion(): Promise<string> {
  const names = (await readdir(jars())).join('\n');
  const [, version] = /^leshan-lwm2m-client-(.+)\.jar$/m.exec(names) ?? [];
  if (version === undefined) throw new Error(`no client in ${jars()}`);
  return version;
}
