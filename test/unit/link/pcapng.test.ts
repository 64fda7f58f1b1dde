import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../../src/base/hex';
import { enhancedPacket, interfaceDescription, sectionHeader } from '../../../src/link/pcapng';

describe('pcapng', () => {
  it('begins with a section of version 1.0 and unknown length, written little endian', () => {
    const golden = `0a0d0d0a 2c000000 4d3c2b1a 0100 0000 ffffffffffffffff
      0400 0700 536c697077617900 0000 0000 2c000000`;
    assert.equal(toHex(sectionHeader('Slipway')), golden.replace(/\s/g, ''));
  });

  it('describes an interface of raw IP in microseconds', () => {
    const golden = `01000000 2c000000 6500 0000 00000000
      0200 0800 6d656d6f72793a61 0900 0100 06000000 0000 0000 2c000000`;
    assert.equal(toHex(interfaceDescription('memory:a')), golden.replace(/\s/g, ''));
  });

  it('writes packets with time, direction, and what is to be said about them', () => {
    const data = fromHex('4500001c00');
    // 1 s and 500 µs: 0x000f4434 µs.
    const plain = enhancedPacket({ interfaceId: 1, time: 1000.5, outbound: true, data });
    const golden = `06000000 34000000 01000000 00000000 34440f00 05000000 05000000 4500001c00000000
      0200 0400 02000000 0000 0000 34000000`;
    assert.equal(toHex(plain), golden.replace(/\s/g, ''));

    const late = {
      interfaceId: 0,
      time: 1_800_000_000_000,
      outbound: false,
      damaged: true,
      data,
      comment: 'bad',
    };
    // 1.8e15 µs: 0x0006651728988000.
    const commented = `06000000 3c000000 00000000 17650600 00809828 05000000 05000000 4500001c00000000
      0100 0300 62616400 0200 0400 01000001 0000 0000 3c000000`;
    assert.equal(toHex(enhancedPacket(late)), commented.replace(/\s/g, ''));
  });
});
