import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../../src/base/hex';
import { seededRandom } from '../../../src/base/random';
import { addressBytes, addressText, isForMany } from '../../../src/link/ip/address';
import { IpHost } from '../../../src/link/ip/ip-host';
import { decodeIpPacket } from '../../../src/link/ip/packet';
import { FakeClock } from '../support/fake-clock';

/** Packets made by scapy 2.6. */
const message = '4401303974657374ff01';
const golden = {
  v4: '4500002600004000401126c50a0000020a000001c00016330012ba7d4401303974657374ff01',
  v4Reply: '4500002600004000401126c50a0000010a0000021633c0000012ba7d4401303974657374ff01',
  v6: '6000000000121140fd000000000000000000000000000002fd000000000000000000000000000001c00016330012d47b4401303974657374ff01',
  v6Reply:
    '6000000000121140fd000000000000000000000000000001fd0000000000000000000000000000021633c0000012d47b4401303974657374ff01',
  v6Extended:
    '6000000000220040fd000000000000000000000000000002fd0000000000000000000000000000013c000104000000001100010400000000c00016330012d47b4401303974657374ff01',
  ping4: '4500002000070000400166d40a0000020a0000010800192c0001000270696e67',
  pong4: '4500002000004000400126db0a0000010a0000020000212c0001000270696e67',
  ping6:
    '60000000000c3a40fd000000000000000000000000000002fd0000000000000000000000000000018000a6e00001000270696e67',
  pong6:
    '60000000000c3a40fd000000000000000000000000000001fd0000000000000000000000000000028100a5e00001000270696e67',
  solicitation:
    '6000000000183afffe800000000000000000000000000002ff0200000000000000000001ff00000187007da200000000fe800000000000000000000000000001',
  advertisement:
    '6000000000183afffe800000000000000000000000000001fe80000000000000000000000000000288001c2660000000fe800000000000000000000000000001',
  duplicateDetection:
    '6000000000183aff00000000000000000000000000000000ff0200000000000000000001ff00000287007c2300000000fe800000000000000000000000000002',
  routerSolicitation:
    '6000000000083afffe800000000000000000000000000002ff02000000000000000000000000000285007d3500000000',
  routerAdvertisement:
    '6000000000303afffe800000000000000000000000000001fe8000000000000000000000000000028600178f400007080000000000000000030440c0ffffffffffffffff00000000fd536c69707700000000000000000000',
  dtls4: '4500002600004000401126c50a0000020a000001c00016340012ba7c4401303974657374ff01',
  unreachable4:
    '4500004200004000400126b90a0000010a00000203031123000000004500002600004000401126c50a0000020a000001c00016340012ba7c4401303974657374ff01',
  dtls6:
    '6000000000121140fd000000000000000000000000000002fd000000000000000000000000000001c00016340012d47a4401303974657374ff01',
  unreachable6:
    '6000000000423a40fd000000000000000000000000000001fd0000000000000000000000000000020104934b000000006000000000121140fd000000000000000000000000000002fd000000000000000000000000000001c00016340012d47a4401303974657374ff01',
  fragments4: [
    '4500002c00092000401146b60a0000020a000001c00016330044aba8000102030405060708090a0b0c0d0e0f',
    '4500002c00092003401146b30a0000020a000001101112131415161718191a1b1c1d1e1f2021222324252627',
    '4500002800090006401166b40a0000020a00000128292a2b2c2d2e2f303132333435363738393a3b',
  ],
  fragments6: [
    '6000000000402c40fd000000000000000000000000000002fd000000000000000000000000000001110000010000004dc000163300804c98000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f',
    '6000000000402c40fd000000000000000000000000000002fd000000000000000000000000000001110000390000004d303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f6061626364656667',
    '6000000000182c40fd000000000000000000000000000002fd000000000000000000000000000001110000700000004d68696a6b6c6d6e6f7071727374757677',
  ],
} as const;

