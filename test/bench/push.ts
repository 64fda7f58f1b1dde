import { createHash } from 'node:crypto';
import { nullLog } from '../../src/base/log';
import { seededRandom } from '../../src/base/random';
import type { BlockUploadProgress, CoapEndpoint } from '../../src/coap/endpoint';
import { createCoapEndpoint } from '../../src/coap/node-coap-endpoint';
import type { TransferProfile } from '../../src/coap/transfer-profile';
import { FakeClock } from '../unit/support/fake-clock';
import { BenchBoard } from './board';
import { pushByNodeCoap } from './node-coap';
import { SmpBoard, pushBySmp } from './smp';
import { type LineOptions, type Uart, createUart, openLink } from './uart';

/** How the payload gets to the board. */
export type Way =
  /** The product's sender; `known` when the board has been pushed to before. */
  | { readonly way: 'slipway'; readonly known: boolean; readonly szx: number }
  /** The product's sender with one block in flight. */
  | { readonly way: 'stop-and-wait'; readonly szx: number }
  /** node-coap's own client. */
  | { readonly way: 'node-coap'; readonly szx: number }
  /** SMP over a serial console, mcumgr's way. */
  | { readonly way: 'smp'; readonly bufferBytes: number };

/** One push over an emulated line. */
export interface PushCase extends LineOptions {
  readonly how: Way;
  readonly bytes: number;
  readonly writeMsPerKib?: number;
  /** Hears how far the measured push of the product's sender is, at which time on the line. */
  readonly onProgress?: (lineMs: number, progress: BlockUploadProgress) => void;
}

export interface PushResult {
  /** Time on the emulated line, ms. */
  readonly lineMs: number;
  /** Payload ÷ line rate (8N1), 0 to 1. */
  readonly ratio: number;
  readonly retransmissions: number;
  readonly restarts: number;
}

/**
 * Pushes a payload in the emulator's time, which stands still while either side computes: the result is the same on
 * every machine. Rejects when the board did not get exactly what was sent.
 */
export async function push(options: PushCase, seed: number): Promise<PushResult> {
  const clock = new FakeClock();
  const payload = payloadOf(options.bytes, seed);
  const wanted = createHash('sha256').update(payload).digest('hex');
  const uart = createUart({ clock, seed, ...options });
  const run = options.how.way === 'smp' ? runSmp : runCoap;
  const { got, lineMs, retransmissions = 0, restarts = 0 } = await run(options, payload, uart, clock);
  if (got !== wanted) throw new Error('the board got something else than was sent');
  const ratio = (options.bytes * 10 * 1000) / options.baudRate / lineMs;
  return { lineMs: Math.round(lineMs), ratio, retransmissions, restarts };
}

/** The same bytes for the same seed. */
export function payloadOf(bytes: number, seed: number): Uint8Array {
  const random = seededRandom(seed);
  return Uint8Array.from({ length: bytes }, () => Math.floor(random() * 256));
}

interface Ran {
  readonly got: string;
  readonly lineMs: number;
  readonly retransmissions?: number;
  readonly restarts?: number;
}

async function runCoap(options: PushCase, payload: Uint8Array, uart: Uart, clock: FakeClock): Promise<Ran> {
  const { how, baudRate, writeMsPerKib, onProgress } = options;
  if (how.way === 'smp') throw new Error('not CoAP');
  const host = openLink(uart.host, 'host', clock, baudRate);
  const far = openLink(uart.board, 'board', clock, baudRate);
  await clock.advance(0);
  const board = new BenchBoard(far, { clock, ...(writeMsPerKib !== undefined && { writeMsPerKib }) });
  // One for both pushes, as in the product: another would use message ids again that the board still remembers.
  const endpoint = createCoapEndpoint(host, { clock, log: nullLog });
  let profile: TransferProfile | undefined =
    how.way === 'stop-and-wait' ? { szx: how.szx, window: 0 } : undefined;
  const upload = (hear?: (progress: BlockUploadProgress) => void): ReturnType<CoapEndpoint['upload']> =>
    endpoint.upload(
      host.peer,
      { method: 'PUT', path: '/5/0/0', contentFormat: 42, payload, szx: how.szx },
      {
        ...(profile && { profile }),
        onLearned: (learned) => (profile = learned),
        ...(hear && { onProgress: hear }),
      },
    );
  try {
    if (how.way === 'slipway' && how.known) await finish(clock, upload());
    const begin = clock.now();
    if (how.way === 'node-coap') {
      await finish(clock, pushByNodeCoap(host, payload, how.szx));
      return { got: board.takeDigest(), lineMs: clock.now() - begin };
    }
    const heard = upload((progress) => onProgress?.(clock.now() - begin, progress));
    const result = await finish(clock, heard);
    return { got: board.takeDigest(), lineMs: clock.now() - begin, ...result };
  } finally {
    for (const item of [endpoint, board.endpoint, host, far]) item.dispose();
  }
}

async function runSmp(options: PushCase, payload: Uint8Array, uart: Uart, clock: FakeClock): Promise<Ran> {
  const { how, writeMsPerKib = 0 } = options;
  if (how.way !== 'smp') throw new Error('not SMP');
  const board = new SmpBoard(uart.board, clock, writeMsPerKib);
  await finish(clock, pushBySmp(uart.host, payload, how.bufferBytes));
  return { got: board.digest, lineMs: clock.now() };
}

/** Lets the emulator's time run until `work` is done. */
export async function finish<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  let isOver = false;
  const settled = work.finally(() => (isOver = true));
  settled.catch(() => undefined);
  while (!isOver) {
    const wait = clock.nextIn;
    if (wait === undefined) {
      await clock.advance(0);
      if (!isOver && clock.nextIn === undefined) throw new Error('the push hangs');
    } else {
      await clock.advance(wait);
    }
  }
  return await settled;
}
