import assert from 'node:assert/strict';
import { systemClock } from '../../../src/base/clock';
import { SlipwayError } from '../../../src/base/errors';
import { toHex } from '../../../src/base/hex';
import { samePeer } from '../../../src/link/link';
import { UdpLink } from '../../../src/link/udp-link';
import { whenOpen } from '../../../src/link/when-open';
import { until } from '../support/until';
import { stateOf, tracingLog } from './socket-fixtures';

describe('UDP link', () => {
  const trace: string[] = [];
  const deps = { clock: systemClock, log: tracingLog(trace) };
  const links: UdpLink[] = [];

  afterEach(() => {
    for (const link of links.splice(0)) link.dispose();
  });

  async function bind(port = 0, host = '127.0.0.1'): Promise<UdpLink> {
    const link = new UdpLink({ host, port }, deps);
    links.push(link);
    await whenOpen(link);
    return link;
  }

  it('serves any peers from one port', async () => {
    const server = await bind();
    const boards = [await bind(), await bind(0, 'localhost')];
    server.onDatagram(({ data, peer }) => void server.send(Uint8Array.of(...data, 0xff), peer));
    const answers: string[] = [];
    for (const [index, board] of boards.entries()) {
      board.onDatagram(({ data, peer }) => {
        assert.ok(samePeer(peer, { address: '127.0.0.1', port: server.boundPort! }));
        answers.push(`${index} ${toHex(data)}`);
      });
      await board.send(Uint8Array.of(index), { address: '127.0.0.1', port: server.boundPort! });
    }
    await until(() => answers.length === 2, 'two answers');
    assert.deepEqual(answers.sort(), ['0 00ff', '1 01ff']);
    assert.equal(server.peer, undefined);
    assert.ok(trace.some((line) => line.endsWith(`→ 127.0.0.1:${boards[1]!.boundPort} 01ff`)));
  });

  it('says when its port is taken, and takes it when it is free', async () => {
    const first = await bind();
    const port = first.boundPort!;
    const second = new UdpLink({ host: '127.0.0.1', port }, deps);
    links.push(second);
    await assert.rejects(whenOpen(second), (error) => SlipwayError.is(error, 'link.busy'));
    assert.equal(second.boundPort, undefined);
    await assert.rejects(second.send(Uint8Array.of(1), { address: '127.0.0.1', port: 9 }), (error) =>
      SlipwayError.is(error, 'link.closed'),
    );
    await first.release();
    await stateOf(second, 'open');
    assert.equal(second.boundPort, port);
  });

  it('an address that is not of this computer, and a name that is none', async () => {
    await assert.rejects(bind(0, '192.0.2.1'), (error) => SlipwayError.is(error, 'link.not-found'));
    await assert.rejects(bind(0, 'no-such-host.invalid'), (error) =>
      SlipwayError.is(error, 'link.not-found'),
    );
  });

  it('a datagram too large for UDP rejects and does no harm', async () => {
    const link = await bind();
    const self = { address: '127.0.0.1', port: link.boundPort! };
    await assert.rejects(link.send(new Uint8Array(70_000), self), (error) =>
      SlipwayError.is(error, 'link.failed'),
    );
    let arrived = 0;
    link.onDatagram(() => arrived++);
    await link.send(Uint8Array.of(1), self);
    await until(() => arrived === 1, 'the small one');
  });

  it('has no console', async () => {
    const link = await bind();
    await assert.rejects(link.writeConsole(), (error) => SlipwayError.is(error, 'link.failed'));
  });

  it('retake binds again', async () => {
    const link = await bind();
    await link.release();
    assert.equal(link.state, 'released');
    link.retake();
    await stateOf(link, 'open');
    assert.ok(link.boundPort);
  });
});
