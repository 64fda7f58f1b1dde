import assert from 'node:assert/strict';
import { basename, dirname, join } from 'node:path';
import { freePort } from '../../../src/emulator/qemu';
import { host } from './near-end';
import { Program } from './program';

function clientFile(): string {
  const file = process.env.SLIPWAY_PEERS_LIBCOAP;
  if (!file) throw new Error("there is no libcoap: the tests lack needs('libcoap')");
  return file;
}

/** The version that libcoap's client says it has, `4.3.1`. */
export async function libcoapVersion(): Promise<string> {
  const client = new Program(clientFile(), []);
  const [, version] = await client.saysThat(/v(\d+\.\d+\.\d+)/);
  return version!;
}

/** Runs `coap-client` to its end; gives what it wrote. Rejects when it reports an error answer. */
export async function coapClient(...args: readonly string[]): Promise<string> {
  const output = await new Program(clientFile(), args).finished();
  // It ends with 0 whatever the answer was, and writes `4.04 …` of an error.
  assert.doesNotMatch(output, /^[45]\.\d\d/m);
  return output;
}

/** Starts `coap-server` on a free port, which takes `PUT` to any path of one segment. */
export async function coapServer(...args: readonly string[]): Promise<{ program: Program; port: number }> {
  const port = await freePort();
  const file = join(dirname(clientFile()), basename(clientFile()).replace('client', 'server'));
  const program = new Program(file, ['-A', host, '-p', String(port), '-d', '10', '-v', '7', ...args]);
  await program.saysThat(/created TCP/);
  return { program, port };
}