describe('IP addresses', () => {
  for (const [address, hex, canonical = address] of [
    ['10.0.0.2', '0a000002'],
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['fd00::', 'fd000000000000000000000000000000'],
    ['fe80::1%tun0', 'fe800000000000000000000000000001', 'fe80::1'],
    ['2001:db8:0:0:1:0:0:1', '20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
    ['1:0:2:3:4:5:6:7', '00010000000200030004000500060007'],
    ['2001:DB8::00AB', '20010db80000000000000000000000ab', '2001:db8::ab'],
    ['::ffff:10.0.0.2', '00000000000000000000ffff0a000002', '::ffff:a00:2'],
  ] as const) {
    it(`has ${address} as ${hex}`, () => {
      assert.equal(toHex(addressBytes(address)), hex);
      assert.equal(addressText(fromHex(hex)), canonical);
    });
  }

  it('are 4 or 16 bytes', () => {
    for (const address of ['', '10.0.0', '10.0.0.256', '1:2', ':::', 'localhost']) {
      assert.throws(() => addressBytes(address), RangeError, address);
    }
  });

  it('are of one host or of many', () => {
    const many = ['224.0.1.187', '255.255.255.255', 'ff02::fd', '10.0.0.1', 'fd00::1'].map(isForMany);
    assert.deepEqual(many, [true, true, true, false, false]);
  });
});

describe('the desk’s end of an IP line', () => {
  let clock: FakeClock;
  let host: IpHost;
  beforeEach(() => {
    clock = new FakeClock();
    host = new IpHost({ clock });
  });

  for (const [what, packet, reply, address] of [
    ['IPv4', golden.v4, golden.v4Reply, '10.0.0.2'],
    ['IPv6', golden.v6, golden.v6Reply, 'fd00::2'],
    ['IPv6 with extension headers', golden.v6Extended, golden.v6Reply, 'fd00::2'],
  ] as const) {
    it(`takes a datagram of ${what} to whatever address, and answers from there`, () => {
      const { datagram } = host.receive(fromHex(packet));
      assert.equal(toHex(datagram!.data), message);
      assert.deepEqual(datagram!.peer, { address, port: 49152 });
      assert.equal(toHex(host.packetTo(datagram!.peer, fromHex(message))!), reply);
    });
  }

  for (const [what, packet, answer] of [
    ['a ping', golden.ping4, golden.pong4],
    ['a ping of IPv6', golden.ping6, golden.pong6],
    ['who asks for a neighbour', golden.solicitation, golden.advertisement],
    ['who asks for a router', golden.routerSolicitation, golden.routerAdvertisement],
    ['a datagram to another port', golden.dtls4, golden.unreachable4],
    ['a datagram of IPv6 to another port', golden.dtls6, golden.unreachable6],
  ] as const) {
    it(`answers ${what}`, () => {
      const received = host.receive(fromHex(packet));
      assert.equal(toHex(received.answer!), answer);
      assert.equal(received.datagram, undefined);
    });
  }

  it('leaves a board the address that it asks for', () => {
    assert.equal(host.receive(fromHex(golden.duplicateDetection)).answer, undefined);
  });

  it('has nothing to say to whom it never heard', () => {
    assert.equal(host.packetTo({ address: '10.0.0.2', port: 5683 }, fromHex(message)), undefined);
  });

  it('refuses every packet with one bit changed', () => {
    for (const hex of [golden.v4, golden.v6, golden.ping4, golden.solicitation]) {
      const good = fromHex(hex);
      for (let bit = 0; bit < 8 * good.length; bit++) {
        const bytes = Uint8Array.from(good);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        const { datagram } = host.receive(bytes);
        // Traffic class, flow label and hop limit of IPv6 are under no checksum.
        const isFree = hex === golden.v6 && ((bit >> 3 < 4 && bit !== 4) || bit >> 3 === 7);
        if (!isFree) assert.equal(datagram, undefined, `bit ${bit} of ${hex}`);
      }
    }
  });

  it('takes no datagram for many, and answers none', () => {
    // To All CoAP Nodes (RFC 7252 §12.8).
    const toMany = fromHex('450000260000400040114f0a0a000002e00001bbc00016330012e2c24401303974657374ff01');
    assert.deepEqual(host.receive(toMany), { dropped: 'to 224.0.1.187' });
  });

  describe('puts fragments together', () => {
    for (const [what, fragments, bytes] of [
      ['IPv4', golden.fragments4, 60],
      ['IPv6', golden.fragments6, 120],
    ] as const) {
      const expected = toHex(Uint8Array.from({ length: bytes }, (_, index) => index));
      for (const order of [
        [0, 1, 2],
        [2, 1, 0],
        [1, 0, 0, 2],
      ]) {
        it(`of ${what} in the order ${order.join(' ')}`, () => {
          const results = order.map((index) => host.receive(fromHex(fragments[index]!)).datagram);
          assert.equal(toHex(results.at(-1)!.data), expected);
          assert.ok(results.slice(0, -1).every((datagram) => datagram === undefined));
        });
      }
    }

    it('and forgets those that no other follows', async () => {
      host.receive(fromHex(golden.fragments4[0]));
      await clock.advance(61_000);
      host.receive(fromHex(golden.fragments4[1]));
      assert.equal(host.receive(fromHex(golden.fragments4[2])).datagram, undefined);
      assert.ok(host.receive(fromHex(golden.fragments4[0])).datagram);
    });

    it('and voids a packet whose parts overlap', () => {
      const overlapping = fromHex(
        '4500002c00092002401146b40a0000020a000001101112131415161718191a1b1c1d1e1f2021222324252627',
      );
      assert.ok(decodeIpPacket(overlapping));
      host.receive(fromHex(golden.fragments4[0]));
      host.receive(overlapping);
      host.receive(fromHex(golden.fragments4[1]));
      assert.equal(host.receive(fromHex(golden.fragments4[2])).datagram, undefined);
    });
  });

  it('survives noise, also behind a good beginning', () => {
    const seed = 20_261_125;
    const random = seededRandom(seed);
    const starts = [golden.v4, golden.v6Extended, ...golden.fragments4, ...golden.fragments6].map(fromHex);
    for (let round = 0; round < 5000; round++) {
      const start = starts[round % starts.length]!;
      const cut = Math.floor(random() * start.length);
      const noise = Array.from({ length: Math.floor(random() * 80) }, () => Math.floor(random() * 256));
      assert.doesNotThrow(
        () => host.receive(Uint8Array.from([...start.subarray(0, cut), ...noise])),
        `${seed}`,
      );
    }
  });
});

describe('a board’s end of an IP line', () => {
  const own = { address: 'fd00::2', port: 49152 };
  const server = { address: 'fd00::1', port: 5683 };

  it('speaks from its own address, and hears what is for it', () => {
    const host = new IpHost({ clock: new FakeClock(), own });
    assert.equal(toHex(host.packetTo(server, fromHex(message))!), golden.v6);
    assert.deepEqual(host.receive(fromHex(golden.v6Reply)).datagram?.peer, server);
    assert.equal(host.receive(fromHex(golden.v6)).dropped, 'for another host');
    assert.equal(host.receive(fromHex(golden.v4Reply)).dropped, 'for another host');
    assert.equal(host.packetTo({ address: '10.0.0.1', port: 5683 }, fromHex(message)), undefined);
  });
});
