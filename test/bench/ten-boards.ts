import { createHash } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock as clock } from '../../src/base/clock';
import { nullLog } from '../../src/base/log';
import { createCoapEndpoint } from '../../src/coap/node-coap-endpoint';
import { whenOpen } from '../../src/link/when-open';
import { BenchBoard } from './board';
import { payloadOf } from './push';
import { createUart, openLink } from './uart';

export interface TenBoardsResult {
  /** Payload ÷ line rate of each board. */
  readonly ratios: readonly number[];
  /** How late the event loop was, at its 99th percentile, ms. */
  readonly delayP99Ms: number;
}

const [baudRate, latencyMs, bytes] = [115_200, 1, 128 * 1024];

/** Pushes to ten boards on ten lines at once, in real time; hosts, lines and boards share this process. */
export async function tenBoards(): Promise<TenBoardsResult> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const pushes = Array.from({ length: 10 }, (_, index) => pushToOne(index));
  delay.enable();
  const ratios = await Promise.all(pushes);
  delay.disable();
  return { ratios, delayP99Ms: delay.percentile(99) / 1e6 };
}

async function pushToOne(index: number): Promise<number> {
  const uart = createUart({ clock, baudRate, latencyMs });
  const host = openLink(uart.host, `host-${index}`, clock, baudRate);
  const far = openLink(uart.board, `board-${index}`, clock, baudRate);
  await Promise.all([whenOpen(host), whenOpen(far)]);
  const board = new BenchBoard(far, { clock });
  const endpoint = createCoapEndpoint(host, { clock, log: nullLog });
  try {
    const payload = payloadOf(bytes, index);
    const upload = { method: 'PUT', path: '/5/0/0', contentFormat: 42, payload } as const;
    const { durationMs } = await endpoint.upload(host.peer, upload);
    if (board.takeDigest() !== createHash('sha256').update(payload).digest('hex')) {
      throw new Error(`board ${index} got something else than was sent`);
    }
    return (bytes * 10 * 1000) / baudRate / durationMs;
  } finally {
    for (const item of [endpoint, board.endpoint, host, far]) item.dispose();
  }
}
