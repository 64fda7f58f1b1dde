import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import { nullLog } from '../../../src/base/log';
import { type LinkAddress, parseLinkAddress } from '../../../src/link/link-address';
import { openLink } from '../../../src/link/open-link';
import { FakeClock } from '../support/fake-clock';

describe('link addresses', () => {
  const good: [string, LinkAddress][] = [
    ['serial:/dev/ttyUSB0', { kind: 'serial', path: '/dev/ttyUSB0' }],
    ['/dev/ttyACM1', { kind: 'serial', path: '/dev/ttyACM1' }],
    ['COM13', { kind: 'serial', path: 'COM13' }],
    ['serial:/tmp/pty', { kind: 'serial', path: '/tmp/pty' }],
    ['serial:COM3?baudRate=1000000', { kind: 'serial', path: 'COM3', baudRate: 1_000_000 }],
    [
      '/dev/ttyS0?baudRate=9600&dtr=0&rts=1',
      { kind: 'serial', path: '/dev/ttyS0', baudRate: 9600, dtr: false, rts: true },
    ],
    ['tcp://localhost:3333', { kind: 'tcp', host: 'localhost', port: 3333 }],
    [' tcp://10.0.0.1:1/ ', { kind: 'tcp', host: '10.0.0.1', port: 1 }],
    ['tcp://[::1]:65535', { kind: 'tcp', host: '::1', port: 65535 }],
    ['tcp-listen://127.0.0.1:3333', { kind: 'tcp-listen', host: '127.0.0.1', port: 3333 }],
    ['udp://0.0.0.0:5683', { kind: 'udp', host: '0.0.0.0', port: 5683 }],
    ['udp://127.0.0.1:0', { kind: 'udp', host: '127.0.0.1', port: 0 }],
    ['coap+tcp://[::1]:5683', { kind: 'coap+tcp', host: '::1', port: 5683 }],
  ];
  for (const [text, expected] of good) {
    it(text, () => assert.deepEqual(parseLinkAddress(text), expected));
  }

  const bad = [
    '',
    'serial:',
    'serial:?baudRate=9600',
    'ttyUSB0',
    '/etc/passwd',
    'COM',
    '/dev/ttyUSB0?baudRate=0',
    '/dev/ttyUSB0?baudRate=fast',
    '/dev/ttyUSB0?parity=even',
    'tcp://host',
    'tcp://:1',
    'tcp://host:0',
    'tcp://host:65536',
    'tcp://user@host:1',
    'tcp://host:1/path',
    'tcp://::1:80',
    'http://host:80',
    'memory:x',
  ];
  for (const text of bad) {
    it(`refuses "${text}"`, () => {
      const isInvalid = (error: unknown): boolean =>
        SlipwayError.is(error, 'link.invalid-address') && error.details.address === text;
      assert.throws(() => parseLinkAddress(text), isInvalid);
      assert.throws(() => openLink(text, { clock: new FakeClock(), log: nullLog }), isInvalid);
    });
  }

  it('opens a link of the kind', () => {
    const deps = { clock: new FakeClock(), log: nullLog };
    const cases = [
      ['tcp://127.0.0.1:9', 'tcp', 'tcp://127.0.0.1:9', undefined],
      ['udp://127.0.0.1:0', 'udp', 'udp://127.0.0.1:0', undefined],
      ['coap+tcp://127.0.0.1:0', 'coap+tcp', 'coap+tcp://127.0.0.1:0', undefined],
      ['/nowhere/tty', undefined, undefined, undefined],
      ['serial:/nowhere/tty?baudRate=9600', 'serial', 'serial:/nowhere/tty', 9600],
    ] as const;
    for (const [address, kind, id, lineRate] of cases) {
      if (!kind) {
        assert.throws(() => openLink(address, deps));
        continue;
      }
      const link = openLink(address, deps);
      assert.deepEqual([link.kind, link.id, link.lineRate], [kind, id, lineRate]);
      link.dispose();
    }
  });
});
