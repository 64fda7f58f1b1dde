import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decodeMessage, optionOf } from '../../src/coap/message';
import { decodeBlock } from '../../src/coap/options';
import { traceMessages } from '../../src/coap/trace-exchanges';
import { captureFile } from '../../src/lwm2m/trace/capture-file';
import type { Board } from '../../src/lwm2m/board';
import { Desk } from '../unit/integration/desk';
import { needs } from './support/needs';

const run = promisify(execFile);

describe('Traces, dissected by tshark', function () {
  needs('tshark');
  this.timeout(60_000);
  let desk: Desk;
  let folder: string;

  beforeEach(async () => {
    desk = await Desk.open();
    folder = await mkdtemp(join(tmpdir(), 'slipway-trace-'));
  });
  afterEach(async () => {
    desk.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const links: Readonly<Record<string, () => Promise<Board>>> = {
    'a memory link': () => desk.board(),
    'UDP over IPv4': () => desk.boardOverUdp(),
    'UDP over IPv6': () => desk.boardOverUdp('::1'),
    'an IP line': () => desk.boardOverIp('10.0.0.2', '10.0.0.1'),
    'CoAP over TCP': () => desk.boardOverTcp(),
  };
  for (const [name, connect] of Object.entries(links)) {
    it(`of an update over ${name}`, async () => {
      const board = await connect();
      assert.equal((await desk.push(board, await desk.package())).outcome, 'succeeded');
      const { entries } = desk.trace;
      const messages = entries.map(({ data }) => decodeMessage(data));
      const rows = await dissect(captureFile(traceMessages(entries), 'Slipway'));

      assert.equal(rows.length, entries.length);
      assert.deepEqual(
        rows.filter(({ protocol, malformed }) => !protocol.includes('coap') || malformed !== ''),
        [],
      );
      assert.deepEqual(
        rows.map(({ code }) => code),
        messages.map(({ code }) => String(Number(code[0]) * 32 + Number(code.slice(2)))),
      );
      assert.deepEqual(
        rows.map(({ id }) => Number(id)),
        messages.map(({ messageId }) => messageId),
      );
      const blocks = messages.map((message) => {
        const value = optionOf(message, 'Block1');
        return value ? String(decodeBlock(value, 7)?.num) : '';
      });
      assert.deepEqual(
        rows.map(({ block }) => block),
        blocks,
      );
      // All of a real update: its package in blocks.
      assert.ok(new Set(blocks).size > 3 || name === 'CoAP over TCP', `${new Set(blocks).size} blocks`);
      assert.deepEqual(
        rows.map(({ time }) => Math.abs(Number(time) * 1000 - entries[0]!.time) < 60_000),
        rows.map(() => true),
      );
      assert.deepEqual(
        rows.map(({ direction }) => direction),
        entries.map(({ direction }) => (direction === 'sent' ? '0x00000002' : '0x00000001')),
      );
      assert.deepEqual([...new Set(rows.map((row) => row.link))], [entries[0]!.link]);
    });
  }

  interface Row {
    readonly protocol: string;
    readonly malformed: string;
    readonly code: string;
    readonly id: string;
    readonly block: string;
    readonly time: string;
    readonly direction: string;
    readonly link: string;
  }

  async function dissect(file: Uint8Array): Promise<Row[]> {
    const path = join(folder, 'trace.pcapng');
    await writeFile(path, file);
    const fields = {
      protocol: 'frame.protocols',
      malformed: '_ws.malformed',
      code: 'coap.code',
      id: 'coap.mid',
      block: 'coap.opt.block_number',
      time: 'frame.time_epoch',
      direction: 'frame.packet_flags',
      link: 'frame.interface_name',
    };
    const ports = [...new Set(desk.trace.entries.map(({ peer }) => peer.port))].filter((port) => port > 0);
    const { stdout } = await run(
      process.env.SLIPWAY_TSHARK!,
      [
        ...['-r', path, '-T', 'fields', '-E', 'separator=/t', '-E', 'occurrence=f'],
        ...ports.flatMap((port) => ['-d', `udp.port==${port},coap`]),
        ...Object.values(fields).flatMap((field) => ['-e', field]),
      ],
      { maxBuffer: 64 * 1024 * 1024 },
    );
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const values = line.split('\t');
        return Object.fromEntries(
          Object.keys(fields).map((key, at) => [key, values[at] ?? '']),
        ) as unknown as Row;
      });
  }
});
