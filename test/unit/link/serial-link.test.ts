import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { systemClock } from '../../../src/base/clock';
import { SlipwayError } from '../../../src/base/errors';
import { fromHex, toHex } from '../../../src/base/hex';
import { nullLog } from '../../../src/base/log';
import type { PortInfo } from '../../../src/link/ports';
import { createSerialLink } from '../../../src/link/serial-link';
import type { StreamLink } from '../../../src/link/stream-link';
import { whenOpen } from '../../../src/link/when-open';
import { until } from '../support/until';
import { PtyPair, hasSocat } from './pty-pair';
import { stateOf } from './socket-fixtures';

const MESSAGE = fromHex('4401303974657374ff01c0db');

describe('serial link on a pair of pseudo terminals', function () {
  this.timeout(20_000);
  const deps = { clock: systemClock, log: nullLog };
  const links: StreamLink[] = [];
  let pair: PtyPair;
  let ports: PortInfo[];

  before(function () {
    if (hasSocat()) return;
    process.stderr.write(
      '    SKIPPED: the serial link is not tested, as there is no socat to make serial devices\n',
    );
    this.skip();
  });

  beforeEach(async () => {
    pair = new PtyPair();
    ports = [];
    await pair.plug();
  });

  afterEach(async () => {
    for (const link of links.splice(0)) await link.release().then(() => link.dispose());
    await pair.dispose();
  });

  function open(path: string, portKey?: string): StreamLink {
    const link = createSerialLink({ path, ...(portKey && { portKey }) }, deps, () => Promise.resolve(ports));
    links.push(link);
    return link;
  }

  async function expectTraffic(a: StreamLink, b: StreamLink): Promise<void> {
    const seen: string[] = [];
    const subscriptions = [
      a.onDatagram(({ data }) => seen.push(`a ${toHex(data)}`)),
      b.onDatagram(({ data }) => seen.push(`b ${toHex(data)}`)),
    ];
    await Promise.all([a.send(MESSAGE, a.peer), b.send(MESSAGE, b.peer)]);
    await until(() => seen.length === 2, 'a datagram each way');
    assert.deepEqual(seen.sort(), [`a ${toHex(MESSAGE)}`, `b ${toHex(MESSAGE)}`]);
    for (const subscription of subscriptions) subscription.dispose();
  }

  it('carries datagrams and console text both ways', async () => {
    const [host, board] = [open(pair.host), open(pair.board)];
    await Promise.all([whenOpen(host), whenOpen(board)]);
    await expectTraffic(host, board);
    let text = '';
    host.onConsole((data) => (text += Buffer.from(data).toString()));
    await board.writeConsole(Buffer.from('*** Booting ***\n'));
    await until(() => text.endsWith('\n'), 'the text');
    assert.equal(text, '*** Booting ***\n');
    assert.equal(host.lineRate, 115_200);
    assert.equal(host.id, `serial:${pair.host}`);
  });

  it('carries many large datagrams without loss', async () => {
    const [host, board] = [open(pair.host), open(pair.board)];
    await Promise.all([whenOpen(host), whenOpen(board)]);
    const seen: number[] = [];
    board.onDatagram(({ data }) => data.length === 1100 && seen.push(data[0]!));
    for (let count = 0; count < 50; count++) await host.send(new Uint8Array(1100).fill(count), host.peer);
    await until(() => seen.length === 50, 'all datagrams');
    assert.deepEqual(seen, [...seen.keys()]);
  });

  it('opens again after the port vanished and returned', async () => {
    const [host, board] = [open(pair.host), open(pair.board)];
    await Promise.all([whenOpen(host), whenOpen(board)]);
    await pair.unplug();
    await Promise.all([stateOf(host, 'waiting'), stateOf(board, 'waiting')]);
    assert.equal(host.error?.code, 'link.not-found');
    await assert.rejects(host.send(MESSAGE, host.peer), (error) => SlipwayError.is(error, 'link.closed'));
    await pair.plug();
    await Promise.all([stateOf(host, 'open'), stateOf(board, 'open')]);
    await expectTraffic(host, board);
  });

  it('finds the port by its serial number when it returns under another path', async () => {
    const adapter = { vendorId: '0403', productId: '6001', serialNumber: 'A10K3X' };
    ports = [{ path: pair.host, ...adapter }];
    const [host, board] = [open(pair.host), open(pair.board)];
    await Promise.all([whenOpen(host), whenOpen(board)]);
    await pair.unplug();
    await Promise.all([stateOf(host, 'waiting'), stateOf(board, 'waiting')]);
    const elsewhere = join(dirname(pair.host), 'elsewhere');
    ports = [{ path: elsewhere, ...adapter }];
    await pair.plug(elsewhere);
    await Promise.all([stateOf(host, 'open'), stateOf(board, 'open')]);
    assert.equal(host.id, `serial:${pair.host}`);
    await expectTraffic(host, board);
  });

  it('does not open another adapter that got the path', async () => {
    ports = [{ path: pair.host, vendorId: '0403', productId: '6001', serialNumber: 'OTHER' }];
    const host = open(pair.host, 'usb:0403:6001:A10K3X');
    await assert.rejects(whenOpen(host), (error) => SlipwayError.is(error, 'link.not-found'));
  });

  it('release frees the port for others, retake takes it back', async () => {
    const host = open(pair.host);
    await whenOpen(host);
    const other = open(pair.host);
    await assert.rejects(whenOpen(other), (error) => SlipwayError.is(error, 'link.busy'));
    await host.release();
    await stateOf(other, 'open');
    host.retake();
    await stateOf(host, 'waiting');
    assert.equal(host.error?.code, 'link.busy');
    await other.release();
    await stateOf(host, 'open');
  });

  it('a path that is not there, and one that is no serial port', async () => {
    await assert.rejects(whenOpen(open('/dev/no-such-port')), (error) =>
      SlipwayError.is(error, 'link.not-found'),
    );
    await assert.rejects(whenOpen(open('/dev/null')), (error) => SlipwayError.is(error, 'link.failed'));
  });

  it('goes without a list of ports', async () => {
    const link = createSerialLink({ path: pair.host }, deps, () => Promise.reject(new Error('no udevadm')));
    links.push(link);
    await whenOpen(link);
  });
});
