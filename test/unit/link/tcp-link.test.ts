import assert from 'node:assert/strict';
import { systemClock } from '../../../src/base/clock';
import { SlipwayError } from '../../../src/base/errors';
import { fromHex, toHex } from '../../../src/base/hex';
import { nullLog } from '../../../src/base/log';
import { encodeCoapFrame, encodeDiagnosticFrame } from '../../../src/link/slipmux';
import type { StreamLink } from '../../../src/link/stream-link';
import { createTcpLink, createTcpListenLink } from '../../../src/link/tcp-link';
import { whenOpen } from '../../../src/link/when-open';
import { until } from '../support/until';
import { TestServer, stateOf, tracingLog } from './socket-fixtures';

const MESSAGE = fromHex('4401303974657374ff01');
const isClosed = (error: unknown): boolean => SlipwayError.is(error, 'link.closed');

describe('TCP link', () => {
  const trace: string[] = [];
  const deps = { clock: systemClock, log: tracingLog(trace) };
  let server: TestServer;
  let links: StreamLink[];

  beforeEach(async () => {
    trace.length = 0;
    server = new TestServer();
    links = [];
    await server.listen();
  });

  afterEach(async () => {
    for (const link of links) link.dispose();
    await server.close();
  });

  function open(): StreamLink {
    const link = createTcpLink({ host: '127.0.0.1', port: server.port }, deps);
    links.push(link);
    return link;
  }

  it('carries datagrams and console text both ways, as slipmux, with hex in the trace', async () => {
    const link = open();
    const seen: string[] = [];
    link.onDatagram(({ data, peer }) => seen.push(`${toHex(data)} from ${peer.address}`));
    link.onConsole((data) => seen.push(Buffer.from(data).toString()));
    await whenOpen(link);
    await link.send(MESSAGE, link.peer);
    await link.writeConsole(Buffer.from('help\n'));
    const expected = Buffer.concat([encodeCoapFrame(MESSAGE), encodeDiagnosticFrame(Buffer.from('help\n'))]);
    await until(() => server.received.length >= expected.length, 'what was sent');
    assert.equal(toHex(server.received), toHex(expected));

    server.sockets[0]!.write(Buffer.concat([Buffer.from('boot\n'), encodeCoapFrame(MESSAGE)]));
    server.sockets[0]!.write(encodeDiagnosticFrame(Buffer.from('ok')));
    await until(() => seen.length === 3, 'text, datagram, diagnostics');
    assert.deepEqual(seen, ['boot\n', `${toHex(MESSAGE)} from ${link.id}`, 'ok']);
    assert.equal(link.id, `tcp://127.0.0.1:${server.port}`);
    assert.deepEqual(
      trace.filter((line) => line.includes(toHex(MESSAGE))),
      [`[${link.id}] → ${toHex(MESSAGE)}`, `[${link.id}] ← ${toHex(MESSAGE)}`],
    );
  });

  it('cuts long console input into frames that a small board takes', async () => {
    const link = open();
    await whenOpen(link);
    await link.writeConsole(Buffer.alloc(150, 'x'));
    await until(() => server.received.length >= 150 + 9, 'three frames');
    assert.equal(server.received.filter((byte) => byte === 0xc0).length, 6);
  });

  it('ignores damaged frames and finds the next good one', async () => {
    const link = open();
    const seen: string[] = [];
    link.onDatagram(({ data }) => seen.push(toHex(data)));
    await whenOpen(link);
    const damaged = encodeCoapFrame(MESSAGE);
    damaged[5]! ^= 1;
    server.sockets[0]!.write(Buffer.concat([damaged, encodeCoapFrame(MESSAGE)]));
    await until(() => seen.length > 0, 'the good frame');
    assert.deepEqual(seen, [toHex(MESSAGE)]);
  });

  it('shows text after a broken frame once the line is silent', async () => {
    const link = open();
    const seen: string[] = [];
    link.onConsole((data) => seen.push(Buffer.from(data).toString()));
    await whenOpen(link);
    server.sockets[0]!.write(Buffer.from('c00a3e20', 'hex')); // a diagnostic frame that never ends
    await until(() => seen.length > 0, 'the prompt');
    assert.deepEqual(seen, ['> ']);
  });

  it('connects again when the server returns, and refuses to send meanwhile', async () => {
    const link = open();
    const seen: string[] = [];
    link.onDatagram(({ data }) => seen.push(toHex(data)));
    await whenOpen(link);
    await server.close();
    await stateOf(link, 'waiting');
    await assert.rejects(link.send(MESSAGE, link.peer), isClosed);
    await assert.rejects(link.writeConsole(MESSAGE), isClosed);
    await until(() => link.error?.code === 'link.refused', 'the reason');
    await server.listen();
    await stateOf(link, 'open');
    await until(() => server.sockets.length > 0, 'the connection');
    server.sockets[0]!.write(encodeCoapFrame(MESSAGE));
    await until(() => seen.length > 0, 'a datagram');
  });

  it('does not join what came before a loss with what comes after', async () => {
    const link = open();
    const seen: string[] = [];
    link.onDatagram(({ data }) => seen.push(toHex(data)));
    await whenOpen(link);
    server.sockets[0]!.write(encodeCoapFrame(MESSAGE).subarray(0, 6));
    await until(() => server.sockets[0]!.writableLength === 0, 'half a frame');
    server.sockets.splice(0)[0]!.end();
    await until(() => server.sockets.length > 0, 'the next connection');
    server.sockets[0]!.write(encodeCoapFrame(MESSAGE));
    await until(() => seen.length > 0, 'a datagram');
    assert.deepEqual(seen, [toHex(MESSAGE)]);
  });

  it('release disconnects, retake connects again', async () => {
    const link = open();
    await whenOpen(link);
    await until(() => server.sockets.length === 1, 'the connection');
    await link.release();
    assert.equal(link.state, 'released');
    await until(() => server.sockets[0]!.destroyed || server.sockets[0]!.readableEnded, 'the disconnection');
    await assert.rejects(link.send(MESSAGE, link.peer), isClosed);
    link.retake();
    await stateOf(link, 'open');
  });

  it('refused and unknown hosts are told apart', async () => {
    await server.close();
    const refused = open();
    await assert.rejects(whenOpen(refused), (error) => SlipwayError.is(error, 'link.refused'));
    const unknown = createTcpLink({ host: 'no-such-host.invalid', port: 1 }, deps);
    links.push(unknown);
    await assert.rejects(whenOpen(unknown), (error) => SlipwayError.is(error, 'link.not-found'));
  });

  it('whenOpen ends by its signal and by dispose', async () => {
    const listening = createTcpListenLink({ host: '127.0.0.1', port: await freePort() }, deps);
    links.push(listening);
    const abort = new AbortController();
    const waiting = whenOpen(listening, abort.signal);
    abort.abort();
    await assert.rejects(waiting, (error) => SlipwayError.is(error, 'cancelled'));
    const disposed = whenOpen(listening);
    listening.dispose();
    await assert.rejects(disposed, isClosed);
  });

  it('a send that the connection cuts off rejects', async () => {
    const link = open();
    await whenOpen(link);
    await until(() => server.sockets.length === 1, 'the connection');
    server.sockets[0]!.pause();
    const sends = Array.from({ length: 400 }, () => link.send(new Uint8Array(2000), link.peer));
    const outcomes = Promise.allSettled(sends);
    await server.close();
    const rejected = (await outcomes).filter((outcome) => outcome.status === 'rejected');
    assert.ok(rejected.length > 0);
    for (const { reason } of rejected) assert.ok(isClosed(reason));
  });

  describe('listening', () => {
    it('serves one connection at a time, and the next after it', async () => {
      const port = await freePort();
      const line = createTcpListenLink({ host: '127.0.0.1', port }, deps);
      links.push(line);
      const first = createTcpLink({ host: '127.0.0.1', port }, { clock: systemClock, log: nullLog });
      links.push(first);
      await stateOf(line, 'open');
      await stateOf(first, 'open');
      const seen: string[] = [];
      line.onDatagram(({ data }) => seen.push(toHex(data)));
      await first.send(MESSAGE, first.peer);
      await until(() => seen.length === 1, 'the datagram');

      const second = createTcpLink({ host: '127.0.0.1', port }, deps);
      links.push(second);
      await assert.rejects(whenOpen(second), (error) => SlipwayError.is(error));
      first.dispose();
      await stateOf(second, 'open');
      await stateOf(line, 'open');
    });

    it('says when its port is taken', async () => {
      const line = createTcpListenLink({ host: '127.0.0.1', port: server.port }, deps);
      links.push(line);
      await assert.rejects(whenOpen(line), (error) => SlipwayError.is(error, 'link.busy'));
    });
  });

  async function freePort(): Promise<number> {
    const probe = new TestServer();
    await probe.listen();
    await probe.close();
    return probe.port;
  }
});
