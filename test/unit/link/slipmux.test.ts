import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../../src/base/hex';
import { type Random, seededRandom } from '../../../src/base/random';
import { fcs16 } from '../../../src/link/fcs16';
import {
  MAX_FRAME_BYTES,
  SlipmuxDecoder,
  type SlipmuxFrame,
  encodeCoapFrame,
  encodeDiagnosticFrame,
} from '../../../src/link/slipmux';

const MESSAGE = fromHex('4401303974657374ff01');
const FRAME = encodeCoapFrame(MESSAGE);

/** Frames as `kind:hex`; text as `kind "…"`. */
function shown(frames: readonly SlipmuxFrame[]): string[] {
  return frames.map(({ kind, data }) =>
    kind === 'text' || kind === 'diagnostic'
      ? `${kind} ${JSON.stringify(Buffer.from(data).toString('latin1'))}`
      : `${kind}:${toHex(data)}`,
  );
}

function decode(...parts: (Uint8Array | string)[]): string[] {
  return shown(new SlipmuxDecoder().push(bytes(...parts)));
}

/** Strings are Latin-1 text. */
function bytes(...parts: (Uint8Array | string)[]): Uint8Array {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
}

describe('fcs16', () => {
  it('gives the published check values', () => {
    // The check value of CRC-16/IBM-SDLC, which is the FCS of RFC 1662.
    assert.equal(fcs16(Buffer.from('123456789')), 0x906e);
    // draft-bormann-t2trg-slipmux: "coap is cool!" is followed by 24 26.
    assert.equal(fcs16(Buffer.from('coap is cool!')), 0x2624);
  });
});

