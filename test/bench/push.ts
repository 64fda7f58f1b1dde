import { createHash } from 'node:crypto';
import { nullLog } from '../../src/base/log';
import { seededRandom } from '../../src/base/random';
import { createCoapEndpoint } from '../../src/coap/node-coap-endpoint';
import { blockSize } from '../../src/coap/options';
import { FakeClock } from '../unit/support/fake-clock';
import { createUart } from './uart';

/** One push over an emulated line. */
export interface PushCase {
  readonly baudRate: number;
  readonly latencyMs: number;
  readonly szx: number;
  readonly bytes: number;
}

export interface PushResult extends PushCase {
  /** Time on the emulated line, ms. */
  readonly lineMs: number;
  /** Payload ÷ line rate (8N1), 0 to 1. */
  readonly ratio: number;
  readonly retransmissions: number;
  /** Processor time of host and board for all of it, ms. */
  readonly cpuMs: number;
}

const seed = 20_161_123;

/**
 * Pushes a payload by Block1 in the emulator's time, which stands still while either side computes: the result is the
 * same on every machine. Rejects when the board did not get exactly what was sent.
 */
export async function push(options: PushCase): Promise<PushResult> {
  const clock = new FakeClock();
  const [host, board] = createUart({ clock, ...options });
  const random = seededRandom(seed);
  const payload = Uint8Array.from({ length: options.bytes }, () => Math.floor(random() * 256));
  const deps = { clock, log: nullLog };
  const [server, client] = [createCoapEndpoint(host, deps), createCoapEndpoint(board, deps)];
  const received = createHash('sha256');
  let offset = 0;
  client.serve({
    handle: () => ({ code: '4.04' }),
    handleBlock: (block) => {
      if (block.offset !== offset) return { code: '4.08' };
      received.update(block.payload);
      offset += block.payload.length;
      return { code: block.more ? '2.31' : '2.04' };
    },
  });
  const cpu = process.cpuUsage();
  try {
    const upload = { method: 'PUT', path: '/5/0/0', contentFormat: 42, payload, szx: options.szx } as const;
    let isOver = false;
    const pushing = server.upload(host.peer!, upload).finally(() => (isOver = true));
    pushing.catch(() => undefined);
    while (!isOver) await clock.advance(clock.nextIn ?? 0);
    const { retransmissions } = await pushing;
    const { user, system } = process.cpuUsage(cpu);
    const wanted = createHash('sha256').update(payload).digest('hex');
    if (received.digest('hex') !== wanted) throw new Error('the board got something else than was sent');
    const lineMs = clock.now();
    return {
      ...options,
      lineMs: Math.round(lineMs),
      ratio: (options.bytes * 10 * 1000) / options.baudRate / lineMs,
      retransmissions,
      cpuMs: Math.round((user + system) / 1000),
    };
  } finally {
    for (const item of [server, client, host, board]) item.dispose();
  }
}

/** `115200 bit/s · 16 ms · 1024`. */
export function caseName({ baudRate, latencyMs, szx }: PushCase): string {
  return `${baudRate} bit/s · ${latencyMs} ms · ${blockSize(szx)}-byte blocks`;
}
