import { execFile, fork, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock as clock } from '../../src/base/clock';
import { nullLog } from '../../src/base/log';
import { createCoapEndpoint } from '../../src/coap/node-coap-endpoint';
import type { TransferProfile } from '../../src/coap/transfer-profile';
import { UdpLink } from '../../src/link/udp-link';
import { whenOpen } from '../../src/link/when-open';
import { median } from './median';
import { payloadOf } from './push';

/** MiB/s over UDP on this machine, in real time, in blocks of 1 KiB. */
export interface LoopbackResult {
  readonly slipway: number;
  /** libcoap's client against the same board; undefined where it is not installed. */
  readonly libcoap?: number;
}

const payloadBytes = 8 * 1024 * 1024;

/** Pushes `runs` times each way, in turn, to one board in a process of its own; gives the medians. */
export async function loopback(runs: number): Promise<LoopbackResult> {
  const board = fork(join(__dirname, 'udp-board.ts'));
  const folder = await mkdtemp(join(tmpdir(), 'slipway-loopback-'));
  try {
    const [{ port }] = (await once(board, 'message')) as [{ port: number }];
    const payload = payloadOf(payloadBytes, 1);
    const file = join(folder, 'payload.bin');
    await writeFile(file, payload);
    const wanted = createHash('sha256').update(payload).digest('hex');
    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const begin = performance.now();
      await work();
      const seconds = (performance.now() - begin) / 1000;
      board.send('digest');
      const [{ digest }] = (await once(board, 'message')) as [{ digest: string }];
      if (digest !== wanted) throw new Error('the board got something else than was sent');
      return payloadBytes / 1024 / 1024 / seconds;
    };
    const client = coapClient();
    const [slipway, libcoap]: [number[], number[]] = [[], []];
    let profile: TransferProfile | undefined;
    for (let run = 0; run < runs; run++) {
      slipway.push(await timed(() => pushTo(port, payload, profile, (learned) => (profile = learned))));
      if (client !== undefined) libcoap.push(await timed(() => pushByLibcoap(client, port, file)));
    }
    return { slipway: median(slipway), ...(client !== undefined && { libcoap: median(libcoap) }) };
  } finally {
    board.disconnect();
    await rm(folder, { recursive: true, force: true });
  }
}

async function pushTo(
  port: number,
  payload: Uint8Array,
  profile: TransferProfile | undefined,
  onLearned: (profile: TransferProfile) => void,
): Promise<void> {
  const link = new UdpLink({ host: '127.0.0.1', port: 0 }, { clock, log: nullLog });
  await whenOpen(link);
  const endpoint = createCoapEndpoint(link, { clock, log: nullLog });
  try {
    const upload = { method: 'PUT', path: '/5/0/0', contentFormat: 42, payload } as const;
    const options = { ...(profile && { profile }), onLearned };
    await endpoint.upload({ address: '127.0.0.1', port }, upload, options);
  } finally {
    endpoint.dispose();
    link.dispose();
  }
}

/** libcoap's client by the name that it has here. */
function coapClient(): string | undefined {
  const names = ['coap-client', 'coap-client-notls', 'coap-client-openssl', 'coap-client-gnutls'];
  return names.find((name) => spawnSync(name, ['-h']).error === undefined);
}

async function pushByLibcoap(client: string, port: number, file: string): Promise<void> {
  const uri = `coap://127.0.0.1:${port}/5/0/0`;
  await promisify(execFile)(client, ['-m', 'put', '-t', '42', '-b', '1024', '-f', file, uri]);
}
