import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import { fromHex, toHex } from '../../../src/base/hex';
import { decodeMessage, emptyMessage, encodeMessage, optionOf } from '../../../src/coap/message';

describe('CoAP messages', () => {
  // RFC 7252 appendix A, figure 16: GET /temperature, answered 22.3 C.
  it('are those of the RFC’s example', () => {
    const request = fromHex('40017d34bb74656d7065726174757265');
    const decoded = decodeMessage(request);
    assert.deepEqual([decoded.type, decoded.code, decoded.messageId], ['CON', '0.01', 0x7d34]);
    assert.equal(Buffer.from(optionOf(decoded, 'Uri-Path')!).toString(), 'temperature');
    assert.equal(toHex(encodeMessage(decoded)), toHex(request));
    const response = fromHex('60457d34ff32322e332043');
    assert.equal(Buffer.from(decodeMessage(response).payload).toString(), '22.3 C');
    assert.equal(toHex(encodeMessage(decodeMessage(response))), toHex(response));
  });

  it('Empty are four bytes', () => {
    assert.equal(toHex(encodeMessage(emptyMessage('ACK', 0x1234))), '60001234');
    assert.equal(toHex(encodeMessage(emptyMessage('RST', 1))), '70000001');
    assert.equal(toHex(encodeMessage(emptyMessage('CON', 0xffff))), '4000ffff');
  });

  it('take options in extended form', () => {
    // Block2 (23: delta 13 + 10), Size2 (28), and one of number 65001 with 300 bytes.
    const value = Buffer.alloc(300, 7);
    const message = {
      ...emptyMessage('CON', 1),
      code: '2.05',
      options: [
        { name: 'Block2', value: Uint8Array.of(0x0e) },
        { name: 'Size2', value: Uint8Array.of(1) },
        { name: '65001', value },
      ],
    };
    const bytes = encodeMessage(message);
    assert.equal(toHex(bytes.subarray(0, 14)), `40450001d10a0e5101eefcc0001f`);
    assert.deepEqual(
      decodeMessage(bytes).options.map((option) => [option.name, option.value.length]),
      [
        ['Block2', 1],
        ['Size2', 1],
        ['65001', 300],
      ],
    );
  });

  for (const [what, hex] of [
    ['a short header', '400100'],
    ['a token of 9 bytes', '49010001000000000000000000'],
    ['a cut-off token', '4201000101'],
    ['a cut-off option', '40010001b1'],
    ['a cut-off option of extended length', '40010001bd'],
    ['the reserved delta', '40010001f1ff00'],
    ['the reserved length', '400100011f'],
    ['a marker without payload', '40010001ff'],
    ['an Empty message with a token', '4100000101'],
  ] as const) {
    it(`refuse ${what}`, () => {
      assert.throws(
        () => decodeMessage(fromHex(hex)),
        (error) => SlipwayError.is(error, 'coap.malformed'),
      );
    });
  }

  it('refuse to be too large', () => {
    assert.throws(
      () => encodeMessage({ ...emptyMessage('CON', 1), code: '0.03', payload: Buffer.alloc(66_000) }),
      (error) => SlipwayError.is(error, 'coap.malformed'),
    );
  });

  it('have a payload of whatever bytes, and no marker without', () => {
    for (const payload of ['', '00', 'ff', 'efbbbf']) {
      const bytes = encodeMessage({ ...emptyMessage('CON', 1), code: '0.03', payload: fromHex(payload) });
      assert.equal(toHex(bytes), `40030001${payload && `ff${payload}`}`);
      assert.equal(toHex(decodeMessage(bytes).payload), payload);
    }
  });

  it('Empty have no payload', () => {
    assert.throws(
      () => encodeMessage({ ...emptyMessage('CON', 1), payload: Uint8Array.of(1) }),
      (error) => SlipwayError.is(error, 'coap.malformed'),
    );
  });

  it('may be 64 KiB long, and not a byte more', () => {
    const headBytes = 5;
    const ofLength = (bytes: number): Uint8Array =>
      encodeMessage({ ...emptyMessage('CON', 1), code: '0.03', payload: Buffer.alloc(bytes - headBytes) });
    assert.equal(ofLength(65_536).length, 65_536);
    assert.throws(
      () => ofLength(65_537),
      (error) => SlipwayError.is(error, 'coap.malformed'),
    );
  });
});