describe('slipmux', () => {
  describe('encoding', () => {
    it('escapes C0 and DB in message and FCS', () => {
      assert.equal(toHex(encodeCoapFrame(fromHex('4001c0db'))), 'c0a94001dbdcdbdd489ac0');
    });

    it('puts text into diagnostic frames', () => {
      assert.equal(toHex(encodeDiagnosticFrame(Buffer.from('ok\n'))), 'c00a6f6b0ac0');
    });
  });

  describe('decoding', () => {
    const cases: [string, Uint8Array | string, string[]][] = [
      ['a CoAP frame', FRAME, [`coap:${toHex(MESSAGE)}`]],
      ['escapes', fromHex('c0a94001dbdcdbdd489ac0'), ['coap:4001c0db']],
      ['a diagnostic frame', '\xc0\x0aHello\n\xc0', ['diagnostic "Hello\\n"']],
      ['text outside of frames', 'boot\r\n', ['text "boot\\r\\n"']],
      ['text between frames', bytes(FRAME, '\nok\n', FRAME), [...coap(), 'text "\\nok\\n"', ...coap()]],
      ['two frames that share a C0', bytes(FRAME, FRAME.subarray(1)), [...coap(), ...coap()]],
      ['a first frame without its leading C0', FRAME.subarray(1), coap()],
      ['text before a frame without leading C0', bytes('ok', FRAME.subarray(1)), ['text "ok"', ...coap()]],
      ['empty frames', bytes('\xc0\xc0\xc0', FRAME, '\xc0\xc0'), coap()],
      ['unknown frames', bytes('\xc0\x99abc\xc0', FRAME, '\xc0\x01x\xc0'), coap()],
      ['an aborted frame', bytes('\xc0\xa9\x40\x01\xdb\xc0', FRAME), coap()],
      ['an aborted frame without content', bytes('\xc0\xdb\xc0', FRAME), coap()],
      ['an aborted diagnostic frame', bytes('\xc0\x0aHel\xdb\xc0', FRAME), coap()],
      ['a bad FCS', '\xc0\xa9\x40\x01\x00\x00\x12\x34\xc0', ['invalid:a9400100001234']],
      ['a frame too short for a message', '\xc0\xa9\x78\xf0\xc0', ['invalid:a978f0']],
      ['a bad escape', '\xc0\xa9\x40\xdb\x01\x00\x00\xc0', ['invalid:a940010000']],
      ['a stray C0 before a frame', bytes('\xc0', FRAME), coap()],
      ['a stray C0 before text', bytes('\xc0> ', FRAME), ['text "> "', ...coap()]],
      ['a stray C0 before text like an IPv4 packet', bytes('\xc0Hello'), ['text "Hello"']],
      ['a stray C0 before text like an IPv6 packet', bytes('\xc0hello world'), ['text "hello world"']],
      ['a stray C0 before a short word', bytes('\xc0Hi', FRAME), ['text "Hi"', ...coap()]],
      ['UTF-8 with an A9', 'caf\xc3\xa9 \xc2\xa9A', ['text "caf\xc3\xa9 \xc2\xa9A"']],
      ['Latin-1 with an A9', '\xa9 2024\n', ['text "\xa9 2024\\n"']],
      ['a DB in text', 'a\xdbb', ['text "a\xdbb"']],
      [
        'a lost closing C0: the next opening one closes',
        bytes(FRAME.subarray(0, -1), FRAME, FRAME),
        [...coap(), ...coap(), ...coap()],
      ],
      [
        'a diagnostic frame with its leading C0 lost',
        bytes('\x0aHi\n\xc0', FRAME),
        ['text "\\nHi\\n"', ...coap()],
      ],
    ];

    for (const [name, stream, expected] of cases) {
      it(name, () => {
        assert.deepEqual(decode(stream), expected);
      });
    }

    it('IP packets of the length they claim', () => {
      const v4 = fromHex('45000015 00000000 40110000 7f000001 7f000001 c0');
      const v6 = fromHex(`60000000 0001 11 40 ${'00'.repeat(32)} db`);
      const escaped = (packet: Uint8Array, last: string): Uint8Array =>
        bytes('\xc0', packet.subarray(0, -1), last, '\xc0');
      assert.deepEqual(decode(escaped(v4, '\xdb\xdc'), escaped(v6, '\xdb\xdd')), [
        `ip:${toHex(v4)}`,
        `ip:${toHex(v6)}`,
      ]);
      assert.deepEqual(decode('\xc0', v4.subarray(0, -2), '\xc0'), [`invalid:${toHex(v4.subarray(0, -2))}`]);
    });

    function coap(): string[] {
      return [`coap:${toHex(MESSAGE)}`];
    }
  });

  describe('bounds', () => {
    it('does not let a broken frame swallow text beyond the longest frame', () => {
      const line = 'a line of a boot log\n';
      const log = line.repeat(400);
      const frames = new SlipmuxDecoder().push(bytes('\xc0\xa9\x50', log));
      assert.deepEqual(
        frames.map(({ kind, data }) => [kind, data.length]),
        [
          ['invalid', MAX_FRAME_BYTES],
          ['text', log.length + 2 - MAX_FRAME_BYTES],
        ],
      );
    });

    it('shows all text of a diagnostic frame that never ends', () => {
      const log = 'x'.repeat(3 * MAX_FRAME_BYTES);
      const frames = new SlipmuxDecoder().push(bytes('\xc0\x0a', log));
      assert.equal(Buffer.concat(frames.map(({ data }) => data)).toString(), log);
      assert.deepEqual(new Set(frames.map(({ kind }) => kind)), new Set(['diagnostic', 'text']));
    });

    it('takes the longest frame there can be', () => {
      const message = new Uint8Array(MAX_FRAME_BYTES - 3).fill(0xc0);
      assert.deepEqual(decode(encodeCoapFrame(message)), [
        `invalid:a9${toHex(message)}${toHex(fcsOf(message))}`,
      ]);
      assert.deepEqual(decode(encodeCoapFrame(message.subarray(1))), [`coap:${toHex(message.subarray(1))}`]);
    });

    function fcsOf(message: Uint8Array): Uint8Array {
      const fcs = fcs16(bytes('\xa9', message));
      return Uint8Array.of(fcs & 0xff, fcs >> 8);
    }
  });

  describe('flush', () => {
    const cases: [string, Uint8Array | string, string[]][] = [
      ['gives up a CoAP frame', '\xc0\xa9\x40\x01', ['invalid:a94001']],
      ['shows a diagnostic frame', '\xc0\x0a> ', ['diagnostic "> "']],
      ['shows a short word after a stray C0', '\xc0Hi', ['text "Hi"']],
      ['shows an A9 that nothing follows', '\xa9', ['text "\xa9"']],
      ['ignores an unknown frame', '\xc0\x01\x02', []],
      ['has nothing to do after text', 'a', []],
    ];
    for (const [name, stream, expected] of cases) {
      it(name, () => {
        const decoder = new SlipmuxDecoder();
        const before = decoder.push(bytes(stream)).filter(({ kind }) => kind !== 'text');
        assert.deepEqual(shown([...before, ...decoder.flush()]), expected);
        assert.equal(decoder.midFrame, false);
        assert.deepEqual(shown(decoder.push(FRAME)), [`coap:${toHex(MESSAGE)}`]);
      });
    }
  });

  describe('any stream', () => {
    const SEEDS = 400;

    it('gives the same frames however it is cut', () => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const random = seededRandom(seed);
        const stream = randomStream(random);
        const whole = merged(new SlipmuxDecoder().push(stream));
        const decoder = new SlipmuxDecoder();
        const pieces: SlipmuxFrame[] = [];
        for (let at = 0; at < stream.length;) {
          const end = at + 1 + Math.floor(random() * 40);
          pieces.push(...decoder.push(stream.subarray(at, end)));
          at = end;
        }
        assert.deepEqual(merged(pieces), whole, `seed ${seed}`);
      }
    });

    it('of random bytes never throws, never holds more than a frame, and a frame after it is found', () => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const random = seededRandom(seed);
        const decoder = new SlipmuxDecoder();
        let given = 0;
        const garbage = Uint8Array.from({ length: Math.floor(random() * 6000) }, () =>
          Math.floor(random() * 256),
        );
        for (const { data } of decoder.push(garbage)) given += data.length;
        assert.ok(given <= garbage.length, `seed ${seed}`);
        // Two frames: garbage may end amid a frame, or in an escape, and take the first one along.
        const found = decoder.push(bytes(FRAME, FRAME)).filter(({ kind }) => kind === 'coap');
        assert.ok(found.length >= 1, `seed ${seed}`);
        assert.equal(toHex(found.at(-1)!.data), toHex(MESSAGE), `seed ${seed}`);
      }
    });

    it('of text and messages comes back as it was sent', () => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const random = seededRandom(seed);
        const sent: SlipmuxFrame[] = [];
        const wire: Uint8Array[] = [];
        for (let count = 1 + random() * 12; count > 0; count--) {
          const data = Uint8Array.from({ length: 4 + Math.floor(random() * 200) }, () =>
            Math.floor(random() * 256),
          );
          const text = Uint8Array.from(
            { length: 1 + Math.floor(random() * 50) },
            () => 32 + Math.floor(random() * 95),
          );
          const kind = (['coap', 'diagnostic', 'text'] as const)[Math.floor(random() * 3)]!;
          sent.push({ kind, data: kind === 'coap' ? data : text });
          wire.push(
            kind === 'coap'
              ? encodeCoapFrame(data)
              : kind === 'diagnostic'
                ? encodeDiagnosticFrame(text)
                : text,
          );
        }
        assert.deepEqual(merged(new SlipmuxDecoder().push(bytes(...wire))), merged(sent), `seed ${seed}`);
      }
    });

    /** Frames, cut frames, text and noise in any order. */
    function randomStream(random: Random): Uint8Array {
      const parts: (Uint8Array | string)[] = [];
      for (let count = random() * 30; count > 0; count--) {
        const noise = Uint8Array.from({ length: Math.floor(random() * 60) }, () =>
          Math.floor(random() * 256),
        );
        const all = [
          FRAME,
          FRAME.subarray(1),
          FRAME.subarray(0, 5),
          noise,
          '\xc0',
          '\xc0\x0aok\xc0',
          '\xdb',
          'Hello\n',
        ];
        parts.push(all[Math.floor(random() * all.length)]!);
      }
      return bytes(...parts);
    }

    /** Adjacent text joined, as `shown`. */
    function merged(frames: readonly SlipmuxFrame[]): string[] {
      const joined: SlipmuxFrame[] = [];
      for (const frame of frames) {
        const last = joined.at(-1);
        if (frame.kind === 'text' && last?.kind === 'text') {
          joined[joined.length - 1] = { kind: 'text', data: bytes(last.data, frame.data) };
        } else joined.push(frame);
      }
      return shown(joined);
    }
  });
});
