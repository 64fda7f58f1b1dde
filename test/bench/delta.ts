import { rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { nullLog } from '../../src/base/log';
import { seededRandom } from '../../src/base/random';
import { VirtualBoard } from '../../src/board/virtual-board';
import { createCoapEndpoint } from '../../src/coap/node-coap-endpoint';
import { encodeAppInfo } from '../../src/image/app-info';
import { makeDelta } from '../../src/image/delta/make-delta';
import type { Link } from '../../src/link/link';
import { Lwm2mServer } from '../../src/lwm2m/server';
import { UpdateHistory } from '../../src/update/history';
import { ImagePush } from '../../src/update/image-push';
import { ImageStore } from '../../src/update/image-store';
import type { UpdateRecord } from '../../src/update/types';
import { UpdateService } from '../../src/update/update-service';
import { firmwarePair } from '../unit/image/delta/support';
import { classId, newKey, signPackage, storedSigner, vendorId } from '../unit/integration/desk';
import { FakeClock } from '../unit/support/fake-clock';
import { finish } from './push';
import { createUart, openLink } from './uart';

const line = { baudRate: 115_200, latencyMs: 1 };
const workerFile = resolve('test/unit/image/delta/worker.cjs');

export interface DeltaResult {
  readonly imageBytes: number;
  /** What goes over the line. */
  readonly fullBytes: number;
  readonly sentBytes: number;
  /** From the command to the new version registered and confirmed, on the emulated line, ms. */
  readonly fullMs: number;
  readonly deltaMs: number;
  /** Of this machine, ms. */
  readonly patchMs: number;
}

/**
 * A change of one line in an image of `bytes` bytes, at 115,200 bit/s, to the product's virtual board: as a patch, which
 * the board applies, and as the full image. The line runs in the emulator's own time, which stands still while host and
 * board compute; making the patch is measured in real time.
 */
export async function delta(bytes: number): Promise<DeltaResult> {
  const { base, target } = oneLineChange(bytes);
  const started = performance.now();
  const patch = await makeDelta(base, target, { workerFile });
  const patchMs = performance.now() - started;
  const full = await update(base, target, undefined);
  const small = await update(base, target, patch);
  if (small.fullBytes === undefined) throw new Error('the board got the full image');
  return {
    imageBytes: target.length,
    fullBytes: full.bytes,
    sentBytes: small.bytes,
    fullMs: full.durationMs,
    deltaMs: small.durationMs,
    patchMs: Math.round(patchMs),
  };
}

/** Some instructions more in the middle of the code, after which the addresses of what follows are others. */
function oneLineChange(bytes: number): { readonly base: Buffer; readonly target: Buffer } {
  const { base: body } = firmwarePair(seededRandom(1), bytes - 144);
  const middle = (body.length >> 1) & ~3;
  const added = Buffer.from('01f0e8bd4ff47a702de9f041', 'hex');
  const changed = Buffer.concat([body.subarray(0, middle), added, body.subarray(middle, body.length - 12)]);
  for (let at = 0; at + 4 <= changed.length; at += 4) {
    const word = changed.readUInt32LE(at);
    if (word >= 0x08000000 + middle && word < 0x08000000 + body.length) {
      changed.writeUInt32LE(word + added.length, at);
    }
  }
  const info = (version: string): Uint8Array => encodeAppInfo({ version, banner: 'hello' });
  return {
    base: Buffer.concat([info('1.0.1'), body]),
    target: Buffer.concat([info('1.0.2'), changed]),
  };
}

/** Brings a board to `base`, then updates it to `target`; without a patch it takes none. */
async function update(
  base: Uint8Array,
  target: Uint8Array,
  patch: Uint8Array | undefined,
): Promise<UpdateRecord> {
  const clock = new FakeClock();
  const log = nullLog;
  const uart = createUart({ clock, ...line });
  const near = openLink(uart.host, 'host', clock, line.baudRate);
  const far = openLink(uart.board, 'board', clock, line.baudRate);
  const createEndpoint = (link: Link): ReturnType<typeof createCoapEndpoint> =>
    createCoapEndpoint(link, { clock, log });
  const server = new Lwm2mServer({ clock, log, createEndpoint });
  const signer = newKey();
  const board = new VirtualBoard({
    ...{ link: far, createEndpoint, clock, log, endpoint: 'board' },
    policy: { trustAnchors: [signer], vendorId, classId },
    takesPatches: patch !== undefined,
  });
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  const store = { load: () => Promise.resolve([]), save: () => Promise.resolve() };
  const updates = new UpdateService({ clock, log, history: await UpdateHistory.open(store, log) });
  const pushes = new ImagePush({
    updates,
    images: new ImageStore(folder, clock, log),
    makePatch: () => Promise.resolve(patch ?? new Uint8Array()),
    log,
  });
  const push = async (image: Uint8Array, version: string, sequence: number): Promise<UpdateRecord> => {
    const pkg = await signPackage({ image, version, sequence, signer });
    const record = await pushes.run(server.board('board'), pkg, {
      signal: new AbortController().signal,
      signer: () => Promise.resolve(storedSigner(signer)),
      onJob: () => undefined,
      onNoPatch: () => undefined,
    });
    if (record.toVersion !== version) {
      throw new Error(`the update ${record.outcome}: ${JSON.stringify(record.error)}`);
    }
    return record;
  };
  try {
    server.attach(near);
    await finish(clock, board.start());
    while (!server.boards.get('board')?.online) await clock.advance(clock.nextIn ?? 0);
    await finish(clock, push(base, '1.0.1', 1));
    return await finish(clock, push(target, '1.0.2', 2));
  } finally {
    for (const item of [updates, server, board, near]) item.dispose();
    await rm(folder, { recursive: true });
  }
}
