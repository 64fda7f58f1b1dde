import assert from 'node:assert/strict';
import { type CoapMessage, encodeMessage } from '../../../src/coap/message';
import { encodeBlock, encodeUint, pathOptions } from '../../../src/coap/options';
import { traceMessages } from '../../../src/coap/trace-exchanges';
import { TraceRecorder } from '../../../src/coap/trace-recorder';
import { parseFromTrace } from '../../../src/ui/trace-protocol';
import { rttText, traceDetails, traceRow } from '../../../src/ui/trace-text';
import { FakeClock } from '../support/fake-clock';

const link = { id: 'serial:/dev/ttyUSB0', kind: 'serial' } as const;
const peer = { address: link.id, port: 0 };

describe('Words of the trace', () => {
  const clock = new FakeClock();
  const trace = new TraceRecorder(clock);
  const say = (direction: 'sent' | 'received', parts: Partial<CoapMessage>): void => {
    const empty = { options: [], payload: new Uint8Array(0), token: Uint8Array.of(9) };
    const data = encodeMessage({ type: 'CON', code: '0.01', messageId: 1, ...empty, ...parts });
    trace.record(link, direction, peer, data);
  };
  const format = (number: number) => ({ name: 'Content-Format', value: encodeUint(number) });
  const rows = (): string[] =>
    traceMessages(trace.entries).map((traced) => {
      const { sent, type, code, about, tone } = traceRow(traced, 'a');
      return `${sent ? '>' : '<'} ${type} ${code} ${about} ${tone}`;
    });
  beforeEach(() => trace.clear());

  it('say what a message is about', () => {
    const block = { name: 'Block1', value: encodeBlock({ num: 3, more: true, szx: 6 }) };
    const put = { code: '0.03', options: [...pathOptions('/5/0/0'), block] };
    say('sent', put);
    say('sent', put);
    say('received', { type: 'ACK', code: '2.31', options: [block] });
    say('received', { type: 'ACK', code: '4.08', messageId: 7 });
    say('sent', { code: '0.00', messageId: 8, token: new Uint8Array(0) });
    say('received', { type: 'RST', code: '0.00', messageId: 8, token: new Uint8Array(0) });
    trace.record(link, 'received', peer, Uint8Array.of(0xa9), 'damaged frame');
    assert.deepEqual(rows(), [
      '> CON PUT /5/0/0 · Block1 3… plain',
      '> CON PUT /5/0/0 · Block1 3… repeated',
      '< ACK 2.31 Continue /5/0/0 · Block1 3… plain',
      '< ACK 4.08 Request Entity Incomplete /5/0/0 error',
      '> CON Ping  plain',
      '< RST Empty  error',
      '<  damaged damaged frame damaged',
    ]);
  });

  it('show values by their names, and no secret', async () => {
    say('sent', { options: pathOptions('/3/0/0') });
    await clock.advance(12);
    say('received', { type: 'ACK', code: '2.05', options: [format(0)], payload: Buffer.from('Maker') });
    say('sent', {
      code: '0.03',
      messageId: 2,
      options: [...pathOptions('/9/0/15'), format(0)],
      payload: Buffer.from('hunter2'),
    });
    const [question, answer, password] = traceMessages(trace.entries).map((traced) =>
      traceDetails(traced, 'a'),
    );
    const fields = Object.fromEntries(answer!.fields);
    assert.deepEqual(
      [fields.Answers, fields['Round trip'], fields.Link, fields.Token],
      ['GET /3/0/0, 12.0 ms before', '12.0 ms', '/dev/ttyUSB0', '09'],
    );
    assert.deepEqual(answer!.payload, ['/3/0/0 Manufacturer = Maker']);
    assert.deepEqual(question!.options, [['Uri-Path', '3/0/0']]);
    assert.deepEqual(answer!.options, [['Content-Format', 'text/plain (0)']]);
    assert.match(password!.payload.join(), /secret/);
    assert.ok(password!.hex.endsWith('ff00000000000000'));
    assert.ok(!JSON.stringify(password).includes('hunter2'));
  });

  it('write times as they are read', () => {
    assert.deepEqual([0.256, 41.23, 2040].map(rttText), ['0.26 ms', '41.2 ms', '2.04 s']);
  });

  it('take nothing else from the page than it may say', () => {
    assert.deepEqual(parseFromTrace({ type: 'select', seq: 3, more: 1 }), { type: 'select', seq: 3 });
    assert.deepEqual(parseFromTrace({ type: 'export', board: '' }), { type: 'export', board: '' });
    for (const wrong of [
      undefined,
      'ready',
      { type: 'other' },
      { type: 'select', seq: '3' },
      { type: 'export' },
    ]) {
      assert.equal(parseFromTrace(wrong), undefined);
    }
  });
});
