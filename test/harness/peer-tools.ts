import { join } from 'node:path';
import { makeBoardProject } from './build';
import { ensureDebianPackages } from './debian';
import { out } from './paths';
import { prepareLeshan } from './peer-leshan';
import { preparePython } from './peer-python';
import { findOnPath } from './processes';
import { ensureToolchain } from './toolchain';

/** What tests in test/peers run Slipway against, and how this machine comes by it. */
export interface PeerTool {
  /** The environment variable that tells tests where it is. */
  readonly variable: string;
  /** Gets it: gives the variable's value. Rejects with the reason, in words, when this machine can't have it. */
  prepare(): Promise<string>;
}

/** By the name that a test file gives to `needs(…)`. */
export const peerTools: Readonly<Record<string, PeerTool>> = {
  python: { variable: 'SLIPWAY_PEERS_PYTHON', prepare: preparePython },
  /** The UDP transport of aiocoap, which is one of the packages of `python`, that a board can be made of. */
  'aiocoap-udp': { variable: 'SLIPWAY_PEERS_PYTHON', prepare: prepareAiocoapUdp },
  /** Wireshark's dissectors, in a terminal. */
  tshark: { variable: 'SLIPWAY_TSHARK', prepare: prepareTshark },
  /** The built project in test/board; `FirmwareProject` works on copies of it. */
  firmware: { variable: 'SLIPWAY_FIRMWARE', prepare: prepareFirmware },
  leshan: { variable: 'SLIPWAY_PEERS_LESHAN', prepare: prepareLeshan },
  /** libcoap's client; its server has the same name with `server` in it. */
  libcoap: { variable: 'SLIPWAY_PEERS_LIBCOAP', prepare: prepareLibcoap },
};

/** What Debian calls them, by the TLS that they are built with; elsewhere they have no ending. */
const libcoapClients = ['coap-client-notls', 'coap-client', 'coap-client-openssl', 'coap-client-gnutls'];

async function prepareLibcoap(): Promise<string> {
  if (findOnPath(...libcoapClients) === undefined) {
    await ensureDebianPackages([{ program: 'coap-client-notls', packages: ['libcoap3-bin'] }]);
  }
  const client = findOnPath(...libcoapClients);
  if (client === undefined) throw new Error('no coap-client on PATH (Debian: apt-get install libcoap3-bin)');
  return client;
}

async function prepareAiocoapUdp(): Promise<string> {
  if (process.platform !== 'linux') {
    throw new Error('off Linux it asks from another port over UDP than it answers on');
  }
  return await preparePython();
}

async function prepareTshark(): Promise<string> {
  const missing = await ensureDebianPackages([{ program: 'tshark', packages: ['tshark'] }]);
  const program = findOnPath('tshark');
  if (program === undefined) {
    throw new Error(`${missing.join()} is not there (Debian: apt-get install tshark)`);
  }
  return program;
}

async function prepareFirmware(): Promise<string> {
  const why = await ensureToolchain();
  if (why !== undefined) throw new Error(why);
  return await makeBoardProject(join(out, 'test', 'board'));
}

/** The tools that a test file asks for: the names in its calls of `needs('…', '…')`. Throws on a name not in `tools`. */
export function toolsNeeded(source: string, tools: Readonly<Record<string, PeerTool>> = peerTools): string[] {
  const names = [...source.matchAll(/\bneeds\(([^)]*)\)/g)].flatMap(([, list = '']) =>
    [...list.matchAll(/'([^']*)'/g)].map(([, name = '']) => name),
  );
  for (const name of names) {
    if (!(name in tools)) throw new Error(`no peer tool is called '${name}' (test/harness/peer-tools.ts)`);
  }
  return [...new Set(names)];
}

/** What was got of the tools with these names: the tests' environment, and why the others are not there. */
export async function prepareTools(
  names: readonly string[],
  tools: Readonly<Record<string, PeerTool>> = peerTools,
): Promise<{ readonly env: NodeJS.ProcessEnv; readonly missing: Readonly<Record<string, string>> }> {
  const env: NodeJS.ProcessEnv = {};
  const missing: Record<string, string> = {};
  for (const name of names) {
    const tool = tools[name]!;
    try {
      env[tool.variable] = await tool.prepare();
    } catch (error) {
      missing[name] = error instanceof Error ? error.message : String(error);
    }
  }
  return { env: { ...env, SLIPWAY_PEERS_MISSING: JSON.stringify(missing) }, missing };
}
