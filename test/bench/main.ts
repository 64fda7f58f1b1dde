import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { out } from '../harness/paths';
import { delta } from './delta';
import { type Line, lineName, targets } from './lines';
import { loopback } from './loopback';
import { median } from './median';
import { type PushCase, type PushResult, type Way, push } from './push';
import { tenBoards } from './ten-boards';

/**
 * Payload against line rate. Pushes over a line run in the emulator's own time, which stands still while host and board
 * compute: the figures are the same on every machine. Loopback and ten boards at once run in real time, and their
 * figures are this machine's. Each figure is the median of three runs with seeds of their own.
 */
const seeds = [1, 2, 3];
const bytes = 256 * 1024;

const smpBuffers = [256, 384, 1024, 4096];
const leastBoardRatio = 0.9;
const mostDelayMs = 20;
/** The image that a line is changed in, and the time that the change may take, ms. */
const deltaImageBytes = 600_000;
const mostDeltaMs = 10_000;

interface Row {
  readonly line: Line;
  readonly how: Way;
  /** Payload ÷ line rate, median. */
  readonly ratio: number;
  readonly lineMs: number;
  readonly retransmissions: number;
  readonly restarts: number;
  readonly least?: number;
}

async function measure(line: Line, how: Way, least?: number): Promise<Row> {
  const options: PushCase = { ...line, how, bytes };
  const runs: PushResult[] = [];
  for (const seed of seeds) runs.push(await push(options, seed));
  const of = (pick: (run: PushResult) => number): number => median(runs.map(pick));
  return {
    line,
    how,
    ratio: of(({ ratio }) => ratio),
    lineMs: of(({ lineMs }) => lineMs),
    retransmissions: of(({ retransmissions }) => retransmissions),
    restarts: of(({ restarts }) => restarts),
    ...(least !== undefined && { least }),
  };
}

function percent(ratio: number): string {
  return (ratio * 100).toFixed(1);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

async function lines(): Promise<Row[]> {
  const rows: Row[] = [];
  console.log(
    'Push of 256 KiB, payload in % of the line rate (8N1, USB latency timer), in the emulator’s time:\n',
  );
  const columns = ['block', 'least', 'first push', 'known board', 'one at a time', 'node-coap'];
  console.log(`${''.padEnd(44)}${columns.map((column) => column.padStart(14)).join('')}`);
  for (const { least, ...line } of targets) {
    for (const [exponent, wanted] of Object.entries(least)) {
      const szx = Number(exponent);
      // node-coap's timers are those of the real time, so that it has no losses to mend here.
      const ways: Way[] = [
        { way: 'slipway', known: false, szx },
        { way: 'slipway', known: true, szx },
        { way: 'stop-and-wait', szx },
        ...(line.corruption ? [] : [{ way: 'node-coap', szx } as const]),
      ];
      const measured: Row[] = [];
      for (const how of ways) {
        measured.push(await measure(line, how, how.way === 'slipway' ? wanted : undefined));
      }
      rows.push(...measured);
      const cells = [String(2 ** (szx + 4)), percent(wanted), ...measured.map(({ ratio }) => percent(ratio))];
      console.log(`${lineName(line).padEnd(44)}${cells.map((cell) => cell.padStart(14)).join('')}`);
    }
  }
  console.log(`\nSMP over a serial console, by buffer size:\n`);
  console.log(`${''.padEnd(44)}${smpBuffers.map((size) => String(size).padStart(14)).join('')}`);
  for (const line of targets.filter(({ corruption }) => !corruption)) {
    const { least: _least, ...plain } = line;
    const measured: Row[] = [];
    for (const bufferBytes of smpBuffers) measured.push(await measure(plain, { way: 'smp', bufferBytes }));
    rows.push(...measured);
    console.log(
      `${lineName(plain).padEnd(44)}${measured.map(({ ratio }) => percent(ratio).padStart(14)).join('')}`,
    );
  }
  return rows;
}

async function main(): Promise<void> {
  const rows = await lines();
  const missed = rows
    .filter(({ ratio, least = 0 }) => ratio < least)
    .map(
      ({ line, how, ratio, least = 0 }) =>
        `${lineName(line)}, ${JSON.stringify(how)}: ${percent(ratio)} < ${percent(least)}`,
    );

  const udp = await loopback(seeds.length);
  const { slipway, libcoap } = udp;
  console.log(
    `\nUDP on this machine, 8 MiB in blocks of 1 KiB: ${slipway.toFixed(1)} MiB/s, libcoap’s client ` +
      (libcoap === undefined ? 'is not installed' : `${libcoap.toFixed(1)} MiB/s`),
  );
  if (libcoap !== undefined && slipway < libcoap) missed.push(`UDP: ${slipway} < ${libcoap} MiB/s`);

  const patched = await delta(deltaImageBytes);
  const patchedMs = patched.deltaMs + patched.patchMs;
  console.log(
    `A change of one line in an image of ${deltaImageBytes / 1000} kB at 115200 bit/s, from the command to the new version ` +
      `registered: ${seconds(patchedMs)} s (${seconds(patched.patchMs)} of them make the patch) and ${patched.sentBytes} ` +
      `bytes as a patch, ${seconds(patched.fullMs)} s and ${patched.fullBytes} bytes as the full image`,
  );
  if (patchedMs > mostDeltaMs) missed.push(`a change of one line: ${patchedMs} ms`);

  const ten = await tenBoards();
  console.log(
    `Ten boards at once at 115200 bit/s, in real time: each at least ${percent(Math.min(...ten.ratios))} % of its line, ` +
      `event loop late by ${ten.delayP99Ms.toFixed(1)} ms at the 99th percentile`,
  );
  if (Math.min(...ten.ratios) < leastBoardRatio) missed.push('ten boards: a line was not used');
  if (ten.delayP99Ms >= mostDelayMs) missed.push(`ten boards: event loop late by ${ten.delayP99Ms} ms`);

  const folder = join(out, 'bench');
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'push.json');
  await writeFile(
    file,
    `${JSON.stringify({ seeds, bytes, rows, udp, delta: patched, tenBoards: ten }, undefined, 2)}\n`,
  );
  console.log(`\n${file}`);
  if (missed.length > 0) {
    console.error(`\nBelow target:\n  ${missed.join('\n  ')}`);
    process.exitCode = 1;
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
