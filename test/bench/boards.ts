import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock as clock } from '../../src/base/clock';
import { nullLog } from '../../src/base/log';
import { createCoapEndpoint } from '../../src/coap/node-coap-endpoint';
import { Lwm2mServer } from '../../src/lwm2m/server';
import { BoardNodes } from '../../src/ui/board-nodes';
import { childrenOf, rowOf } from '../../src/ui/boards-model';
import type { BoardsSource } from '../../src/ui/boards-source';
import { ResourceAccess } from '../../src/ui/resource-access';
import { out } from '../harness/paths';
import { Crowd } from './crowd';
import { median } from './median';

/**
 * A desk of very many boards: each registers, is observed twice, notifies and updates its registration, by real messages
 * through the real endpoint and server. Server and boards share this process, so the figures are those of both.
 */
const count = Number(process.env.SLIPWAY_BENCH_BOARDS ?? 10_000);
const paths = ['/5/0/3', '/5/0/5'];
const rounds = 3;
/** Exchanges under way at a time. */
const width = 200;
/** The bench gives up after this time, ms. */
const limitMs = 240_000;
/** Most that a refresh of the tree may take, ms. */
const mostRefreshMs = 100;

interface Stage {
  readonly name: string;
  readonly perSecond: number;
  /** How late the event loop was, ms. */
  readonly delayMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** Does `work` for 0 to `total` - 1, `width` at a time. */
async function stage(name: string, total: number, work: (index: number) => Promise<unknown>): Promise<Stage> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const begin = performance.now();
  delay.enable();
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let index = next++; index < total; index = next++) await work(index);
    }),
  );
  delay.disable();
  const perSecond = Math.round((total * 1000) / (performance.now() - begin));
  const ms = (nanoseconds: number): number => Number((nanoseconds / 1e6).toFixed(1));
  const delayMs = { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) };
  console.log(
    `${name.padEnd(22)}${String(perSecond).padStart(8)} /s   event loop late by ${delayMs.p50} ms (p50), ` +
      `${delayMs.p99} ms (p99), ${delayMs.max} ms (max)`,
  );
  return { name, perSecond, delayMs };
}

/** The heap in use, without garbage where node was told that it may be asked to collect it. */
function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function timed(work: () => void): number {
  const runs = Array.from({ length: 5 }, () => {
    const begin = performance.now();
    work();
    return performance.now() - begin;
  });
  return Number(median(runs).toFixed(1));
}

/** What a refresh of the tree costs, of everything and of twenty boards that changed. */
function treeCosts(server: Lwm2mServer): {
  readonly firstMs: number;
  readonly allMs: number;
  readonly fewMs: number;
} {
  const source: BoardsSource = {
    boards: server.boards,
    links: [],
    bootstraps: new Map(),
    jobOf: () => undefined,
    softwareJobOf: () => undefined,
    readError: () => undefined,
    resources: new ResourceAccess(server, () => false, nullLog),
    standIn: () => undefined,
  };
  const nodes = new BoardNodes();
  const rows = (few: boolean): void => {
    const all = few ? [...server.boards.keys()].slice(0, 20).map((board) => nodes.get(board)) : undefined;
    for (const node of all ?? childrenOf(source, undefined, nodes)) if (node) rowOf(source, node);
  };
  const begin = performance.now();
  rows(false);
  const firstMs = Number((performance.now() - begin).toFixed(1));
  return { firstMs, allMs: timed(() => rows(false)), fewMs: timed(() => rows(true)) };
}

async function main(): Promise<void> {
  const giveUp = setTimeout(() => {
    console.error(`not done after ${limitMs / 1000} s`);
    process.exit(1);
  }, limitMs);
  const crowd = new Crowd(count);
  const server = new Lwm2mServer({
    clock,
    log: nullLog,
    createEndpoint: (link) => createCoapEndpoint(link, { clock, log: nullLog }),
  });
  server.attach(crowd);
  const before = heapBytes();
  const stages = [await stage('registrations', count, (index) => crowd.register(index))];
  const registered = heapBytes();
  const boards = [...server.boards.values()];
  stages.push(
    await stage('observations', count * paths.length, (index) =>
      boards[index % count]!.observe(paths[Math.floor(index / count)]!),
    ),
  );
  const observed = heapBytes();
  stages.push(
    await stage('notifications', count * paths.length * rounds, async (index) => {
      const path = paths[Math.floor(index / count) % paths.length]!;
      await crowd.notify(index % count, path, 1 + Math.floor(index / count));
    }),
    await stage('registration updates', count, (index) => crowd.update(index)),
  );
  const last = rounds * paths.length;
  for (const board of boards) {
    if (board.values.get('/5/0/5') !== last) throw new Error(`${board.endpoint} missed a notification`);
  }
  const memory = {
    registeredBytes: Math.round((registered - before) / count),
    observedBytes: Math.round((observed - before) / count),
  };
  console.log(
    `memory per board       ${memory.registeredBytes} bytes registered, ${memory.observedBytes} observed`,
  );
  const tree = treeCosts(server);
  console.log(
    `refresh of the tree    ${tree.allMs} ms (the first ${tree.firstMs} ms); of 20 boards that changed ${tree.fewMs} ms`,
  );
  const folder = join(out, 'bench');
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'boards.json');
  await writeFile(file, `${JSON.stringify({ boards: count, stages, memory, tree }, undefined, 2)}\n`);
  console.log(`\n${file}`);
  server.dispose();
  clearTimeout(giveUp);
  if (tree.allMs > mostRefreshMs) {
    console.error(
      `\nBelow target: a refresh of the tree took ${tree.allMs} ms, more than ${mostRefreshMs} ms`,
    );
    process.exitCode = 1;
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
