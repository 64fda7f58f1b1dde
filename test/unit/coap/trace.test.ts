import assert from 'node:assert/strict';
import { type CoapMessage, encodeMessage } from '../../../src/coap/message';
import { encodeBlock, encodeUint, pathOptions } from '../../../src/coap/options';
import { optionText } from '../../../src/coap/option-text';
import { codeText } from '../../../src/coap/code-names';
import { traceMessages } from '../../../src/coap/trace-exchanges';
import { TraceRecorder } from '../../../src/coap/trace-recorder';
import { createCoapEndpoint } from '../../../src/coap/node-coap-endpoint';
import { nullLog } from '../../../src/base/log';
import { createMemoryLinkPair } from '../../../src/link/memory-link';
import { FakeClock } from '../support/fake-clock';

const link = { id: 'memory:a', kind: 'memory' } as const;
const peer = { address: 'memory:a', port: 0 };
const message = (parts: Partial<CoapMessage>): Uint8Array =>
  encodeMessage({
    type: 'CON',
    code: '0.01',
    messageId: 1,
    token: Uint8Array.of(7),
    options: [],
    payload: new Uint8Array(0),
    ...parts,
  });

describe('The trace of messages', () => {
  let clock: FakeClock;
  let trace: TraceRecorder;

  beforeEach(() => {
    clock = new FakeClock();
    trace = new TraceRecorder(clock, { entries: 5, bytes: 100 });
  });
  const say = async (
    direction: 'sent' | 'received',
    parts: Partial<CoapMessage>,
    afterMs = 0,
  ): Promise<void> => {
    await clock.advance(afterMs);
    trace.record(link, direction, peer, message(parts));
  };

  it('keeps the latest, by number and by bytes', () => {
    for (let at = 0; at < 200; at++) trace.record(link, 'sent', peer, Uint8Array.of(at));
    assert.deepEqual(
      trace.entries.map(({ data }) => data[0]),
      [195, 196, 197, 198, 199],
    );
    assert.deepEqual([trace.oldest, trace.entries[0]!.seq, trace.end], [195, 195, 200]);
    const seqs = (from: number, count: number): number[] => trace.slice(from, count).map(({ seq }) => seq);
    assert.deepEqual([seqs(197, 2), seqs(0, 1), seqs(199, 9), seqs(200, 9)], [[197, 198], [195], [199], []]);
    trace.record(link, 'sent', peer, new Uint8Array(97));
    assert.equal(trace.entries.length, 4);
    // One that is larger than all is kept alone.
    trace.record(link, 'sent', peer, new Uint8Array(1000));
    assert.equal(trace.entries.length, 1);
    let cleared = 0;
    trace.onDidClear(() => cleared++);
    trace.clear();
    trace.record(link, 'sent', peer, Uint8Array.of(1));
    assert.deepEqual([cleared, trace.entries.map(({ seq }) => seq)], [1, [202]]);
  });

  it('pairs a request with its piggybacked answer, from its first sending on', async () => {
    await say('sent', { options: pathOptions('/3/0/0') });
    await say('sent', { options: pathOptions('/3/0/0') }, 2000);
    await say('received', { type: 'ACK', code: '2.05' }, 40);
    await say('received', { type: 'ACK', code: '2.05' }, 40);
    const [, again, answer, repeated] = traceMessages(trace.entries);
    assert.equal(again!.repeats, 0);
    assert.deepEqual([answer!.path, answer!.request?.seq, answer!.rttMs], ['/3/0/0', 0, 2040]);
    assert.deepEqual([repeated!.repeats, repeated!.rttMs, repeated!.path], [2, undefined, '/3/0/0']);
  });

  it('pairs blocks in flight under one token by message id, and separate answers by token', async () => {
    await say('sent', { code: '0.03', messageId: 1, options: pathOptions('/5/0/0') });
    await say('sent', { code: '0.03', messageId: 2, options: pathOptions('/5/0/0') }, 5);
    await say('received', { type: 'ACK', code: '2.31', messageId: 2 }, 5);
    await say('received', { type: 'ACK', code: '0.00', messageId: 1, token: new Uint8Array(0) }, 5);
    await say('received', { type: 'CON', code: '2.31', messageId: 900 }, 5);
    const [, , second, ack, first] = traceMessages(trace.entries);
    assert.deepEqual([second!.request?.seq, second!.rttMs], [1, 5]);
    assert.deepEqual([ack!.path, ack!.rttMs], ['/5/0/0', undefined]);
    assert.deepEqual([first!.request?.seq, first!.rttMs], [0, 20]);
  });

  it('gives notifications the path of their observation, and no round trip', async () => {
    await say('sent', { options: pathOptions('/5/0/3') });
    await say('received', { type: 'ACK', code: '2.05' }, 5);
    await say('received', { type: 'NON', code: '2.05', messageId: 77 }, 60_000);
    await say('received', { type: 'RST', code: '0.00', messageId: 4, token: new Uint8Array(0) });
    const [, , notification, stray] = traceMessages(trace.entries);
    assert.deepEqual([notification!.path, notification!.rttMs], ['/5/0/3', undefined]);
    assert.deepEqual([stray!.path, stray!.request], [undefined, undefined]);
  });

  it('takes the same id of a later lifetime, and of the other direction, for another message', async () => {
    await say('sent', {});
    await say('received', {});
    await say('sent', {}, 300_000);
    assert.deepEqual(
      traceMessages(trace.entries).map(({ repeats }) => repeats),
      [undefined, undefined, undefined],
    );
  });

  it('says what is no message', () => {
    trace.record(link, 'received', peer, Uint8Array.of(0x44, 1, 0, 1));
    trace.record(link, 'received', peer, Uint8Array.of(0xa9), 'damaged frame');
    assert.deepEqual(
      traceMessages(trace.entries).map(({ malformed }) => malformed),
      ['cut off in its token', 'damaged frame'],
    );
  });

  it('is what an endpoint sends and receives, and nothing that a closed link refused', async () => {
    const [host, far] = createMemoryLinkPair('b', { clock });
    const all = new TraceRecorder(clock);
    const endpoint = createCoapEndpoint(host, { clock, log: nullLog, trace: all });
    far.onDatagram(({ data }) => {
      void far.send(Uint8Array.of(0x70, 0, data[2]!, data[3]!), peer);
    });
    await endpoint.ping(host.peer);
    assert.deepEqual(
      all.entries.map(({ direction, link: id }) => [direction, id]),
      [
        ['sent', 'memory:b'],
        ['received', 'memory:b'],
      ],
    );
    const before = all.entries.length;
    await host.release();
    await assert.rejects(endpoint.ping(host.peer));
    assert.equal(all.entries.length, before);
  });
});

describe('Options and codes in words', () => {
  it('names what the specifications name', () => {
    const words = (name: string, value: Uint8Array): string => optionText({ name, value });
    assert.equal(words('Block1', encodeBlock({ num: 3, more: true, szx: 6 })), '3, more, 1024 bytes');
    assert.equal(words('Block2', encodeBlock({ num: 0, more: false, szx: 2 })), '0, last, 64 bytes');
    assert.equal(words('Block1', encodeBlock({ num: 8, more: true, szx: 7 })), '8, more, BERT');
    assert.equal(words('Content-Format', encodeUint(11542)), 'application/vnd.oma.lwm2m+tlv (11542)');
    assert.equal(words('Accept', encodeUint(9999)), '9999');
    assert.equal(words('Observe', encodeUint(0)), '0');
    assert.equal(words('ETag', Uint8Array.of(0xca, 0xfe)), 'cafe');
    assert.equal(words('If-None-Match', new Uint8Array(0)), '(empty)');
    assert.equal(words('Uri-Query', Buffer.from('ep=größe')), 'ep=größe');
    assert.equal(words('Block1', new Uint8Array(4)), '00000000');
    assert.equal(words('Uri-Path', Buffer.alloc(1000, 0x61)).length, 300);
    assert.deepEqual(['0.02', '2.31', '7.01'].map(codeText), ['POST', '2.31 Continue', '7.01']);
  });
});
